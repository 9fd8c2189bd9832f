"""Questions about the server that notices leave by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuika.founding.talk import Talk

WAYS = {
    "tls": "一开始就加密，通常是 465 端口",
    "starttls": "先接上再加密，通常是 587 端口",
    "none": "不加密，只用于本机或内网的服务器",
}
_PORTS = {"tls": "465", "starttls": "587", "none": "25"}


def ask_mail(talk: Talk, old: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the mail server; none when nothing shall be mailed. ``old``: the present ones."""
    if not talk.yes(
        "买家关掉页面以后，用邮件告诉他进展（他自己留邮箱才发）。现在填发信服务器吗？", default=bool(old)
    ):
        return {}
    host = talk.ask("发信服务器（例如 smtp.qq.com）", str(old.get("host") or ""), needed=True, fits=_host)
    security = talk.choose("怎么加密？", WAYS, str(old.get("security") or "tls"))
    same = old.get("security", "tls") == security
    before = str(old.get("port") or "") if same else ""
    port = talk.ask("端口", before or _PORTS[security], fits=port_number)
    sender = talk.ask("发件人邮箱", str(old.get("sender") or ""), needed=True, fits=_mailbox)
    username = talk.ask("登录名（不用登录填 -）", str(old.get("username") or ("-" if old else sender)))
    made = {"host": host, "port": int(port), "sender": sender, "security": security}
    if username == "-":
        return made
    kept = str(old.get("password") or "") if old.get("username") == username else ""
    return {**made, "username": username, "password": talk.ask_secret("密码或授权码", kept)}


def _host(given: str) -> None:
    if "://" in given or any(c in given for c in " /@:"):
        raise ValueError("只写主机名，例如 smtp.example.com；端口下面再问")


def _mailbox(given: str) -> None:
    name, at, domain = given.partition("@")
    if not (name and at and "." in domain) or "@" in domain or any(c.isspace() for c in given):
        raise ValueError("应是邮箱，例如 kefu@example.com")


def port_number(given: str) -> int:
    """Raises ValueError for what is no port."""
    if not (given.isascii() and given.isdecimal()) or not 0 < int(given) < 65536:
        raise ValueError("端口是 1 到 65535 的数字")
    return int(given)
