"""Where Telegram's updates come in: at an address of ours, or by polling where there is no domain.

Invariants: an update at our address needs the secret token in its header, compared in constant time; polling
is done by one node at a time and moves on only when an update is stored; groups and the owner never reach the
buyers' queue; what a group or an owner says is worked once (update_id).
"""

from __future__ import annotations

import asyncio
import hmac
from datetime import timedelta
from typing import Protocol

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from telegram import Update

from tuika.channels.errors import ChannelError
from tuika.channels.gateway import Gateway
from tuika.channels.model import Arrival, ArrivalKind
from tuika.channels.ports import Units
from tuika.channels.seals import Values
from tuika.channels.telegram.channel import TelegramChannel
from tuika.channels.telegram.groups import GroupDoorman
from tuika.channels.telegram.messages import arrival, chat_of, is_group, is_private
from tuika.clock import Clock
from tuika.errors import InputError, Unauthenticated
from tuika.ids import Ids

log = structlog.get_logger(__name__)
LEASE = timedelta(seconds=60)
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class OwnerDoor(Protocol):
    """The desk of a shop of one person."""

    async def takes(self, update: Update) -> bool:
        """Whether this update is the owner's (or makes somebody the owner); worked if so."""
        ...


class TelegramDoor:
    def __init__(
        self,
        channel: TelegramChannel,
        *,
        gateway: Gateway,
        units: Units,
        values: Values,
        wall: Clock,
        ids: Ids,
        groups: GroupDoorman,
        owner: OwnerDoor | None = None,
    ) -> None:
        self._channel = channel
        self._gateway = gateway
        self._units = units
        self._values = values
        self._wall = wall
        self._holder = ids.new("node")
        self._groups = groups
        self._owner = owner

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        router.add_api_route(f"/channels/{self._channel.name}", self.webhook, methods=["POST"])
        return router

    async def webhook(self, request: Request) -> Response:
        secret = self._channel.settings.secret_token
        given = request.headers.get(HEADER, "")
        if secret is None or not hmac.compare_digest(
            given.encode("utf-8", "replace"), secret.get_secret_value().encode()
        ):
            raise Unauthenticated("secret token 不对")
        try:
            update = self._channel.bot.read(await request.json())
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise InputError("这不是 Telegram 的更新") from None
        if update is None or not isinstance(update.update_id, int) or update.update_id < 0:
            raise InputError("这不是 Telegram 的更新")
        await self.take(update)
        return PlainTextResponse("ok")

    async def poll(self) -> None:
        """A chore: one long poll, where no address of ours is set."""
        name = f"offset:{self._channel.name}"
        if not await asyncio.to_thread(self._lease, f"poll:{self._channel.name}"):
            await asyncio.sleep(LEASE.total_seconds() / 4)
            return
        offset = int(await asyncio.to_thread(self._read, name) or 0)
        for update in await self._channel.bot.updates(offset):
            await self.take(update)
            await asyncio.to_thread(self._write, name, str(update.update_id + 1))

    async def take(self, update: Update) -> None:
        """Store or work one update."""
        if is_group(update):
            if await asyncio.to_thread(self._is_new, update):
                await self._quietly(self._groups.heard(update))
            return
        if not is_private(update):
            return
        query = update.callback_query
        if query is not None:
            await self._quietly(self._channel.bot.acknowledge(query.id))
        if self._owner is not None and await self._owner.takes(update):
            return
        came = arrival(update, channel=self._channel.name)
        if came is not None:
            await self._gateway.accept([came])

    async def _quietly(self, work: object) -> None:
        """What fails here must not make Telegram deliver the update for ever."""
        try:
            await work  # type: ignore[misc]
        except ChannelError as error:
            log.warning("telegram.step_failed", channel=self._channel.name, why=error.detail)

    def _is_new(self, update: Update) -> bool:
        return is_new(self._units, self._wall, self._channel.name, update)

    def _lease(self, name: str) -> bool:
        now = self._wall.now()
        with self._units() as uow:
            taken: bool = uow.values.lease(name, self._holder, now=now, until=now + LEASE)
            return taken

    def _read(self, name: str) -> str | None:
        with self._units.reading() as uow:
            return self._values.get(uow, name)

    def _write(self, name: str, value: str) -> None:
        with self._units() as uow:
            self._values.put(uow, name, value)


def is_new(units: Units, wall: Clock, channel: str, update: Update) -> bool:
    """Whether an update that is not queued comes for the first time; it counts as worked from now on."""
    number, now = str(update.update_id), wall.now()
    seen = Arrival(channel, chat_of(update), number, f"{update.update_id:020d}", ArrivalKind.OTHER)
    with units() as uow:
        receipt = uow.arrivals.add(seen, sealed=b"", now=now, due_at=now, passive_until=None)
        if receipt.fresh:
            uow.arrivals.finish(receipt.id)
        fresh: bool = receipt.fresh
        return fresh
