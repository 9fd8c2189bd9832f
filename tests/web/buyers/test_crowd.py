"""Beyond what the engine can take, buyers hear that they wait, and are answered in their turn."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

from tuika.conversations.gate import Gate
from tuika.conversations.turns import TurnState

pytestmark = pytest.mark.anyio


@pytest.fixture
def narrow(world: Any) -> Any:
    """Room for one, and no patience."""
    world.services.hub._gate = Gate(1, patience=0.05)
    return world


async def _conversations(world: Any, count: int) -> list[tuple[str, dict[str, str]]]:
    found = []
    for _ in range(count):
        await world.open()
        found.append((world.path("messages"), world.auth))
    return found


def _post(world: Any, place: tuple[str, dict[str, str]], text: str) -> asyncio.Task[Any]:
    body = {"client_id": str(uuid.uuid4()), "text": text}
    return asyncio.create_task(world.client.post(place[0], json=body, headers=place[1]))


async def test_a_crowd_is_told_its_place_and_then_answered(narrow: Any) -> None:
    places = await _conversations(narrow, 4)
    engine = narrow.services.engine
    engine.gate.clear()
    first = _post(narrow, places[0], "第一个")
    await narrow.until(lambda: engine.heard == ["第一个"])
    waiting = []
    for place, text in zip(places[1:], ("第二个", "第三个", "第四个"), strict=True):
        waiting.append(_post(narrow, place, text))
        count = len(waiting)
        await narrow.until(lambda n=count: narrow.services.hub._gate.waiting == n)
    said = [(await each).json()["messages"] for each in waiting]
    assert all(len(messages) == 1 and messages[0]["role"] == "system" for messages in said)
    assert all("不用重复发送" in messages[0]["text"] for messages in said)
    assert "2 位" in said[2][0]["text"]
    assert engine.heard == ["第一个"]  # nobody was sent to an engine that has no room
    engine.gate.set()
    assert (await first).json()["messages"][0]["text"] == "听到：第一个"
    await narrow.until(lambda: len(engine.heard) == 4)
    assert engine.heard[1:] == ["第二个", "第三个", "第四个"]
    for place, text in zip(places[1:], ("第二个", "第三个", "第四个"), strict=True):
        async with asyncio.timeout(5):
            while True:
                answer = await narrow.client.get(place[0], headers=place[1])
                roles = [m["role"] for m in answer.json()["messages"]]
                if roles[-1] == "bot" and roles[-2] == "system":
                    break
                await asyncio.sleep(0.01)
        assert answer.json()["messages"][-1]["text"] == f"听到：{text}"


async def test_the_same_message_again_waits_with_the_first(narrow: Any) -> None:
    places = await _conversations(narrow, 2)
    engine = narrow.services.engine
    engine.gate.clear()
    first = _post(narrow, places[0], "第一个")
    await narrow.until(lambda: engine.heard == ["第一个"])
    body = {"client_id": str(uuid.uuid4()), "text": "第二个"}
    answers = [await narrow.client.post(places[1][0], json=body, headers=places[1][1]) for _ in range(2)]
    assert [len(each.json()["messages"]) for each in answers] == [1, 1]  # told once, and answered alike
    engine.gate.set()
    await first
    await narrow.until(lambda: len(engine.heard) == 2)
    assert engine.heard == ["第一个", "第二个"]


async def test_who_has_room_hears_of_no_crowd(narrow: Any) -> None:
    await narrow.open()
    assert [m["role"] for m in (await narrow.say("你好")).json()["messages"]] == ["bot"]


async def test_two_messages_of_one_buyer_need_one_place(narrow: Any) -> None:
    """The second is worked by whoever worked the first, who has left his place by then."""
    (place,) = await _conversations(narrow, 1)
    engine = narrow.services.engine
    engine.gate.clear()
    first = _post(narrow, place, "第一句")
    await narrow.until(lambda: engine.heard == ["第一句"])
    second = _post(narrow, place, "第二句")
    await asyncio.sleep(0.02)
    engine.gate.set()
    said = [(await each).json()["messages"][-1]["text"] for each in (first, second)]
    assert said == ["听到：第一句", "听到：第二句"]
    assert (await _post(narrow, place, "第三句")).status_code == 200  # room was given back


async def test_a_message_that_is_refused_takes_no_room(narrow: Any) -> None:
    (place,) = await _conversations(narrow, 1)
    body = {"client_id": str(uuid.uuid4()), "text": "第一句"}
    await narrow.client.post(place[0], json=body, headers=place[1])
    again = await narrow.client.post(place[0], json=body | {"text": "别的话"}, headers=place[1])
    assert again.status_code == 409
    assert (await _post(narrow, place, "第二句")).json()["messages"][0]["text"] == "听到：第二句"


async def test_a_turn_that_finds_room_is_on_record_as_sent_before_the_engine_hears_it(world: Any) -> None:
    await world.open()
    engine = world.services.engine
    engine.gate.clear()
    asked = asyncio.create_task(world.say("你好"))
    await world.until(lambda: engine.heard == ["你好"])
    with world.services.uow.reading() as uow:
        (turn,) = uow.turns.left_open()
    assert turn.state is TurnState.SENT
    assert turn.sent_at is not None and turn.lease_until is not None
    engine.gate.set()
    assert (await asked).json()["messages"][0]["text"] == "听到：你好"
    with world.services.uow.reading() as uow:
        assert uow.turns.left_open() == []
