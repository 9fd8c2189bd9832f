"""The address that WeCom calls, and the pulling of what is new.

Invariants: the callback only says that there is news and is answered at once; pages are pulled by one node at
a time; a page is stored before its cursor is, so a crash pulls it again and the queue drops what it knows; at
the very first pull nothing older than ten minutes is worked.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from tuika.channels import wxxml
from tuika.channels.gateway import Gateway
from tuika.channels.ports import Units
from tuika.channels.seals import Values
from tuika.channels.wecom.channel import WeComChannel
from tuika.channels.wecom.messages import arrival
from tuika.clock import Clock
from tuika.errors import Unauthenticated
from tuika.ids import Ids

LEASE = timedelta(seconds=30)
NEWS_LIFE = timedelta(minutes=10)
PULL_EVERY = 60.0
NEWEST = timedelta(minutes=10)
MOST_PAGES = 100


class WeComDoor:
    def __init__(
        self,
        channel: WeComChannel,
        *,
        gateway: Gateway,
        units: Units,
        values: Values,
        wall: Clock,
        ids: Ids,
    ) -> None:
        self._channel = channel
        self._gateway = gateway
        self._units = units
        self._values = values
        self._wall = wall
        self._holder = ids.new("node")
        self._news = asyncio.Event()

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        path = f"/channels/{self._channel.name}"
        router.add_api_route(path, self.verify, methods=["GET"], response_class=PlainTextResponse)
        router.add_api_route(path, self.callback, methods=["POST"], response_class=PlainTextResponse)
        return router

    async def verify(self, request: Request) -> Response:
        return PlainTextResponse(self._open(request, request.query_params.get("echostr", "")))

    async def callback(self, request: Request) -> Response:
        if not request.query_params.get("msg_signature"):
            raise Unauthenticated("回调没有签名")  # before its body is looked at
        plain = self._open(request, wxxml.read(await request.body()).get("Encrypt", ""))
        fields = wxxml.read(plain)
        if fields.get("Event") == "kf_msg_or_event":
            await asyncio.to_thread(self._remember, f"news:{self._channel.name}", fields.get("Token", ""))
            self._news.set()
        return PlainTextResponse("success")

    def _open(self, request: Request, encrypted: str) -> str:
        asked = request.query_params
        return self._channel.crypt.open(
            encrypted,
            msg_signature=asked.get("msg_signature", ""),
            timestamp=asked.get("timestamp", ""),
            nonce=asked.get("nonce", ""),
        )

    # -- pulling --

    async def pull(self) -> None:
        """A chore: pulls when there is news, and once a minute in case a callback was lost."""
        await self.pull_once()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), PULL_EVERY)

    async def pull_once(self) -> int:
        """Pull all pages; how many arrivals were stored. Nothing while another node pulls. Raises ChannelError."""
        self._news.clear()
        name = f"cursor:{self._channel.name}"
        if not await asyncio.to_thread(self._lease, f"pull:{self._channel.name}"):
            return 0
        cursor, token = await asyncio.to_thread(self._stored)
        stored = 0
        for _page in range(MOST_PAGES):
            page = await self._channel.api.sync(cursor=cursor, token=token)
            stored += await self._store(page.get("msg_list") or [], first=not cursor)
            cursor = str(page.get("next_cursor") or cursor)
            await asyncio.to_thread(self._remember, name, cursor, for_ever=True)
            if not page.get("has_more"):
                break
        return stored

    async def _store(self, items: list[dict[str, Any]], *, first: bool) -> int:
        oldest = (self._wall.now() - NEWEST).timestamp() if first else 0
        arrivals = [
            came
            for item in items
            if float(item.get("send_time") or 0) >= oldest
            and (came := arrival(item, channel=self._channel.name)) is not None
        ]
        if arrivals:
            await self._gateway.accept(arrivals)
        return len(arrivals)

    def _stored(self) -> tuple[str, str]:
        now, name = self._wall.now(), self._channel.name
        with self._units.reading() as uow:
            cursor = self._values.get(uow, f"cursor:{name}") or ""
            return cursor, self._values.get(uow, f"news:{name}", now=now) or ""

    def _remember(self, name: str, value: str, for_ever: bool = False) -> None:
        expires = None if for_ever else self._wall.now() + NEWS_LIFE
        with self._units() as uow:
            self._values.put(uow, name, value, expires_at=expires)

    def _lease(self, name: str) -> bool:
        now = self._wall.now()
        with self._units() as uow:
            taken: bool = uow.values.lease(name, self._holder, now=now, until=now + LEASE)
            return taken
