"""The small load balancer before real servers: who is asked, what passes, what happens when a hub is away or breaks."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from tuika.nodes.balancer import REST_S, Balancer

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Hub:
    """Answers with what it was asked; some paths stream, wait or break."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.port = 0
        self.asked: list[str] = []
        self.more = asyncio.Event()
        self.left = asyncio.Event()
        self._server: uvicorn.Server | None = None
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        config = uvicorn.Config(
            self, host="127.0.0.1", port=self.port, log_level="critical", timeout_graceful_shutdown=0
        )
        self._server = uvicorn.Server(config)
        self._running = asyncio.create_task(self._server.serve())
        while not self._server.started:
            await asyncio.sleep(0.005)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None and self._running is not None
        self._server.should_exit = True
        await self._running

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.asked.append(f"{scope['method']} {scope['raw_path'].decode()}")
        if scope["path"] == "/break":
            raise RuntimeError("broken")
        if scope["path"] == "/drop":
            self._drop(scope)
            return
        if scope["path"] == "/events":
            await self._stream(receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        document = {
            "hub": self.name,
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": headers,
            "client": scope["client"][0],
            "size": len(body),
        }
        await _answer(send, json.dumps(document).encode(), status=201 if body else 200)

    def _drop(self, scope: Any) -> None:
        """Taken, and the connection is gone."""
        assert self._server is not None
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()  # type: ignore[union-attr]

    async def _stream(self, receive: Any, send: Any) -> None:
        start = {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"text/event-stream")],
        }
        await send(start)
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        await self.more.wait()
        await send({"type": "http.response.body", "body": b"data: 2\n\n", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            continue
        self.left.set()


async def _answer(send: Any, body: bytes, *, status: int) -> None:
    headers = [(b"content-type", b"application/json"), (b"x-twice", b"a"), (b"x-twice", b"b")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Town:
    """Two hubs behind a balancer."""

    def __init__(self, hubs: list[Hub], client: httpx.AsyncClient, clock: list[float]) -> None:
        self.a, self.b = hubs
        self.client = client
        self.clock = clock

    async def hub_asked(self, path: str = "/x") -> str:
        return str((await self.client.get(path)).json()["hub"])


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    hubs = [Hub("a"), Hub("b")]
    async with AsyncExitStack() as stack:
        for hub in hubs:
            await hub.start()
            stack.push_async_callback(hub.stop)
        clock = [0.0]
        balancer = Balancer([f"http://127.0.0.1:{hub.port}" for hub in hubs], now=lambda: clock[0])
        base = await stack.enter_async_context(_served(balancer))
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=base, trust_env=False, timeout=20)
        )
        yield Town(hubs, client, clock)


@asynccontextmanager
async def _served(app: Any) -> AsyncIterator[str]:
    config = uvicorn.Config(
        app,
        port=0,
        log_level="critical",
        date_header=False,
        proxy_headers=False,  # our callers stand for people elsewhere, not for a proxy on this machine
        timeout_graceful_shutdown=0,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


async def test_requests_are_shared_and_nobody_sticks(town: Town) -> None:
    asked = [await town.hub_asked() for _ in range(20)]
    assert Counter(asked) == {"a": 10, "b": 10}
    assert asked[0] != asked[1], "one client on one connection"


async def test_the_less_busy_one_is_asked(town: Town) -> None:
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(town.client.stream("GET", "/events")) for _ in range(4)]
        assert all(each.status_code == 200 for each in streams)
        assert (town.a.asked, town.b.asked) == (["GET /events"] * 2, ["GET /events"] * 2)


async def test_what_was_asked_and_answered_passes_unchanged(town: Town) -> None:
    answer = await town.client.get(
        "/a%2Fb/%E5%8D%A1?q=%20x&q=1", headers={"X-Own": "1", "Accept-Encoding": "identity"}
    )
    asked = answer.json()
    assert (asked["path"], asked["query"]) == ("/a%2Fb/%E5%8D%A1", "q=%20x&q=1")
    assert asked["headers"]["x-own"] == "1"
    assert asked["headers"]["host"] == answer.request.url.netloc.decode()
    assert answer.headers.get_list("x-twice") == ["a", "b"]
    bare = (await town.client.get("/x", headers={"User-Agent": ""})).json()["headers"]
    assert "httpx" not in bare.get("user-agent", "")


@pytest.mark.parametrize("chunked", [False, True])
async def test_large_bodies_pass(town: Town, chunked: bool) -> None:
    size = 3_000_000

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * (size // 30)

    answer = await town.client.post("/x", content=pieces() if chunked else b"x" * size)
    assert (answer.status_code, answer.json()["size"]) == (201, size)
    empty = await town.client.post("/x")
    assert (empty.status_code, empty.json()["size"]) == (200, 0)


async def test_whose_request_it_is_cannot_be_forged(town: Town) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Forwarded-Proto": "https"}
    asked = (await town.client.get("/x", headers=forged)).json()
    assert asked["client"] == "127.0.0.1"
    assert asked["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert asked["headers"]["x-forwarded-proto"] == "http"
    assert "forwarded" not in asked["headers"]


async def test_events_pass_as_they_come(town: Town) -> None:
    async with asyncio.timeout(20), town.client.stream("GET", "/events") as answer:
        pieces = answer.aiter_text()
        assert await anext(pieces) == "data: 1\n\n"
        (town.a if town.a.asked else town.b).more.set()
        assert await anext(pieces) == "data: 2\n\n"


async def test_who_hangs_up_hangs_up_at_the_hub(town: Town) -> None:
    town.a.more.set()
    town.b.more.set()
    async with town.client.stream("GET", "/events") as answer:
        assert await anext(answer.aiter_text())
    hub = town.a if town.a.asked else town.b
    async with asyncio.timeout(20):
        await hub.left.wait()


async def test_a_hub_that_is_away_is_left_out_and_comes_back(town: Town) -> None:
    await town.a.stop()
    assert Counter([await town.hub_asked() for _ in range(10)]) == {"b": 10}
    posted = [(await town.client.post("/x", content=b"y")).json()["hub"] for _ in range(10)]
    assert posted == ["b"] * 10
    await town.a.start()
    town.clock[0] += REST_S
    assert Counter([await town.hub_asked() for _ in range(10)]) == {"a": 5, "b": 5}


async def test_without_any_hub_the_answer_says_so(town: Town) -> None:
    await town.a.stop()
    await town.b.stop()
    answer = await town.client.get("/x")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] and answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "服务正在启动，请稍后再试"
    await town.a.start()
    await town.b.start()
    assert (await town.client.get("/x")).status_code == 200


async def test_what_a_hub_may_have_taken_is_not_sent_to_another(town: Town) -> None:
    answer = await town.client.post("/drop", content=b"pay")
    assert answer.status_code == 502 and answer.json()["detail"] == "连接中断，请重试"
    assert town.a.asked + town.b.asked == ["POST /drop"]


async def test_a_look_may_be_sent_again(town: Town) -> None:
    answer = await town.client.get("/drop")
    assert answer.status_code == 503
    assert sorted(town.a.asked + town.b.asked) == ["GET /drop", "GET /drop"]


async def test_a_hubs_own_failure_passes(town: Town) -> None:
    assert (await town.client.get("/break")).status_code == 500
