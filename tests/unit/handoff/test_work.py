"""The agents' side: who may do what, and in which order."""

from __future__ import annotations

import pytest

from tuika.conversations.model import Conversation, Say
from tuika.conversations.model import Role as Speaker
from tuika.conversations.ownership import OwnerEvent
from tuika.errors import Conflict, InputError, NotFound
from tuika.handoff.model import HandoffState
from tuika.safety.outgoing import ReplyStopped

from .world import ANN, BOB, SUE, DeskWorld


@pytest.fixture
def claimed(world: DeskWorld) -> tuple[Conversation, str]:
    conversation = world.conversation()
    world.begin(conversation)
    handoff_id = world.waiting(conversation)
    with world.units() as uow:
        world.handoffs.claim(uow, handoff_id, ANN)
    return conversation, handoff_id


def test_claiming_silences_the_bot_and_tells_the_buyer(
    world: DeskWorld, claimed: tuple[Conversation, str]
) -> None:
    conversation, handoff_id = claimed
    assert world.owner(conversation) == "human"
    assert "ann" in world.said(conversation)[-1].text
    with world.units() as uow:
        handoff = world.handoffs.get(uow, handoff_id)
    assert (handoff.state, handoff.agent) == (HandoffState.ACTIVE, "ann")
    assert world.woken == [conversation.id]
    with pytest.raises(Conflict, match="ann"), world.units() as uow:
        world.handoffs.claim(uow, handoff_id, BOB)


def test_only_the_one_who_has_it_or_a_lead_replies(
    world: DeskWorld, claimed: tuple[Conversation, str]
) -> None:
    conversation, handoff_id = claimed
    with world.units() as uow:
        world.handoffs.reply(uow, handoff_id, " 您好，我来看一下。 ", ANN)
        world.handoffs.reply(uow, handoff_id, "我是主管，补充一句。", SUE)
    with pytest.raises(Conflict), world.units() as uow:
        world.handoffs.reply(uow, handoff_id, "我也说一句", BOB)
    last = world.said(conversation)[-2:]
    assert [(m.role, m.author, m.text) for m in last] == [
        (Speaker.AGENT, "ann", "您好，我来看一下。"),
        (Speaker.AGENT, "sue", "我是主管，补充一句。"),
    ]


@pytest.mark.parametrize(
    "text", ["请加我微信聊", "新卡密 ABCD-1234-EFGH-5678", "看 https://evil.cn/a", "请把验证码发给我"]
)
def test_forbidden_words_do_not_leave(world: DeskWorld, claimed: tuple[Conversation, str], text: str) -> None:
    conversation, handoff_id = claimed
    before = len(world.said(conversation))
    with pytest.raises(ReplyStopped) as stopped, world.units() as uow:
        world.handoffs.reply(uow, handoff_id, text, ANN)
    with world.units() as uow:
        world.handoffs.stopped(uow, handoff_id, ANN, stopped.value.reasons)
    assert len(world.said(conversation)) == before
    assert world.audit_types()[-1] == "handoff.reply.stopped"


def test_numbers_of_the_conversation_may_be_named(
    world: DeskWorld, claimed: tuple[Conversation, str]
) -> None:
    conversation, handoff_id = claimed
    with pytest.raises(ReplyStopped), world.units() as uow:
        world.handoffs.reply(uow, handoff_id, "订单 A1B2C3D4E5F6G7H8 查到了", ANN)
    with world.units() as uow:
        world.conversations.post(uow, conversation.id, Speaker.BOT, Say("订单 A1B2C3D4E5F6G7H8 已付款"))
    with world.units() as uow:
        world.handoffs.reply(uow, handoff_id, "订单 A1B2C3D4E5F6G7H8 查到了", ANN)


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u202e", "长" * 2001])
def test_empty_and_oversized_words_are_refused(
    world: DeskWorld, claimed: tuple[Conversation, str], text: str
) -> None:
    for step in (world.handoffs.reply, world.handoffs.note):
        with pytest.raises(InputError), world.units() as uow:
            step(uow, claimed[1], text, ANN)


def test_a_note_never_reaches_the_buyer(world: DeskWorld, claimed: tuple[Conversation, str]) -> None:
    conversation, handoff_id = claimed
    before = world.said(conversation)
    with world.units() as uow:
        world.handoffs.note(uow, handoff_id, "买家电话 13800000001，情绪急", BOB)
        notes = world.handoffs.notes(uow, handoff_id)
    assert [(n.author, n.text) for n in notes] == [("bob", "买家电话 13800000001，情绪急")]
    assert world.said(conversation) == before


def test_transfer_moves_it_to_a_colleague_who_exists(
    world: DeskWorld, claimed: tuple[Conversation, str]
) -> None:
    _, handoff_id = claimed
    with pytest.raises(InputError), world.units() as uow:
        world.handoffs.transfer(uow, handoff_id, "nobody", ANN)
    with pytest.raises(Conflict), world.units() as uow:
        world.handoffs.transfer(uow, handoff_id, "bob", BOB)
    with pytest.raises(Conflict), world.units() as uow:
        world.handoffs.transfer(uow, handoff_id, "ann", ANN)
    with world.units() as uow:
        assert world.handoffs.transfer(uow, handoff_id, "bob", ANN).agent == "bob"
    with pytest.raises(Conflict), world.units() as uow:
        world.handoffs.reply(uow, handoff_id, "还是我", ANN)


def test_closing_gives_the_conversation_back_once(
    world: DeskWorld, claimed: tuple[Conversation, str]
) -> None:
    conversation, handoff_id = claimed
    with pytest.raises(Conflict), world.units() as uow:
        world.handoffs.close(uow, handoff_id, BOB)
    with world.units() as uow:
        assert world.handoffs.close(uow, handoff_id, ANN).state is HandoffState.CLOSED
    assert world.owner(conversation) == "bot"
    assert "机器人" in world.said(conversation)[-1].text
    for step in (world.handoffs.close, world.handoffs.claim):
        with pytest.raises(Conflict), world.units() as uow:
            step(uow, handoff_id, ANN)


def test_a_waiting_handoff_may_be_closed_and_frees_the_buyer(world: DeskWorld) -> None:
    conversation = world.conversation()
    world.begin(conversation)
    with world.units() as uow:
        world.handoffs.close(uow, world.waiting(conversation), ANN)
    assert world.owner(conversation) == "bot"
    world.begin(conversation)
    assert world.owner(conversation) == "queued"


def test_a_ticket_takes_the_conversation_only_when_claimed(world: DeskWorld) -> None:
    conversation = world.conversation()
    with world.units() as uow:
        idle = world.handoffs.open_ticket(uow, conversation_id=conversation.id, reason="甲", brief="")
        work = world.handoffs.open_ticket(uow, conversation_id=conversation.id, reason="乙", brief="")
        world.handoffs.close(uow, idle, ANN)
    assert world.owner(conversation) == "bot"
    assert world.said(conversation) == []
    with world.units() as uow:
        world.handoffs.claim(uow, work, ANN)
    assert world.owner(conversation) == "human"


def test_a_second_agent_cannot_enter_by_a_ticket(world: DeskWorld, claimed: tuple[Conversation, str]) -> None:
    conversation, handoff_id = claimed
    with world.units() as uow:
        ticket = world.handoffs.open_ticket(uow, conversation_id=conversation.id, reason="丙", brief="")
    with pytest.raises(Conflict, match="ann"), world.units() as uow:
        world.handoffs.claim(uow, ticket, BOB)
    with world.units() as uow:
        assert world.handoffs.get(uow, ticket).state is HandoffState.WAITING
        world.handoffs.claim(uow, ticket, ANN)
        world.handoffs.close(uow, handoff_id, ANN)
    assert world.owner(conversation) == "human"
    with world.units() as uow:
        world.handoffs.close(uow, ticket, ANN)
    assert world.owner(conversation) == "bot"


def test_a_ticket_without_a_conversation_can_be_worked_but_not_answered(world: DeskWorld) -> None:
    with world.units() as uow:
        ticket = world.handoffs.open_ticket(uow, conversation_id=None, case_no="RF1", reason="丁", brief="")
        world.handoffs.claim(uow, ticket, ANN)
    with pytest.raises(Conflict), world.units() as uow:
        world.handoffs.reply(uow, ticket, "您好", ANN)
    with world.units() as uow:
        world.handoffs.close(uow, ticket, ANN)


def test_unclaimed_work_allows_no_reply(world: DeskWorld) -> None:
    conversation = world.conversation()
    world.begin(conversation)
    with pytest.raises(Conflict), world.units() as uow:
        world.handoffs.reply(uow, world.waiting(conversation), "您好", ANN)
    with pytest.raises(NotFound), world.units() as uow:
        world.handoffs.claim(uow, "ho_none", ANN)


def test_a_closed_conversation_can_be_claimed_again(world: DeskWorld) -> None:
    conversation = world.conversation()
    world.begin(conversation)
    with world.units() as uow:
        world.conversations.change_owner(uow, conversation.id, OwnerEvent.CLOSED)
        world.handoffs.claim(uow, world.waiting(conversation), ANN)
    assert world.owner(conversation) == "human"
