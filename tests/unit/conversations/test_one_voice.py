"""A randomised test of ownership: whatever buyers, agents, the bot and time do, one voice speaks.

Invariants checked after each of thousands of steps: no message of the bot is stored while a person owns the
conversation, nor what the system says in its stead; a reply of an older epoch is dropped; an agent speaks only while a
person owns it; epochs only grow; what the hub believes of the owner is what the table says. That it would notice is
tested too (``test_one_voice_guards.py``).
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.unit.handoff.world import ANN, BOB, NIGHT, NOON, SUE, DeskWorld
from tuika.conversations import phrases
from tuika.conversations.hub import Hub
from tuika.conversations.model import Conversation, Message, Owner, Role, Say
from tuika.conversations.ownership import OwnerEvent
from tuika.conversations.ports import EngineAnswer
from tuika.conversations.turns import Heard, Turn, TurnState
from tuika.errors import Conflict, StaleTurn

AGENTS = (ANN, BOB, SUE)
IN_ITS_STEAD = (phrases.engine_away().text, phrases.shop_away().text)
LATE: Counter[str] = Counter()
MEMORY = Path("/dev/shm")


@cache
def shared_world() -> DeskWorld:
    """One database for all runs, in memory where there is such a folder; each run has a conversation of its own."""
    folder = tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return DeskWorld(Path(folder))


class OneVoice(RuleBasedStateMachine):
    """Turns are begun and committed apart from each other, with anything in between, as in life."""

    turns = Bundle("turns")

    def __init__(self) -> None:
        super().__init__()
        self.world = shared_world()
        self.hub = Hub(
            clock=self.world.clock,
            uow=self.world.units,
            conversations=self.world.conversations,
            inbox=None,  # type: ignore[arg-type]  # messages are put in by the rules below
            engine=None,  # type: ignore[arg-type]  # and so is what the engine answers
            waiting=self.world.handoffs,
            recap=lambda uow, turn: Say("刚才没处理好"),
        )
        self.number = 0
        self.epoch = 0
        self.owner_before: Owner | None = None
        self.owners_of_messages: list[Owner] = []

    @initialize()
    def open(self) -> None:
        self.world.clock.set(NOON)
        self.world.wall.set(NOON)
        with self.world.units() as uow:
            uow.handoffs.delete_all()
            uow.connection.exec_driver_sql("DELETE FROM agent_seats")
            uow.connection.exec_driver_sql("DELETE FROM due_rows")
        self.talk = self.world.conversation()

    # -- what buyers and the bot do --

    @rule(target=turns, words=st.sampled_from(["卡密用不了", "转人工", "先让机器人帮我", "在吗"]))
    def buyer_writes(self, words: str) -> Turn | None:
        """A message is taken in and its turn begins: with the bot, or it ends in silence or a notice."""
        self.number += 1
        with self.world.units() as uow:
            turn = Turn(
                id=f"{self.talk.id}:{self.number}",
                conversation_id=self.talk.id,
                number=self.number,
                client_id=f"c{self.number}",
                body_hash="",
                state=TurnState.ACCEPTED,
                epoch=self.world.conversations.get(uow, self.talk.id).epoch,
                heard=Heard(text=words),
                staged={},
                created_at=self.world.clock.now(),
            )
            uow.turns.add(turn)
            self.world.conversations.hear(uow, self.talk.id, words, turn_id=turn.id)
        return self._begin(turn)

    @rule(turn=consumes(turns), handoff=st.booleans(), ok=st.booleans())
    def bot_answers(self, turn: Turn | None, handoff: bool, ok: bool) -> None:
        """The engine's answer comes, perhaps long after."""
        if turn is None:
            return
        if handoff:
            self._act(turn, handoff={"reason": "转人工", "brief": "b"})
        self._late(turn)
        before, owner = self._messages(), self._owner()
        self.hub.steps.commit(turn, EngineAnswer((Say("机器人的话"),) if ok else (), ok))
        spoke = [m for m in self._messages()[len(before) :] if m.role is Role.BOT]
        if owner is not Owner.BOT or turn.epoch != self.epoch:
            assert spoke == [], "the bot spoke for an older epoch or over a person"

    @rule(turn=turns)
    def shop_is_away(self, turn: Turn | None) -> None:
        """An action of the turn found no shop: the turn is to wait for it."""
        if turn is not None:
            self._act(turn, shop_down=True)

    @rule(turn=consumes(turns))
    def engine_is_away(self, turn: Turn | None) -> None:
        """No answer came, for long: the turn waits, and the buyer is told so by nobody but the bot's side."""
        if turn is not None:
            self._late(turn)
            self.hub.steps.defer(turn)

    @rule(target=turns)
    def waiting_turn_goes_again(self) -> Turn | None:
        """What waited for the engine or the shop is begun once more, whoever owns the conversation by now."""
        turn = self.hub.steps.next_open(self.talk.id)
        if turn is None or turn.state is not TurnState.DEFERRED:
            return None
        return self._begin(turn)

    @rule(turn=consumes(turns))
    def turn_breaks(self, turn: Turn | None) -> None:
        """A crash: answered from rows, or not at all where a person has come."""
        if turn is not None:
            self._late(turn)
            self.hub.steps.break_off(turn)

    @rule(turn=turns)
    def action_writes(self, turn: Turn | None) -> None:
        """An action of a turn may write only while its turn is open, its epoch present and no person there."""
        if turn is not None:
            allowed = self._act(turn, note=True)
            assert not allowed or self._owner() in (Owner.BOT, Owner.QUEUED)

    # -- what agents do --

    @rule(agent=st.sampled_from(AGENTS), seated=st.booleans())
    def agent_takes_over(self, agent: Any, seated: bool) -> None:
        self._try(lambda uow: self.world.handoffs.take_over(uow, self.talk.id, agent, seated=seated))

    @rule(agent=st.sampled_from(AGENTS))
    def agent_replies(self, agent: Any) -> None:
        def speak(uow: Any) -> None:
            self.world.handoffs.reply(uow, self._held(uow), "客服的话", agent)

        if self._try(speak):
            assert self._owner() is Owner.HUMAN

    @rule(agent=st.sampled_from(AGENTS), step=st.sampled_from(["close", "finish", "put_back"]))
    def agent_lets_go(self, agent: Any, step: str) -> None:
        self._try(lambda uow: getattr(self.world.handoffs, step)(uow, self._held(uow), agent))

    @rule(
        target=turns, agent=st.sampled_from(AGENTS), words=st.sampled_from(["卡密用不了", "先让机器人帮我"])
    )
    def agent_comes_while_the_bot_works(self, agent: Any, words: str) -> Turn | None:
        """What this is all about, made frequent: a turn is with the engine, and a person takes the conversation."""
        turn: Turn | None = self.buyer_writes(words)
        self._try(lambda uow: self.world.handoffs.take_over(uow, self.talk.id, agent))
        return turn

    @rule(agent=st.sampled_from(AGENTS))
    def agent_looks_in(self, agent: Any) -> None:
        """Comes and goes while an answer is on its way: the bot owns it again, in another epoch."""
        self._try(lambda uow: self.world.handoffs.take_over(uow, self.talk.id, agent))
        self._try(lambda uow: self.world.handoffs.close(uow, self._held(uow), agent))

    @rule(agent=st.sampled_from(AGENTS), to=st.sampled_from(["ann", "bob"]))
    def agent_hands_on(self, agent: Any, to: str) -> None:
        self._try(lambda uow: self.world.handoffs.transfer(uow, self._held(uow), to, agent))

    @rule(agent=st.sampled_from(AGENTS))
    def ticket_is_opened_and_claimed(self, agent: Any) -> None:
        def claim(uow: Any) -> None:
            ticket = self.world.handoffs.open_ticket(
                uow, conversation_id=self.talk.id, reason="核查付款", brief=""
            )
            self.world.handoffs.claim(uow, ticket, agent)

        self._try(claim)

    @rule(agent=st.sampled_from(AGENTS))
    def browser_lives(self, agent: Any) -> None:
        self._try(lambda uow: self.world.handoffs.seen(uow, agent))

    @rule()
    def connections_are_lost(self) -> None:
        self.world.wall.advance(timedelta(minutes=4))
        self._try(lambda uow: self.world.handoffs.release_lost(uow))

    @rule(night=st.booleans())
    def hours_change(self, night: bool) -> None:
        self.world.clock.set(NIGHT if night else NOON)

    @precondition(lambda self: self._owner() is Owner.QUEUED)
    @rule()
    def bot_is_recalled(self) -> None:
        self._try(lambda uow: self.world.handoffs.recall_bot(uow, self.talk.id))

    # -- what holds, always --

    @invariant()
    def one_voice(self) -> None:
        with self.world.units.reading() as uow:
            talk = self.world.conversations.get(uow, self.talk.id)
            messages = uow.messages.after(self.talk.id, 0)
            held = uow.handoffs.active_of(self.talk.id)
        self._nobody_talks_over_a_person(messages, talk.owner)
        self._epochs_grow(talk)
        assert bool(held) == (talk.owner is Owner.HUMAN), "a person owns it exactly while somebody holds it"

    def _nobody_talks_over_a_person(self, messages: list[Message], owner: Owner) -> None:
        """A message's owner is the one before the step that stored it, or the one after, if the step changed it."""
        for message in messages[len(self.owners_of_messages) :]:
            self.owners_of_messages.append(owner)
            before = self.owner_before or owner
            if message.role is Role.BOT:
                assert before is not Owner.HUMAN, "the bot spoke over a person"
            if message.role is Role.SYSTEM and message.text in IN_ITS_STEAD:
                assert before is Owner.BOT, "the system spoke in the bot's stead over somebody else"
            if message.role is Role.AGENT:
                assert owner is Owner.HUMAN, "an agent spoke without owning it"

    def _epochs_grow(self, talk: Conversation) -> None:
        assert talk.epoch >= self.epoch
        if self.owner_before is not None and talk.owner is not self.owner_before:
            assert talk.epoch > self.epoch, "an owner changed without a new epoch"
        self.epoch, self.owner_before = talk.epoch, talk.owner

    # --

    def _begin(self, turn: Turn) -> Turn | None:
        begun = self.hub.steps.begin(turn)
        assert begun is None or self._owner() is Owner.BOT, "the engine is asked beside a person"
        return begun[0] if begun else None

    def _late(self, turn: Turn) -> None:
        """Counts what this is all about: an answer that comes while a person owns the conversation."""
        if self._owner() is Owner.HUMAN:
            LATE[type(self).__name__] += 1
            with self.world.units.reading() as uow:
                now = uow.turns.get(turn.id)
            LATE["still open"] += now is not None and now.state is TurnState.SENT

    def _owner(self) -> Owner:
        return Owner(self.world.owner(self.talk))

    def _messages(self) -> list[Message]:
        return self.world.said(self.talk)

    def _held(self, uow: Any) -> str:
        active = uow.handoffs.active_of(self.talk.id)
        if not active:
            raise Conflict("nobody holds it")
        return str(active[0].id)

    def _act(self, turn: Turn, **staged: Any) -> bool:
        """An action of the turn stages something. False: it was refused."""
        try:
            with self.world.units() as uow:
                current, _talk = self.world.conversations.open_turn(uow, turn.id)
                self.world.conversations.stage(uow, current, **staged)
        except StaleTurn:
            return False
        return True

    def _try(self, step: Any) -> bool:
        try:
            with self.world.units() as uow:
                step(uow)
        except Conflict:
            return False
        return True


def test_the_table_knows_the_way_back_into_the_queue() -> None:
    assert OwnerEvent.REQUEUED.value == "requeued"


QUICK = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


class TestManyRuns(OneVoice.TestCase):
    """A thousand interleavings, of which many hold what could go wrong."""

    settings = settings(QUICK, max_examples=1_000, stateful_step_count=16)

    def runTest(self) -> None:
        LATE.clear()
        super().runTest()
        assert LATE["still open"] >= 100, f"too few answers came late to mean anything: {LATE}"


class TestLongRuns(OneVoice.TestCase):
    settings = settings(QUICK, max_examples=30, stateful_step_count=80)
