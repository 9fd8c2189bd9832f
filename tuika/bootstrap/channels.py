"""Channels and desks elsewhere, as the settings name them.

Invariants: a channel is made only when it is configured, and python-telegram-bot is imported only for a Telegram
channel; what a process starts (the runner with its chores) lives as long as the hub's application.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property

import httpx
from fastapi import APIRouter

from tuika.bootstrap.channel_kinds import Kinds, Opened
from tuika.bootstrap.talking import TalkingServices
from tuika.channels.binding import Binding
from tuika.channels.binding_routes import binding_router
from tuika.channels.gateway import Gateway
from tuika.channels.ports import Channel, Native
from tuika.channels.runner import Runner
from tuika.channels.seals import Seal, Values
from tuika.channels.sending import Sender
from tuika.channels.taking import Taking
from tuika.clock import Clock, SystemClock
from tuika.conversations.model import Buyer
from tuika.desks.chatwoot.api import ChatwootApi
from tuika.settings.channels import ChatwootSettings
from tuika.web.identity import read_user_token


@dataclass
class ChannelServices(TalkingServices):
    """One gateway for all channels. ``transports`` stand for providers in tests and measurements, by name."""

    transports: Mapping[str, httpx.AsyncBaseTransport] = field(default_factory=dict)

    @cached_property
    def wall(self) -> Clock:
        """Windows, tokens and retries follow real time, also in demo mode."""
        return SystemClock()

    @cached_property
    def channel_seal(self) -> Seal:
        return Seal(self.settings.session_secret)

    @cached_property
    def channel_values(self) -> Values:
        return Values(self.channel_seal)

    @cached_property
    def binding(self) -> Binding:
        return Binding(
            wall=self.wall,
            clock=self.clock,
            secret=self.settings.session_secret,
            conversations=self.conversations,
            units=self.uow,
        )

    @cached_property
    def channels(self) -> dict[str, Channel]:
        """Adapters by name; desks elsewhere are none."""
        return self._kinds.channels()

    @cached_property
    def natives(self) -> dict[str, Native]:
        return self._kinds.natives(self.channels)

    @cached_property
    def _kinds(self) -> Kinds:
        return Kinds(self)

    @cached_property
    def gateway_of_channels(self) -> Gateway:
        taking = Taking(
            units=self.uow,
            hub=self.hub,
            conversations=self.conversations,
            evidence=self.evidence,
            binding=self.binding,
            message_chars=self.settings.limits.message_chars,
            upload_bytes=self.settings.limits.upload_bytes,
            natives=self.natives,
        )
        return Gateway(
            wall=self.wall,
            ids=self.ids,
            units=self.uow,
            seal=self.channel_seal,
            conversations=self.conversations,
            taking=taking,
            channels=self.channels,
            greeting=self.greeting,
            read_token=self.read_token,
        )

    @cached_property
    def sender(self) -> Sender:
        return Sender(wall=self.wall, units=self.uow, evidence=self.evidence, channels=self.channels)

    @cached_property
    def opened_channels(self) -> list[Opened]:
        """Addresses and chores of everything configured."""
        return self._kinds.opened()

    def chatwoot_api(self, name: str) -> ChatwootApi:
        """The API of a configured Chatwoot desk."""
        settings = self.settings.channels[name]
        assert isinstance(settings, ChatwootSettings)
        return self._kinds.chatwoot_api(name, settings)

    @cached_property
    def channel_runner(self) -> Runner:
        chores = tuple(chore for opened in self.opened_channels for chore in opened.chores)
        return Runner(
            wall=self.wall,
            units=self.uow,
            gateway=self.gateway_of_channels,
            sender=self.sender,
            chores=chores,
        )

    @property
    def channel_routers(self) -> list[APIRouter]:
        """What the hub's application listens to besides its own doors."""
        routers = [opened.router for opened in self.opened_channels]
        return [binding_router(self), *routers] if routers else []

    def read_token(self, platform: str, token: str) -> Buyer:
        """The buyer whom the platform's own token names. Raises Unauthenticated."""
        return read_user_token(token, self.settings.platforms[platform])

    @asynccontextmanager
    async def run_channels(self) -> AsyncIterator[None]:
        if not self.settings.channels:
            yield
            return
        async with self.channel_runner.running():
            yield
