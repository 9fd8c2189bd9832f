"""A promise that passes: the buyer is told once, is offered ways, and nothing is promised a third time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tuika.clock import shanghai
from tuika.conversations.model import Role
from tuika.refunds.due import DueKind, DueRow

from .world import ANN, NIGHT, DeskWorld


def due(world: DeskWorld) -> list[DueRow]:
    """The promises that have come, taken as a worker takes them."""
    found: list[DueRow] = []
    with world.units() as uow:
        while row := uow.due.claim(
            until=world.clock.now(), lease=f"l{len(found)}", wall=world.clock.now(), lease_for=timedelta(1)
        ):
            assert row.kind is DueKind.HANDOFF_PROMISE and uow.due.finish(row)
            found.append(row)
            world.handoffs.promise_passed(uow, row)
    return found


def told(world: DeskWorld, conversation: Any) -> list[str]:
    return [m.text for m in world.said(conversation) if m.role is Role.SYSTEM]


def test_nobody_came_so_the_buyer_is_told_and_offered_ways(world: DeskWorld) -> None:
    world.handoffs._ways = lambda platform: "电话 400-820-0001"
    conversation = world.conversation()
    world.begin(conversation)
    world.clock.advance(timedelta(minutes=29))
    assert due(world) == []
    world.clock.advance(timedelta(minutes=1))
    assert len(due(world)) == 1
    (text,) = told(world, conversation)
    assert "很抱歉" in text and "今天 13:30" in text and "电话 400-820-0001" in text
    assert world.said(conversation)[-1].quick_replies[0].title == "先让机器人帮我"
    with world.units.reading() as uow:
        handoff = world.handoffs.get(uow, world.waiting(conversation))
    assert (handoff.urgent, handoff.late) == (True, 1)
    assert shanghai(handoff.promised_by).strftime("%H:%M") == "13:30"
    assert world.audit_types()[-1] == "handoff.promise.passed"


def test_the_second_time_nothing_more_is_promised(world: DeskWorld) -> None:
    conversation = world.conversation()
    world.begin(conversation)
    for _ in range(2):
        world.clock.advance(timedelta(hours=1))
        due(world)
    assert "上报主管" in told(world, conversation)[-1] and "最晚" not in told(world, conversation)[-1]
    world.clock.advance(timedelta(days=2))
    assert due(world) == [] and len(told(world, conversation)) == 2


@pytest.mark.parametrize("step", ["claim", "close"])
def test_a_kept_promise_says_nothing(world: DeskWorld, step: str) -> None:
    conversation = world.conversation()
    world.begin(conversation)
    with world.units() as uow:
        getattr(world.handoffs, step)(uow, world.waiting(conversation), ANN)
    before = told(world, conversation)
    world.clock.advance(timedelta(hours=5))
    assert due(world) == [] and told(world, conversation) == before


def test_urgency_brings_the_promise_forward(world: DeskWorld) -> None:
    conversation = world.conversation()
    world.begin(conversation)
    with world.units() as uow:
        world.handoffs.request(uow, conversation_id=conversation.id, reason="被骗了", brief="", urgent=True)
    world.clock.advance(timedelta(minutes=10))
    assert len(due(world)) == 1
    world.clock.advance(timedelta(minutes=20))
    assert due(world) == []  # the later row was taken back


def test_off_hours_the_promise_is_of_the_next_morning(world: DeskWorld) -> None:
    world.clock.set(NIGHT)
    conversation = world.conversation()
    world.begin(conversation)
    world.clock.advance(timedelta(hours=10))
    assert due(world) == []
    world.clock.advance(timedelta(minutes=30))
    assert len(due(world)) == 1


def test_a_row_of_a_handoff_that_is_gone_does_nothing(world: DeskWorld) -> None:
    with world.units() as uow:
        row = DueRow(DueKind.HANDOFF_PROMISE, "ho_gone", world.clock.now())
        assert world.handoffs.promise_passed(uow, row) is None
