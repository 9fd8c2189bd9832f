"""A channel's findings, for `tuika channel doctor`, `tuika doctor` and `tuika init`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from tuika.channels import doctor as checks
from tuika.channels.doctor import Finding
from tuika.settings.channels import ChatwootSettings, TelegramSettings, WebhookSettings, WeChatSettings

if TYPE_CHECKING:
    from tuika.bootstrap import Services


def channel_findings(services: Services, name: str) -> AsyncIterator[Finding]:
    """Ask the provider of a configured channel. Sends nothing to a buyer and changes nothing."""
    settings = services.settings.channels[name]
    if isinstance(settings, ChatwootSettings):
        return checks.chatwoot(services.chatwoot_api(name), path=f"/channels/{name}")
    channel: Any = services.channels[name]
    if isinstance(settings, WeChatSettings):
        return checks.wechat(channel)
    if isinstance(settings, WebhookSettings):
        return checks.webhook(channel)
    if isinstance(settings, TelegramSettings):
        return checks.telegram(channel.bot, address=channel_address(settings.public_url, name))
    return checks.wecom(channel.api, settings)


def channel_address(public_url: str, name: str) -> str:
    """Where a provider calls a channel; empty where it polls."""
    return f"{public_url.rstrip('/')}/channels/{name}" if public_url else ""
