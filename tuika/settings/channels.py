"""Settings of channels and of desks elsewhere, one kind each; part of :mod:`tuika.settings`.

Invariants: a secret has no default, so a channel without it is refused by name; secrets are ``SecretStr``
and show in no message or log; a channel's key in ``channels`` is its name in addresses and rows.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

NAME = re.compile(r"[a-z][a-z0-9_-]{0,19}")
_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")


class _Kind(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    platform: str


def _aes_key(value: SecretStr | None) -> SecretStr | None:
    if value is not None and not _AES_KEY.fullmatch(value.get_secret_value()):
        raise ValueError("EncodingAESKey 应为 43 个字母或数字，请从后台原样复制")
    return value


class WeChatSettings(_Kind):
    """An official account (公众号). ``customer_service``: whether the account may send customer-service messages."""

    kind: Literal["wechat"]
    app_id: str = Field(pattern=r"^wx[0-9a-f]{16}$")
    app_secret: SecretStr
    token: SecretStr
    mode: Literal["aes", "plain"] = "aes"
    aes_key: SecretStr | None = None
    customer_service: bool = True
    menu: dict[str, str] = {}
    """Titles of the account's menu and what pressing one says, at most three: ``{申请退款: 我要退款}``."""
    api: str = "https://api.weixin.qq.com"

    _checks_key = field_validator("aes_key")(_aes_key)


class WeComSettings(_Kind):
    """WeCom customer service (微信客服). ``native``: people answer in WeCom instead of Tuika's desk."""

    kind: Literal["wecom"]
    corp_id: str = Field(min_length=6)
    secret: SecretStr
    token: SecretStr
    aes_key: SecretStr
    open_kfid: str = Field(min_length=2)
    native: bool = False
    link: str = Field(default="", pattern=r"^(https://work\.weixin\.qq\.com/\S+)?$")
    """The account's customer-service link, to which a binding code is added as ``scene_param``."""
    api: str = "https://qyapi.weixin.qq.com"

    _checks_key = field_validator("aes_key")(_aes_key)


class TelegramSettings(_Kind):
    """A Telegram bot. Without ``public_url`` it polls and needs no domain."""

    kind: Literal["telegram"]
    bot_token: SecretStr
    public_url: str = Field(default="", pattern=r"^(https://\S+)?$")
    link: str = Field(default="", pattern=r"^(https://t\.me/\S+)?$")
    """The bot's own link (``https://t.me/name``), to which a binding code is added as ``start``."""
    secret_token: SecretStr | None = None
    proxy: SecretStr | None = None
    owner_desk: bool = False
    owner_name: str = Field(default="店主", max_length=30)
    api: str = "https://api.telegram.org"

    @field_validator("secret_token")
    @classmethod
    def _shaped(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value()):
            raise ValueError("secret_token 应为 16 到 256 个字母、数字、_ 或 -")
        return value


class WebhookSettings(_Kind):
    """Anything else, over signed JSON. ``deliver_url`` is where answers are posted."""

    kind: Literal["webhook"]
    secret: SecretStr = Field(min_length=24)
    deliver_url: str = Field(pattern=r"^https?://\S+$")
    buttons: bool = True
    text: int = Field(default=2000, ge=200, le=20_000)


class ChatwootSettings(_Kind):
    """Agents who work in Chatwoot. ``inbox_id``: an inbox of the kind API; ``token``: of an agent or agent bot."""

    kind: Literal["chatwoot"]
    url: str = Field(pattern=r"^https?://\S+$")
    account_id: int = Field(gt=0)
    inbox_id: int = Field(gt=0)
    token: SecretStr
    webhook_secret: SecretStr = Field(min_length=8)


ChannelSettings = Annotated[
    WeChatSettings | WeComSettings | TelegramSettings | WebhookSettings | ChatwootSettings,
    Field(discriminator="kind"),
]


def problems(channels: dict[str, ChannelSettings], platforms: set[str]) -> list[str]:
    """What is wrong with the channels as a whole."""
    found = []
    for name, channel in channels.items():
        if not NAME.fullmatch(name):
            found.append(f"channels.{name}: 名称应为小写字母开头，1 到 20 个小写字母、数字、_ 或 -")
        if channel.platform not in platforms:
            found.append(f"channels.{name}: platforms 里没有 {channel.platform}")
        if isinstance(channel, WeChatSettings) and channel.mode == "aes" and channel.aes_key is None:
            found.append(f"channels.{name}: 安全模式（mode: aes）要设置 aes_key")
        if isinstance(channel, WeChatSettings) and len(channel.menu) > 3:
            found.append(f"channels.{name}: 公众号一级菜单最多 3 个")
        if isinstance(channel, TelegramSettings) and channel.public_url and channel.secret_token is None:
            found.append(f"channels.{name}: 用 webhook（public_url）要设置 secret_token")
    return found
