"""Presence, capacity, grace: what a lost connection does and does not do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tuika.conversations.model import Conversation
from tuika.errors import Conflict, InputError
from tuika.handoff.model import GRACE, Agent, HandoffKind, HandoffState, Presence

from .world import ANN, BOB, NIGHT, SUE, DeskWorld


def held(world: DeskWorld, agent: Agent = ANN) -> Conversation:
    conversation = world.conversation()
    world.begin(conversation)
    with world.units() as uow:
        world.handoffs.claim(uow, world.waiting(conversation), agent, seated=True)
    return conversation


def seen(world: DeskWorld, agent: Agent = ANN) -> None:
    with world.units() as uow:
        world.handoffs.seen(uow, agent)


def release(world: DeskWorld) -> int:
    with world.units() as uow:
        return len(world.handoffs.release_lost(uow))


def test_within_the_grace_nothing_happens_and_then_the_buyer_is_first_in_line(world: DeskWorld) -> None:
    seen(world)
    conversation, other = held(world), world.conversation()
    world.begin(other)
    world.wall.advance(GRACE)
    assert release(world) == 0 and world.owner(conversation) == "human"
    world.wall.advance(timedelta(seconds=1))
    assert release(world) == 1 and world.owner(conversation) == "queued"
    assert "掉线" in world.said(conversation)[-1].text and "第 1 位" in world.said(conversation)[-1].text
    with world.units() as uow:
        assert world.handoffs.place(uow, world.waiting(conversation)) == 1
        assert world.handoffs.place(uow, world.waiting(other)) == 2
        again = world.handoffs.get(uow, world.waiting(conversation))
    assert (again.state, again.agent, again.urgent) == (HandoffState.WAITING, None, True)
    assert release(world) == 0
    assert "handoff.request.requeued" in world.audit_types()


def test_a_sign_of_life_keeps_the_seat(world: DeskWorld) -> None:
    seen(world)
    conversation = held(world)
    for _ in range(5):
        world.wall.advance(GRACE)
        seen(world)
    assert release(world) == 0 and world.owner(conversation) == "human"


def test_the_demo_clock_ends_no_connection(world: DeskWorld) -> None:
    seen(world)
    conversation = held(world)
    world.clock.advance(timedelta(days=3))
    assert release(world) == 0 and world.owner(conversation) == "human"


def test_what_a_program_claimed_is_not_lost_with_an_old_page(world: DeskWorld) -> None:
    seen(world)
    world.wall.advance(timedelta(days=1))
    conversation = world.conversation()
    world.begin(conversation)
    with world.units() as uow:
        world.handoffs.claim(uow, world.waiting(conversation), ANN)
    assert release(world) == 0 and world.owner(conversation) == "human"


def test_lost_at_night_the_bot_serves_beside_the_waiting_handoff(world: DeskWorld) -> None:
    seen(world)
    conversation = held(world)
    world.clock.set(NIGHT)
    world.wall.advance(timedelta(hours=11))
    assert release(world) == 1 and world.owner(conversation) == "bot"
    assert world.waiting(conversation) and "上班后接着处理" in world.said(conversation)[-1].text


def test_tickets_stay_with_their_agent(world: DeskWorld) -> None:
    seen(world)
    conversation = world.conversation()
    with world.units() as uow:
        ticket = world.handoffs.request(
            uow, conversation_id=conversation.id, reason="核查", brief="", kind=HandoffKind.TICKET
        )
        world.handoffs.claim(uow, ticket.id, ANN)
    world.wall.advance(timedelta(hours=1))
    assert release(world) == 0
    with world.units() as uow, pytest.raises(Conflict):
        world.handoffs.put_back(uow, ticket.id, ANN)


def test_capacity_holds_for_claims_and_for_what_is_handed_on(world: DeskWorld) -> None:
    for agent in (ANN, BOB):
        seen(world, agent)
    with world.units() as uow:
        world.handoffs.set_capacity(uow, "ann", 1, SUE)
    held(world)
    with pytest.raises(Conflict, match="已到上限 1"):
        held(world)
    mine = held(world, BOB)
    with world.units() as uow, pytest.raises(Conflict, match="已到上限 1"):
        world.handoffs.transfer(uow, world.waiting(mine), "ann", BOB)
    seen(world, SUE)
    with world.units() as uow:
        world.handoffs.set_capacity(uow, "sue", 1, SUE)
    for _ in range(3):
        held(world, SUE)  # a lead may always
    for wrong in (0, 51, -1):
        with world.units() as uow, pytest.raises(InputError):
            world.handoffs.set_capacity(uow, "ann", wrong, SUE)
    with world.units() as uow, pytest.raises(InputError):
        world.handoffs.set_capacity(uow, "nobody", 3, SUE)


def test_nobody_goes_away_with_a_conversation_in_his_hands(world: DeskWorld) -> None:
    conversation = held(world)
    with world.units() as uow, pytest.raises(Conflict):
        world.handoffs.choose_presence(uow, Presence.AWAY, ANN)
    with world.units() as uow:
        assert world.handoffs.choose_presence(uow, Presence.BUSY, ANN).serves(world.wall.now())
        world.handoffs.put_back(uow, world.waiting(conversation), ANN)
    with world.units() as uow:
        assert not world.handoffs.choose_presence(uow, Presence.AWAY, ANN).serves(world.wall.now())


def test_the_matter_in_hand_is_said_when_the_bot_is_back(world: DeskWorld) -> None:
    from tuika.conversations.model import Say

    world.handoffs._resume = lambda uow, conversation: Say("您的申请 RF1 等商家答复。")
    conversation = held(world)
    with world.units() as uow:
        world.handoffs.close(uow, world.waiting(conversation), ANN)
    assert "等商家答复" in world.said(conversation)[-1].text


def test_a_changed_desk_is_told_after_the_commit(world: DeskWorld) -> None:
    class Ear:
        def __init__(self) -> None:
            self.heard: list[str] = []

        def changed(self, handoff: object) -> None:
            self.heard.append(f"changed {handoff.state.value}")  # type: ignore[attr-defined]

        def said(self, conversation_id: str, message: object) -> None:
            self.heard.append(f"said {message.text}")  # type: ignore[attr-defined]

    ear = Ear()
    world.handoffs._desk = ear
    conversation = held(world)
    with pytest.raises(RuntimeError), world.units() as uow:
        world.handoffs.reply(uow, world.waiting(conversation), "没有发出", ANN)
        raise RuntimeError
    with world.units() as uow:
        world.handoffs.reply(uow, world.waiting(conversation), "您好", ANN)
    assert ear.heard[-2:] == ["said 您好", "changed active"] or ear.heard[-2:] == [
        "changed active",
        "said 您好",
    ]
    assert "said 没有发出" not in ear.heard
