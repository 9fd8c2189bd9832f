"""The stream of a page that shows more than messages: state and typing beside them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tuika.conversations.model import Owner, Role, Say
from tuika.handoff.model import Handoff, HandoffKind, HandoffState
from tuika.web.typing_signs import LASTS, Typing

pytestmark = pytest.mark.anyio
Frame = tuple[str, str | None, dict[str, Any]]


async def _frames(lines: AsyncIterator[str], until: str) -> list[Frame]:
    """Events as (name, id, data), up to and with the first one of the name ``until``."""
    found: list[Frame] = []
    name, number = "message", None
    async with asyncio.timeout(5):
        async for line in lines:
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("id: "):
                number = line[4:]
            elif line.startswith("data: "):
                found.append((name, number, json.loads(line[6:])))
                if name == until:
                    return found
                name, number = "message", None
    raise AssertionError("the stream ended")


def _wait(world: Any, **changes: Any) -> Handoff:
    """Somebody waits for a person in the world's conversation."""
    now = world.clock.now()
    handoff = Handoff(
        id=changes.pop("id", "ho_1"),
        conversation_id=changes.pop("conversation_id", world.conversation_id),
        state=HandoffState.WAITING,
        kind=HandoffKind.HANDOFF,
        urgent=False,
        reason="买家要求人工",
        brief="",
        case_no=None,
        promised_by=now + timedelta(minutes=30),
        waiting_since=changes.pop("since", now),
    )
    with world.services.uow() as uow:
        uow.handoffs.add(handoff)
    return handoff


async def test_state_follows_the_messages_and_has_no_id(world: Any) -> None:
    await world.open()
    async with (
        world.server() as client,
        client.stream("GET", world.path("events?live=true"), headers=world.auth) as answer,
    ):
        greeting, state = await _frames(answer.aiter_lines(), "state")
    assert greeting[:2] == ("message", "1")
    assert state[:2] == ("state", None)
    assert state[2]["owner"] == "bot"
    assert state[2]["actions"] == [greeting[2]["quick_replies"][0]["action"]]


async def test_the_plain_stream_says_messages_only(world: Any) -> None:
    await world.open()
    async with (
        world.server() as client,
        client.stream("GET", world.path("events"), headers=world.auth) as answer,
    ):
        lines = answer.aiter_lines()
        await _frames(lines, "message")
        world.app.state.typing.set(world.conversation_id, Role.AGENT, True)
        world.services.wakes.wake(world.conversation_id)
        await world.say("在吗")
        later = await _frames(lines, "message") + await _frames(lines, "message")
    assert [(name, data["role"]) for name, _, data in later] == [("message", "buyer"), ("message", "bot")]


async def test_stale_quick_replies_leave_the_state(world: Any) -> None:
    await world.open()
    async with (
        world.server() as client,
        client.stream("GET", world.path("events?live=true"), headers=world.auth) as answer,
    ):
        lines = answer.aiter_lines()
        await _frames(lines, "state")
        await world.say("在吗")
        later = await _frames(lines, "state")
    assert later[-1][2]["actions"] == []


async def test_an_agent_who_types_is_seen(world: Any) -> None:
    await world.open()
    async with (
        world.server() as client,
        client.stream("GET", world.path("events?live=true"), headers=world.auth) as answer,
    ):
        lines = answer.aiter_lines()
        await _frames(lines, "state")
        world.app.state.typing.set(world.conversation_id, Role.AGENT, True)
        world.services.wakes.wake(world.conversation_id)
        on = await _frames(lines, "typing")
        world.app.state.typing.set(world.conversation_id, Role.AGENT, False)
        world.services.wakes.wake(world.conversation_id)
        off = await _frames(lines, "typing")
    assert on[-1] == ("typing", None, {"role": "agent", "on": True})
    assert off[-1] == ("typing", None, {"role": "agent", "on": False})


async def test_the_buyer_says_that_he_types(world: Any) -> None:
    await world.open()
    typing = world.app.state.typing
    assert (await world.post("typing", {"on": True})).status_code == 204
    assert typing.is_on(world.conversation_id, Role.BUYER)
    assert not typing.is_on(world.conversation_id, Role.AGENT)
    assert (await world.post("typing", {"on": "yes"})).status_code == 422
    assert (await world.client.post(world.path("typing"), json={"on": True})).status_code == 401


def test_typing_ends_by_itself_and_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [0.0]
    typing = Typing(now=lambda: moment[0])
    typing.set("cv_1", Role.AGENT, True)
    moment[0] = LASTS - 0.1
    assert typing.is_on("cv_1", Role.AGENT)
    moment[0] = LASTS
    assert not typing.is_on("cv_1", Role.AGENT)
    monkeypatch.setattr("tuika.web.typing_signs.MOST", 2)
    for number in range(4):
        typing.set(f"cv_{number}", Role.AGENT, True)
    assert [typing.is_on(f"cv_{n}", Role.AGENT) for n in range(4)] == [False, False, True, True]


async def test_the_place_in_the_queue_and_the_hours(world: Any) -> None:
    await world.open()
    other = await world.client.post("/api/v1/sessions", json={"platform": "generic"})
    earlier = world.clock.now() - timedelta(minutes=5)
    _wait(world, id="ho_0", conversation_id=other.json()["conversation_id"], since=earlier)
    handoff = _wait(world)
    state = await _state(world)
    assert state["waiting"]["place"] == 2
    assert state["waiting"]["promised_by"].endswith("+08:00")
    assert state["hours"]["open"] is True
    assert state["hours"]["opens_at"] is None
    with world.services.uow() as uow:
        uow.handoffs.claim("ho_0", "ann", world.clock.now())
    assert (await _state(world))["waiting"]["place"] == 1
    with world.services.uow() as uow:
        uow.handoffs.claim(handoff.id, "ann", world.clock.now())
        uow.conversations.set_owner(world.conversation_id, Owner.HUMAN, epoch=2, session_no=2)
    taken = await _state(world)
    assert (taken["owner"], taken["agent"], taken["waiting"]) == ("human", "ann", None)
    world.clock.set(world.clock.now() + timedelta(hours=12))
    closed = (await _state(world))["hours"]
    assert closed["open"] is False
    assert closed["opens_at"].startswith("2026-11-22T09:00")


async def test_rated_once_is_seen_in_the_state(world: Any) -> None:
    await world.open()
    assert (await _state(world))["rated"] is False
    assert (await world.post("rating", {"score": 5})).status_code == 204
    assert (await _state(world))["rated"] is True
    assert (await world.post("rating", {"score": 1})).status_code == 409


async def test_anothers_state_is_not_found(world: Any) -> None:
    await world.open()
    theirs = world.path("")[:-1]
    await world.open()
    assert (await world.client.get(theirs, headers=world.auth)).status_code == 404


async def test_own_messages_carry_their_client_id(world: Any) -> None:
    await world.open()
    name = "7b0c0a52-0b6e-4f3e-9a55-3d1d1f6f9a01"
    await world.say("没收到货", name)
    with world.services.uow() as uow:
        world.services.conversations.post(
            uow, world.conversation_id, Role.AGENT, Say("我来看看"), author="ann"
        )
    said = await world.messages()
    assert [(m["role"], m["client_id"], m["author"]) for m in said] == [
        ("bot", None, None),
        ("buyer", name, None),
        ("bot", None, None),
        ("agent", None, "ann"),
    ]


async def _state(world: Any) -> dict[str, Any]:
    answer: httpx.Response = await world.client.get(world.path("")[:-1], headers=world.auth)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
