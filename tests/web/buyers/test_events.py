"""Server-sent events over a real connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tuika.conversations.model import Role, Say
from tuika.web.events import MOST_LISTENERS, Feed

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def _following(
    client: httpx.AsyncClient, world: Any, **headers: str
) -> AsyncIterator[AsyncIterator[str]]:
    async with client.stream("GET", world.path("events"), headers={**world.auth, **headers}) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield answer.aiter_lines()


async def _events(lines: AsyncIterator[str], count: int) -> list[tuple[int, dict[str, Any]]]:
    found: list[tuple[int, dict[str, Any]]] = []
    async with asyncio.timeout(5):
        while len(found) < count:
            line = await anext(lines)
            if line.startswith("id: "):
                number = int(line[4:])
            if line.startswith("data: "):
                found.append((number, json.loads(line[6:])))
    return found


async def test_everything_is_replayed_then_followed(world: Any) -> None:
    await world.open()
    async with world.server() as client, _following(client, world) as lines:
        ((first, greeting),) = await _events(lines, 1)
        await world.say("没收到货")
        later = await _events(lines, 2)
    assert first == greeting["seq"] == 1
    assert [(n, m["role"]) for n, m in later] == [(2, "buyer"), (3, "bot")]


async def test_replay_begins_behind_the_last_event(world: Any) -> None:
    await world.open()
    await world.say("一")
    async with world.server() as client:
        async with _following(client, world, **{"Last-Event-ID": "2"}) as lines:
            assert [n for n, _ in await _events(lines, 1)] == [3]
        async with client.stream("GET", world.path("events?after=1"), headers=world.auth) as answer:
            assert [n for n, _ in await _events(answer.aiter_lines(), 2)] == [2, 3]


async def test_rows_of_another_process_are_found(world: Any) -> None:
    await world.open()
    async with world.server() as client, _following(client, world, **{"Last-Event-ID": "1"}) as lines:
        await anext(lines)
        with world.services.uow() as uow:  # nobody is woken
            world.services.conversations.post(uow, world.conversation_id, Role.SYSTEM, Say("退款已到账"))
        ((_, notice),) = await _events(lines, 1)
    assert notice["text"] == "退款已到账"


async def test_a_client_that_goes_is_forgotten(world: Any) -> None:
    await world.open()
    async with world.server() as client:
        async with _following(client, world) as lines:
            await _events(lines, 1)
            assert world.services.wakes.count() == 1
        await world.until(lambda: world.services.wakes.count() == 0)


async def test_silence_is_broken_by_heartbeats(world: Any) -> None:
    await world.open()
    feed = Feed(world.services.wakes, world.services.uow, beat=0.05)
    following = feed.follow(world.conversation_id, 1)
    async with asyncio.timeout(5):
        assert [await anext(following), await anext(following)] == [None, None]
    await following.aclose()


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "9" * 30, "١"])
async def test_a_forged_event_id_is_422(world: Any, last: str) -> None:
    await world.open()
    raw = {**world.auth, "Last-Event-ID": last.encode()}
    answer = await world.client.get(world.path("events"), headers=raw)
    assert answer.status_code == 422


async def test_one_conversation_has_so_many_listeners(world: Any) -> None:
    await world.open()
    feed = Feed(world.services.wakes, world.services.uow)
    followers = [feed.follow(world.conversation_id, 0) for _ in range(MOST_LISTENERS)]
    for each in followers:
        await anext(each)
    answer = await world.client.get(world.path("events"), headers=world.auth)
    for each in followers:
        await each.aclose()
    assert answer.status_code == 429 and answer.headers["retry-after"]
