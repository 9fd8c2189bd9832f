"""How much and how often a door takes.

Invariants: a body is counted while it is read, whatever its Content-Length claims; what is over the limit is
never kept; a body that stops coming is given up; the memory of a rate limit is bounded.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tuika.errors import TooMany

MOST_KEYS = 20_000
BODY_SECONDS = 30.0  # between two pieces of a body
DRAIN_FACTOR = 4  # how much of an oversized body is read and thrown away, so that the answer arrives


class Limit(Protocol):
    """So many uses in so much time for each key."""

    def check(self, key: str) -> None:
        """Counts one use. Raises TooMany."""
        ...

    def clear(self) -> None: ...


class RateLimit:
    """At most ``limit`` times in ``seconds`` for each key, in this process."""

    def __init__(
        self, limit: int, seconds: float = 60.0, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._seconds = seconds
        self._now = now
        self._lock = threading.Lock()
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, key: str) -> None:
        """Counts one use. Raises TooMany."""
        with self._lock:
            moment = self._now()
            times = self._times.setdefault(key, deque())
            self._times.move_to_end(key)
            while times and times[0] <= moment - self._seconds:
                times.popleft()
            if len(times) >= self._limit:
                wait = times[0] + self._seconds - moment
                raise TooMany("操作太频繁，请稍后再试", retry_after=max(1, int(wait) + 1))
            times.append(moment)
            while len(self._times) > MOST_KEYS:
                self._times.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._times.clear()


def client_address(request: Request) -> str:
    """Whose address counts: IPv4 as it is, IPv6 by its /64, since a household has a whole one."""
    host = request.client.host if request.client else "unknown"
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Network((address, 64), strict=False))
    return str(address)


class BodyLimit:
    """ASGI middleware: 413 for a body over ``limit_of(method, path)`` bytes."""

    def __init__(self, app: ASGIApp, *, limit_of: Callable[[str], int]) -> None:
        self._app = app
        self._limit_of = limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._app(scope, _Counted(receive, self._limit_of(scope["path"])), send)


class _Counted:
    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._read = 0
        self._whole = False

    async def __call__(self) -> Message:
        message = await self._next()
        self._read += len(message.get("body", b""))
        if self._read <= self._limit:
            return message
        await self._drain(message)
        raise HTTPException(413, f"内容过大，这里最多收 {_size(self._limit)}")

    async def _next(self) -> Message:
        """The next piece of the body; a body that does not come in time is given up."""
        if self._whole:
            return await self._receive()  # what comes now is the end of the connection, whenever that is
        try:
            message = await asyncio.wait_for(self._receive(), BODY_SECONDS)
        except TimeoutError:
            raise HTTPException(408, "请求内容迟迟没有传完，请检查网络后重试") from None
        self._whole = not message.get("more_body", False)
        return message

    async def _drain(self, message: Message) -> None:
        while message.get("more_body") and self._read <= self._limit * DRAIN_FACTOR:
            message = await self._next()
            self._read += len(message.get("body", b""))


def _size(limit: int) -> str:
    return f"{limit // (1024 * 1024)} MB" if limit >= 1024 * 1024 else f"{limit // 1024} KB"
