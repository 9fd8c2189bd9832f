"""A small load balancer for several hubs on one machine; many machines use a real one (deploy/ has Caddy's settings).

Invariants: no sticky sessions; a request goes to the hub that has the fewest, and to another one only where the first
surely did not take it; bodies and event streams pass as they come; a buyer who hangs up hangs up at the hub as well. The
hub learns whose request it is from ``X-Forwarded-For``, which is written here; one that came in is taken over from a proxy
on this machine only (by uvicorn, before we see the request).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import structlog
from starlette.types import Receive, Scope, Send

log = structlog.get_logger(__name__)
REST_S = 1.0  # a hub that refused a connection is left alone so long
IDLE_S = 2.0  # shorter than the hubs keep an idle connection, so that none is used while it is being closed
_HOP = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade")
)
_OURS = frozenset((b"x-forwarded-for", b"x-forwarded-proto", b"forwarded"))
_SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass
class Target:
    """A hub and how it stands."""

    url: str
    busy: int = 0
    rests_until: float = 0.0


class Balancer:
    """An ASGI application. ``client`` stands for the network in tests."""

    def __init__(
        self,
        urls: Sequence[str],
        *,
        client: httpx.AsyncClient | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._targets = [Target(url.rstrip("/")) for url in urls]
        self._client = client
        self._now = now
        self._turn = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                if self._client is not None:
                    await self._client.aclose()
                return

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, reply = _Body(receive), _Reply(send)
        for target in self._in_order():
            target.busy += 1
            try:
                answer = await self._ask(target, scope, body)
                if answer is not None:
                    await reply.pass_on(answer, body)
                    return
            except httpx.HTTPError as error:
                log.warning("balancer.broken", hub=target.url, error=type(error).__name__)
                await reply.refuse(502, "连接中断，请重试")
                return
            finally:
                target.busy -= 1
        await reply.refuse(503, "服务正在启动，请稍后再试")

    def _in_order(self) -> list[Target]:
        """Those that answer before those that rest; of the former the least busy, in turn where they are alike."""
        now = self._now()
        self._turn += 1
        count = len(self._targets)
        turned = [self._targets[(self._turn + i) % count] for i in range(count)]
        return sorted(turned, key=lambda target: (target.rests_until > now, target.busy))

    async def _ask(self, target: Target, scope: Scope, body: _Body) -> httpx.Response | None:
        """The hub's answer, its body still to be read. None where it surely did nothing. Raises httpx.HTTPError."""
        client = self._client = self._client or _open_client()
        request = client.build_request(
            scope["method"], _address(target, scope), headers=_headers(scope), content=body.pieces(scope)
        )
        try:
            return await client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            target.rests_until = self._now() + REST_S
            return None
        except (httpx.RemoteProtocolError, httpx.ReadError):
            if scope["method"] in _SAFE and not body.begun:
                return None
            raise


class _Body:
    """What the caller sends, and whether he is still there."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.begun = False

    def pieces(self, scope: Scope) -> AsyncIterator[bytes] | None:
        """None for a request without a body."""
        names = {name for name, _ in scope["headers"]}
        return self._read() if names & {b"content-length", b"transfer-encoding"} else None

    async def _read(self) -> AsyncIterator[bytes]:
        self.begun = more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise httpx.WriteError("the caller is gone")
            more = message.get("more_body", False)
            yield message.get("body", b"")

    async def gone(self) -> None:
        """Returns when the caller hangs up."""
        while (await self._receive())["type"] != "http.disconnect":
            continue


class _Reply:
    """What the caller is answered."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._begun = False

    async def pass_on(self, answer: httpx.Response, body: _Body) -> None:
        """The hub's answer as it comes; a stream without end is left when the caller is gone."""
        try:
            passing = self._pass(answer)
            if answer.headers.get("content-type", "").startswith("text/event-stream"):
                await _first_of(passing, body.gone())
            else:
                await passing
        finally:
            await answer.aclose()

    async def _pass(self, answer: httpx.Response) -> None:
        headers = [(name.lower(), value) for name, value in answer.headers.raw if name.lower() not in _HOP]
        self._begun = True
        await self._send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        async for piece in answer.aiter_raw():
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        await self._send({"type": "http.response.body", "body": b""})

    async def refuse(self, status: int, detail: str) -> None:
        """A problem document; nothing more can be said where an answer has begun: its connection is closed."""
        if self._begun:
            return
        problem = {"type": "about:blank", "title": detail, "status": status, "detail": detail}
        headers = [(b"content-type", b"application/problem+json"), (b"retry-after", b"2")]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        document = json.dumps(problem, ensure_ascii=False).encode()
        await self._send({"type": "http.response.body", "body": document})


async def _first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Until one of them has ended; the others end with it. Raises what it failed with."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _open_client() -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=IDLE_S)
    client = httpx.AsyncClient(limits=limits, timeout=httpx.Timeout(None, connect=2.0), trust_env=False)
    for name in list(client.headers):  # nothing is asked for that the caller did not ask for
        del client.headers[name]
    return client


def _address(target: Target, scope: Scope) -> httpx.URL:
    query = scope["query_string"]
    raw = scope["raw_path"] + (b"?" + query if query else b"")
    return httpx.URL(target.url).copy_with(raw_path=raw)


def _headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in scope["headers"] if name not in _HOP and name not in _OURS]
    caller = scope["client"][0] if scope["client"] else ""
    return [*kept, (b"x-forwarded-for", caller.encode()), (b"x-forwarded-proto", scope["scheme"].encode())]
