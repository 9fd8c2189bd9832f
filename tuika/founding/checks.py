"""Checking an answer against the world: the shop, a provider, a name, a port.

Invariants: everything happens in a folder of its own that is gone afterwards; nothing is sent to a buyer or written to a
shop; findings are the doctor's, so that what passes here passes there.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from tuika.bootstrap import Services, build
from tuika.doctor import neighbours
from tuika.doctor.model import Finding, fail, note, ok, warn
from tuika.errors import TuikaError
from tuika.founding.answers import Answers
from tuika.founding.making import settings_from
from tuika.policy.pack import load_packs
from tuika.policy.prove import prove
from tuika.safety.contacts import normal_domain, normal_email, normal_number
from tuika.settings import ROOT, OfficialContacts, Settings
from tuika.settings.outside import SmtpSettings
from tuika.settings.words import said
from tuika.storage.database import open_engine
from tuika.storage.migrate import head, revision_of, upgrade
from tuika.supervisor.engine import answers as answers_http
from tuika.supervisor.ports import Place, PortTaken, require_free


def shop(answers: Answers) -> Iterator[Finding]:
    """Really connects and reads."""
    with _services(answers.model_copy(update={"channels": {}})) as made:
        if isinstance(made, list):
            yield from made
        else:
            yield from neighbours.shop(made, answers.platform)


def channel(answers: Answers, name: str) -> Iterator[Finding]:
    """What `tuika channel doctor` would say of it."""
    with _services(answers.model_copy(update={"channels": {name: answers.channels[name]}})) as made:
        if isinstance(made, list):
            yield from made
            return
        upgrade(made.settings.url)
        yield from neighbours.channel(made, name)


def mail(smtp: SmtpSettings | None) -> Iterator[Finding]:
    """Connects, logs in and names the sender; nothing is sent."""
    if smtp is None:
        yield note("没有发信服务器：关掉页面的买家收不到邮件", "以后可以补：tuika init --again，或写上 smtp")
        return
    if smtp.security == "none" and smtp.host not in ("127.0.0.1", "localhost", "::1"):
        yield warn("不加密：密码和通知在路上谁都能看", "服务器支持的话换成 tls 或 starttls")
    yield from neighbours.mail(smtp)


def pack(name: str, folder: Path = ROOT / "policies") -> Iterator[Finding]:
    """Whether the pack is there and proved."""
    try:
        packs = load_packs(folder)
        if name not in packs:
            yield fail(f"没有规则包 {name}", f"现有：{'、'.join(packs)}")
            return
        report = prove(packs[name])
    except TuikaError as error:
        yield fail("规则包读不了", error.detail)
        return
    if report.ok:
        yield ok(f"规则包 {name}（{packs[name].name}）对每种情况都有且只有一个结论")
    else:
        yield fail(f"规则包 {name} 有漏洞", f"tuika policy check {name} 逐条说明")


def contacts(registered: OfficialContacts) -> Iterator[Finding]:
    """Whether each can be recognised when a buyer asks about it."""
    readers = {"phones": normal_number, "qq": normal_number, "emails": normal_email, "domains": normal_domain}
    for kind, read in readers.items():
        for each in getattr(registered, kind):
            if (
                not read(each)
                or (kind == "emails" and "@" not in each)
                or (kind == "domains" and "." not in each)
            ):
                yield fail(
                    f"{each!r} 不像官方联系方式（{kind}）",
                    "写法：电话和 QQ 是数字，邮箱带 @，域名如 shop.example.com",
                )
    if not any(getattr(registered, kind) for kind in OfficialContacts.model_fields):
        yield warn("没有登记官方联系方式", "买家问“这是你们的客服吗”，谁都不算官方；以后可以补")


def public_url(address: str) -> Iterator[Finding]:
    if not address:
        yield warn("暂时没有对外地址", "通知里的链接打不开；有了域名再写 public_url")
        return
    host = urlsplit(address).hostname or ""
    if address.startswith("http://") and host not in ("127.0.0.1", "localhost"):
        yield warn("地址是明文的 http", "买家的话会明文传输；用 Caddy 之类的反向代理换成 https")
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        yield warn(f"域名 {host} 现在解析不到", "在域名服务商那里把它指到这台机器")
        return
    if answers_http(address + "/healthz"):
        yield ok(f"{address} 已经通到退卡")
    else:
        yield note(f"{address} 还没有通到退卡", "启动以后由反向代理转到本机端口，写法见 docs/operating.md")


def port(number: int, host: str = "127.0.0.1") -> Iterator[Finding]:
    try:
        require_free((Place(host, number, "退卡", "port"),))
    except PortTaken:
        yield warn(f"端口 {number} 现在被占用", "换一个，或者启动前停掉占用它的程序")
        return
    yield ok(f"端口 {number} 空着")


def folder(path: Path) -> Iterator[Finding]:
    """Whether data can be kept there, by whoever answers. Nothing is made."""
    there = path
    while not there.exists():
        there = there.parent
    if not there.is_dir():
        yield fail(f"{there} 是文件，不是文件夹", "换一个")
    elif not os.access(there, os.W_OK | os.X_OK):
        yield fail(f"{there} 写不进去", "用运行退卡的用户来回答，或 chown 给它，或换一个")
    elif there == path and any(path.iterdir()) and not any(path.glob("*.db")):
        yield warn(f"{path} 里已经有别的文件", "给退卡单独一个文件夹：备份和恢复都以它为单位")
    else:
        yield ok(f"数据放在 {path}，剩余 {shutil.disk_usage(there).free / 1e9:.1f} GB")


def database(url: str) -> Iterator[Finding]:
    """The hub's own database: reached, and empty or of this program."""
    if not url:
        yield ok("数据库用 SQLite（在数据目录里）")
        return
    try:
        engine = open_engine(url)
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        engine.dispose()
        revision = revision_of(url)
    except (SQLAlchemyError, ArgumentError, ImportError, ValueError) as error:
        said = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
        yield fail(
            f"数据库连不上：{said}", "例如 postgresql+psycopg://tuika:密码@127.0.0.1/tuika，库要先建好"
        )
        return
    if revision in (None, head()):
        yield ok("数据库连上了" + ("，里面还没有退卡的表" if revision is None else ""))
    else:
        yield note(f"数据库里是版本 {revision} 的退卡", "启动前运行 tuika upgrade")


@contextmanager
def _services(answers: Answers) -> Iterator[Services | list[Finding]]:
    """Services over these answers in a folder that goes away; or why there are none."""
    with tempfile.TemporaryDirectory(prefix="tuika-init-") as folder:
        values = settings_from(
            answers.model_copy(update={"data": Path(folder), "database_url": ""}), {}, data=Path(folder)
        )
        try:
            settings = Settings.model_validate(values)
        except ValidationError as error:
            yield [fail(said(each), "改正这一项") for each in error.errors()]
            return
        services = build(settings)
        try:
            yield services
        finally:
            services.database.engine.dispose()
