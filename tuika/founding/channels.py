"""Questions about channels: what each kind cannot do without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuika.founding.talk import Talk
from tuika.settings.channels import NAME

KINDS = {
    "wechat": "微信公众号",
    "wecom": "微信客服（企业微信）",
    "telegram": "Telegram 机器人",
    "webhook": "自己的程序，签名的 JSON",
    "chatwoot": "客服在 Chatwoot 里工作",
}
_FIELDS: dict[str, tuple[tuple[str, str, bool], ...]] = {
    "wechat": (
        ("app_id", "AppID", False),
        ("app_secret", "AppSecret", True),
        ("token", "Token（和公众平台里填的一致）", True),
        ("aes_key", "EncodingAESKey（43 个字符；明文模式就空着）", True),
    ),
    "wecom": (
        ("corp_id", "企业 ID", False),
        ("secret", "微信客服的 Secret", True),
        ("token", "Token", True),
        ("aes_key", "EncodingAESKey（43 个字符）", True),
        ("open_kfid", "客服账号（wk 开头）", False),
    ),
    "telegram": (
        ("bot_token", "@BotFather 给的 token", True),
        ("proxy", "代理（如 socks5://127.0.0.1:1080，没有就回车）", False),
    ),
    "webhook": (("deliver_url", "退卡把答复发到哪个地址", False),),
    "chatwoot": (
        ("url", "Chatwoot 的地址", False),
        ("account_id", "账户编号", False),
        ("inbox_id", "API 类型的收件箱编号", False),
        ("token", "客服或机器人的 access token", True),
        ("webhook_secret", "收件箱的密钥", True),
    ),
}
_NUMBERS = {"account_id", "inbox_id"}


def ask_channel(talk: Talk, name: str, old: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of one channel; what is not asked stays where the kind does."""
    kind = talk.choose(f"渠道 {name} 是哪一种？", KINDS, str(old.get("kind") or "wechat"))
    made = dict(old) if old.get("kind") == kind else {}
    made["kind"] = kind
    for field, question, secret in _FIELDS[kind]:
        before = str(made.pop(field, "") or "")
        given = talk.ask_secret(question, before) if secret else talk.ask(question, before)
        if given:
            made[field] = int(given) if field in _NUMBERS and given.isdecimal() else given
    if kind == "wechat":
        made["mode"] = "aes" if made.get("aes_key") else "plain"
    return made


def channel_name(given: str) -> str:
    """Raises ValueError for what cannot stand in an address."""
    if not NAME.fullmatch(given):
        raise ValueError("小写字母开头，1 到 20 个小写字母、数字、_ 或 -")
    return given
