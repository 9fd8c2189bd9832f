"""One function a kind of channel: its adapter, its address, its chores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter

from tuika.channels.calls import Calls
from tuika.channels.ports import Channel, Native
from tuika.channels.runner import Chore
from tuika.channels.tokens import AccessTokens
from tuika.channels.webhook.channel import WebhookChannel
from tuika.channels.webhook.door import WebhookDoor
from tuika.channels.wechat.api import WeChatApi
from tuika.channels.wechat.channel import WeChatChannel
from tuika.channels.wechat.routes import WeChatDoor
from tuika.channels.wecom.api import WeComApi
from tuika.channels.wecom.channel import WeComChannel
from tuika.channels.wecom.door import WeComDoor
from tuika.channels.wecom.native import WeComDesk
from tuika.channels.wxapi import TokenApi
from tuika.desks.chatwoot.api import ChatwootApi
from tuika.desks.chatwoot.door import ChatwootDoor
from tuika.desks.chatwoot.relay import ChatwootRelay
from tuika.errors import SettingsError
from tuika.settings.channels import (
    ChatwootSettings,
    TelegramSettings,
    WebhookSettings,
    WeChatSettings,
    WeComSettings,
)

if TYPE_CHECKING:
    from tuika.bootstrap.channels import ChannelServices
    from tuika.channels.telegram.channel import TelegramChannel


@dataclass(frozen=True, slots=True)
class Opened:
    """What a configured channel adds to the hub."""

    router: APIRouter
    chores: tuple[Chore, ...] = ()


class Kinds:
    """Makes what the settings name."""

    def __init__(self, services: ChannelServices) -> None:
        self._s = services

    def channels(self) -> dict[str, Channel]:
        return dict(self._channels())

    def _channels(self) -> Iterator[tuple[str, Channel]]:
        for name, settings in self._s.settings.channels.items():
            if isinstance(settings, WeChatSettings):
                yield name, self._wechat(name, settings)
            elif isinstance(settings, WeComSettings):
                yield name, self._wecom(name, settings)
            elif isinstance(settings, TelegramSettings):
                yield name, self._telegram(name, settings)
            elif isinstance(settings, WebhookSettings):
                yield name, WebhookChannel(name, settings, self._calls(name, ""), self._s.wall)

    def natives(self, channels: dict[str, Channel]) -> dict[str, Native]:
        s = self._s
        return {
            name: WeComDesk(channel, wall=s.wall, conversations=s.conversations, handoffs=s.handoffs)
            for name, channel in channels.items()
            if isinstance(channel, WeComChannel)
        }

    def opened(self) -> list[Opened]:
        channels = self._s.channels
        return [
            self._desk(name, settings)
            if isinstance(settings, ChatwootSettings)
            else self._door(channels[name])
            for name, settings in self._s.settings.channels.items()
        ]

    # -- adapters --

    def _calls(self, name: str, base: str) -> Calls:
        return Calls(base, transport=self._s.transports.get(name))

    def _wechat(self, name: str, settings: WeChatSettings) -> WeChatChannel:
        calls = self._calls(name, settings.api)
        secret = settings.app_secret.get_secret_value()
        api = self._with_tokens(name, WeChatApi(calls, app_id=settings.app_id, app_secret=secret))
        return WeChatChannel(name, settings, api, calls)

    def _wecom(self, name: str, settings: WeComSettings) -> WeComChannel:
        api = WeComApi(
            self._calls(name, settings.api),
            corp_id=settings.corp_id,
            secret=settings.secret.get_secret_value(),
            open_kfid=settings.open_kfid,
        )
        return WeComChannel(name, settings, self._with_tokens(name, api))

    def _with_tokens[A: TokenApi](self, name: str, api: A) -> A:
        s = self._s
        api.tokens = AccessTokens(
            name=name, wall=s.wall, ids=s.ids, units=s.uow, values=s.channel_values, fetch=api.new_token
        )
        return api

    def _telegram(self, name: str, settings: TelegramSettings) -> TelegramChannel:
        try:
            from tuika.channels.telegram.bot import TelegramBot
            from tuika.channels.telegram.channel import TelegramChannel
        except ImportError:
            raise SettingsError(
                f"channels.{name}: 没有安装 python-telegram-bot，请运行 uv sync --extra telegram"
            ) from None
        return TelegramChannel(name, settings, TelegramBot(settings, transport=self._s.transports.get(name)))

    # -- addresses and chores --

    def _door(self, channel: Channel) -> Opened:
        s, gateway = self._s, self._s.gateway_of_channels
        if isinstance(channel, WeChatChannel):
            wechat = WeChatDoor(channel, gateway=gateway, sender=s.sender, wall=s.wall)
            return Opened(wechat.router())
        if isinstance(channel, WeComChannel):
            wecom = WeComDoor(
                channel, gateway=gateway, units=s.uow, values=s.channel_values, wall=s.wall, ids=s.ids
            )
            return Opened(wecom.router(), (wecom.pull,))
        if isinstance(channel, WebhookChannel):
            webhook = WebhookDoor(channel, gateway=gateway, wall=s.wall, read_token=s.read_token)
            return Opened(webhook.router())
        return self._telegram_door(channel)

    def _telegram_door(self, channel: Channel) -> Opened:
        from tuika.bootstrap.channel_telegram import open_telegram

        return open_telegram(self._s, channel)

    def chatwoot_api(self, name: str, settings: ChatwootSettings) -> ChatwootApi:
        return ChatwootApi(self._calls(name, settings.url), settings)

    def _desk(self, name: str, settings: ChatwootSettings) -> Opened:
        s = self._s
        api = self.chatwoot_api(name, settings)
        relay = ChatwootRelay(
            name, settings.platform, api=api, units=s.uow, evidence=s.evidence, wall=s.wall, ids=s.ids
        )
        door = ChatwootDoor(
            name,
            settings,
            api=api,
            units=s.uow,
            conversations=s.conversations,
            handoffs=s.handoffs,
            wall=s.wall,
        )
        return Opened(door.router(), (relay.run,))
