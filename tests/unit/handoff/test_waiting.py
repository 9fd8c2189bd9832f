"""The buyer's side: asking, queueing, recalling the bot; tickets beside it all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tuika.clock import shanghai
from tuika.errors import Conflict
from tuika.handoff.model import HandoffKind, HandoffState

from .world import ANN, NIGHT, DeskWorld


def test_in_hours_the_buyer_is_queued_and_told_place_and_hours(world: DeskWorld) -> None:
    conversation = world.conversation()
    text = world.begin(conversation)
    assert world.owner(conversation) == "queued"
    assert "第 1 位" in text and "9:00–21:00" in text and "今天 12:30" in text
    with world.units() as uow:
        notice = world.handoffs.notice(uow, conversation.id)
    assert notice.quick_replies[0].payload.kind == "recall_bot"
    assert "第 1 位" in notice.text


def test_off_hours_the_bot_goes_on_beside_the_waiting_handoff(world: DeskWorld) -> None:
    world.clock.set(NIGHT)
    conversation = world.conversation()
    text = world.begin(conversation)
    assert world.owner(conversation) == "bot"
    assert not world.handoffs.serves_now()
    assert "明天 09:00" in text and "明天 09:30" in text
    assert world.waiting(conversation)


def test_beside_is_the_buyers_choice_in_hours_too(world: DeskWorld) -> None:
    conversation = world.conversation()
    assert "我继续帮您" in world.begin(conversation, beside=True)
    assert world.owner(conversation) == "bot"


def test_urgent_ones_are_served_first(world: DeskWorld) -> None:
    first, second, third = (world.conversation() for _ in range(3))
    for conversation in (first, second):
        world.begin(conversation)
        world.clock.advance(timedelta(minutes=1))
    assert "第 1 位" in world.begin(third, urgent=True)
    with world.units() as uow:
        places = [world.handoffs.place(uow, world.waiting(c)) for c in (first, second, third)]
    assert places == [2, 3, 1]


def test_asking_again_keeps_the_place_and_brings_it_up_to_date(world: DeskWorld) -> None:
    conversation, other = world.conversation(), world.conversation()
    world.begin(conversation)
    first = world.waiting(conversation)
    with world.units() as uow:
        world.handoffs.recall_bot(uow, conversation.id)
    world.clock.advance(timedelta(minutes=5))
    world.begin(other)
    world.begin(conversation, urgent=True, reason="被骗了", brief="新")
    with world.units() as uow:
        again = world.handoffs.get(uow, world.waiting(conversation))
        assert (again.id, again.urgent, again.reason, again.brief) == (first, True, "被骗了", "新")
        world.handoffs.request(uow, conversation_id=conversation.id, reason="再催", brief="")
        calmer = world.handoffs.get(uow, first)
    assert calmer.urgent and calmer.brief == "新"
    assert shanghai(again.promised_by).strftime("%H:%M") == "12:15"


def test_recalling_the_bot_keeps_the_handoff_waiting(world: DeskWorld) -> None:
    conversation = world.conversation()
    with world.units() as uow:
        assert world.handoffs.recall_bot(uow, conversation.id) is False
    world.begin(conversation)
    with world.units() as uow:
        assert world.handoffs.recall_bot(uow, conversation.id) is True
    assert world.owner(conversation) == "bot"
    assert world.waiting(conversation)


def test_one_open_handoff_a_conversation_is_the_databases_to_hold(world: DeskWorld) -> None:
    conversation = world.conversation()
    world.begin(conversation)
    with pytest.raises(Conflict), world.units() as uow:
        known = world.handoffs.get(uow, world.waiting(conversation))
        uow.handoffs.add(type(known)(**{**_fields(known), "id": "ho_second"}))


def _fields(handoff: object) -> dict[str, object]:
    return {name: getattr(handoff, name) for name in handoff.__slots__}  # type: ignore[attr-defined]


def test_a_ticket_changes_no_owner_and_there_is_one_a_case_and_reason(world: DeskWorld) -> None:
    conversation = world.conversation()
    world.begin(conversation)
    with world.units() as uow:
        one = world.handoffs.open(
            uow, conversation_id=conversation.id, case_no="RF1", reason="审核超时", brief="a", urgent=True
        )
        same = world.handoffs.open_ticket(
            uow, conversation_id=conversation.id, case_no="RF1", reason="审核超时", brief="b"
        )
        other = world.handoffs.open_ticket(
            uow, conversation_id=None, case_no="RF1", reason="打款超时", brief="c"
        )
        loose = world.handoffs.request(
            uow, conversation_id=conversation.id, reason="核查付款", brief="d", kind=HandoffKind.TICKET
        )
    assert one == same and len({one, other, loose.id, world.waiting(conversation)}) == 4
    assert world.owner(conversation) == "queued"
    with world.units() as uow:
        assert world.handoffs.place(uow, world.waiting(conversation)) == 1
        ticket = world.handoffs.get(uow, one)
        assert (ticket.urgent, ticket.brief, ticket.kind) == (True, "b", HandoffKind.TICKET)
        world.handoffs.close(uow, one, ANN)
        anew = world.handoffs.open_ticket(
            uow, conversation_id=conversation.id, case_no="RF1", reason="审核超时", brief="e"
        )
    assert anew != one


def test_tickets_without_a_case_belong_to_their_conversation(world: DeskWorld) -> None:
    one, two = world.conversation(), world.conversation()
    with world.units() as uow:
        ids = [
            world.handoffs.open_ticket(uow, conversation_id=c.id, reason="核查付款", brief="x")
            for c in (one, two, one)
        ]
    assert ids[0] == ids[2] != ids[1]


def test_a_late_promise_is_not_repeated_as_if_it_held(world: DeskWorld) -> None:
    conversation = world.conversation()
    world.begin(conversation)
    world.clock.advance(timedelta(hours=2))
    with world.units() as uow:
        assert "抱歉" in world.handoffs.notice(uow, conversation.id).text


def test_oversized_words_are_cut(world: DeskWorld) -> None:
    conversation = world.conversation()
    world.begin(conversation, reason="长" * 5000, brief="长" * 50_000)
    with world.units() as uow:
        handoff = world.handoffs.get(uow, world.waiting(conversation))
    assert len(handoff.reason) == 200 and len(handoff.brief) == 2000
    assert handoff.state is HandoffState.WAITING
