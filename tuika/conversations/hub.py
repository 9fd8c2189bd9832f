"""A turn from end to end: taken in, put in order, answered once.

Invariants: turns of one conversation are worked one at a time and in order, by however many hubs (the turn with the
engine is the lock, its lease says whether its hub lives); no transaction is open while the engine is asked; a turn is
marked SENT before the engine hears it and is never sent twice; replies, staged effects and the turn's end are one commit;
a turn whose epoch has passed says nothing. Whatever changes a turn locks its conversation first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Protocol, TypeVar
from weakref import WeakValueDictionary

import structlog

from tuika.clock import Clock
from tuika.conversations import phrases
from tuika.conversations.inbound import Inbound, Inbox
from tuika.conversations.lease import Leases
from tuika.conversations.model import Conversation, Message, Owner, Role, Say
from tuika.conversations.ownership import OwnerEvent
from tuika.conversations.ports import DialogueEngine, EngineAnswer, Parse, Units
from tuika.conversations.service import Conversations, ConversationStore
from tuika.conversations.turns import Turn, TurnState
from tuika.errors import EngineUnavailable, NotFound, Unavailable

log = structlog.get_logger(__name__)
T = TypeVar("T")
LOOK_AGAIN_S = 0.1  # while another hub works the conversation
PATIENCE_S = 40.0  # longer than any turn: then the answer comes by the stream of events
AT_ONCE = 16  # conversations that are looked after side by side


class Waiting(Protocol):
    """What the hub asks the handoff desk while a person is waited for."""

    def serves_now(self) -> bool:
        """Whether people are at the desk at this hour."""
        ...

    def notice(self, uow: Any, conversation_id: str) -> Say:
        """Place in the queue and hours."""
        ...

    def begin(self, uow: Any, conversation: Conversation, staged: dict[str, Any], turn: Turn) -> Say | None:
        """A handoff that the turn asked for takes effect; what the system says about it."""
        ...


class Recap(Protocol):
    """An honest answer for a turn that broke, made from rows."""

    def __call__(self, uow: Any, turn: Turn) -> Say: ...


class Hub:
    def __init__(
        self,
        *,
        clock: Clock,
        uow: Units,
        conversations: Conversations,
        inbox: Inbox,
        engine: DialogueEngine,
        waiting: Waiting,
        recap: Recap,
        wake: Callable[[str], None] = lambda conversation_id: None,
        after_turn: Callable[[], object] = lambda: None,
        leases: Leases | None = None,
    ) -> None:
        self._clock = clock
        self._uow = uow
        self._conversations = conversations
        self._inbox = inbox
        self._engine = engine
        self._waiting = waiting
        self._recap = recap
        self._wake = wake
        self._after_turn = after_turn
        self._leases = leases or Leases(uow)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def receive(self, inbound: Inbound) -> list[Message]:
        """Answer one message: what was said to it, in order. The same ``client_id`` answers the same."""
        turn = await self._run(self._accept, inbound)
        self._wake(inbound.conversation_id)
        if turn.state is not TurnState.DONE and turn.state is not TurnState.BROKEN:
            await self._work_until_answered(turn)
        return await self._run(self._replies, turn)

    async def _work_until_answered(self, turn: Turn) -> None:
        """Work the conversation; while another hub does, wait for it to come to this turn."""
        until = time.monotonic() + PATIENCE_S
        while not await self.work(turn.conversation_id) and time.monotonic() < until:
            await asyncio.sleep(LOOK_AGAIN_S)

    async def work(self, conversation_id: str) -> bool:
        """Work the open turns of a conversation in order, as far as that goes now.

        False while another hub works it: what is left is that hub's, or anybody's when it dies.
        """
        async with self._locks.setdefault(conversation_id, asyncio.Lock()):
            while True:
                turn = await self._run(self._next, conversation_id)
                if turn is None:
                    return True
                if turn.state is TurnState.SENT:
                    if not self._leases.is_over(turn):
                        return False
                    await self._run(self._break, turn)
                    self._wake(conversation_id)
                elif not await self._answer(turn):
                    return True

    async def retry(self) -> int:
        """Look after whatever is still open: the engine was away, or a hub died.

        Turns that a crash left with the engine are answered from rows, once their lease is over.
        """
        first: dict[str, Turn] = {}
        for turn in await self._run(self._left_open):
            first.setdefault(turn.conversation_id, turn)
        waiting = [turn.conversation_id for turn in first.values() if not self._is_in_work(turn)]
        room = asyncio.Semaphore(AT_ONCE)

        async def look_after(conversation_id: str) -> None:
            async with room:
                await self.work(conversation_id)

        for outcome in await asyncio.gather(*map(look_after, waiting), return_exceptions=True):
            if outcome is not None:
                raise outcome
        return len(waiting)

    def _is_in_work(self, turn: Turn) -> bool:
        """Here, or at another hub that lives."""
        if turn.conversation_id in self._locks:
            return True
        return turn.state is TurnState.SENT and not self._leases.is_over(turn)

    async def _answer(self, turn: Turn) -> bool:
        """Answer one turn. False when the engine is away and the rest must wait too."""
        begun = await self._run(self._begin, turn)
        if begun is None:
            self._wake(turn.conversation_id)
            return True
        turn, conversation = begun
        try:
            async with self._leases.held(turn):
                answer = await self._ask(turn, conversation)
        except EngineUnavailable:
            await self._run(self._defer, turn)
            self._wake(turn.conversation_id)
            return False
        except Exception as error:  # whatever it was, the turn must not be sent a second time
            log.warning("turn.failed", turn_id=turn.id, error=type(error).__name__, detail=str(error)[:200])
            await self._run(self._break, turn)
        else:
            if not await self._end(turn, answer):
                return False
        self._wake(turn.conversation_id)
        return True

    async def _end(self, turn: Turn, answer: EngineAnswer) -> bool:
        try:
            return await self._commit_in_time(turn, answer)
        except Exception:
            log.exception("turn.commit_failed", turn_id=turn.id)
            await self._run(self._break, turn)
            return True

    async def _commit_in_time(self, turn: Turn, answer: EngineAnswer) -> bool:
        """The commit, again while the database is away and the turn is ours: what was committed stays as it is."""
        until = time.monotonic() + self._leases.length.total_seconds() / 2
        while True:
            try:
                return await self._run(self._commit, turn, answer)
            except Unavailable:
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(LOOK_AGAIN_S)

    def _ask(self, turn: Turn, conversation: Conversation) -> Awaitable[EngineAnswer]:
        parse = Parse(turn.heard.intent) if turn.heard.intent else None
        return self._engine.converse(
            sender=conversation.sender, text=turn.heard.text, turn_id=turn.id, parse=parse
        )

    # -- what happens in transactions, in threads --

    def _accept(self, inbound: Inbound) -> Turn:
        with self._uow.reading() as uow:
            known = self._inbox.known(uow, inbound)
            if known is not None:
                return known
            conversation = self._conversations.get(uow, inbound.conversation_id)
        screened = self._inbox.screen(inbound.text, conversation)
        with self._uow() as uow:
            return self._inbox.accept(uow, inbound, screened)

    def _next(self, conversation_id: str) -> Turn | None:
        with self._uow.reading() as uow:
            turn: Turn | None = uow.turns.first_open(conversation_id)
            return turn

    def _left_open(self) -> list[Turn]:
        with self._uow.reading() as uow:
            turns: list[Turn] = uow.turns.left_open()
            return turns

    def _begin(self, turn: Turn) -> tuple[Turn, Conversation] | None:
        """Who answers? None when the turn ends here, without the engine, or another hub was quicker."""
        with self._uow() as uow:
            conversation = self._conversations.get(uow, turn.conversation_id)
            turn = self._reload(uow, turn.id)
            if turn.state not in (TurnState.ACCEPTED, TurnState.DEFERRED):
                return None
            conversation = self._owner_now(uow, turn, conversation)
            if conversation.owner is Owner.BOT and not turn.heard.stale:
                uow.turns.stage(turn.id, {})
                uow.turns.move(
                    turn.id,
                    TurnState.SENT,
                    epoch=conversation.epoch,
                    at=self._clock.now(),
                    lease_until=self._leases.until(),
                )
                return self._reload(uow, turn.id), conversation
            if conversation.owner is Owner.QUEUED:
                notice = self._waiting.notice(uow, conversation.id)
                self._conversations.post(uow, conversation.id, Role.SYSTEM, notice, turn_id=turn.id)
            elif conversation.owner is Owner.BOT:
                self._conversations.post(uow, conversation.id, Role.BOT, phrases.stale(), turn_id=turn.id)
            uow.turns.move(turn.id, TurnState.DONE)
            return None

    def _owner_now(self, uow: ConversationStore, turn: Turn, conversation: Conversation) -> Conversation:
        if conversation.owner is Owner.CLOSED:
            return self._conversations.change_owner(uow, conversation.id, OwnerEvent.BUYER_WROTE)
        if conversation.owner is Owner.QUEUED and (
            phrases.recalls_bot(turn.heard) or not self._waiting.serves_now()
        ):
            if phrases.recalls_bot(turn.heard):
                uow.turns.hear(turn.id, replace(turn.heard, intent="choose", payload_kind="recall_bot"))
            return self._conversations.change_owner(uow, conversation.id, OwnerEvent.BOT_RECALLED)
        return conversation

    def _commit(self, turn: Turn, answer: EngineAnswer) -> bool:
        """End the turn with its replies and effects. False when the shop was away and the turn waits for it."""
        with self._uow() as uow:
            conversation = self._conversations.get(uow, turn.conversation_id)
            turn = self._reload(uow, turn.id)
            if turn.state is not TurnState.SENT:
                return True
            if turn.staged.get("shop_down"):
                uow.conversations.new_session(conversation.id)
                self._wait(uow, turn, phrases.shop_away())
                return False
            if conversation.epoch == turn.epoch and conversation.owner is Owner.BOT:
                self._speak(uow, turn, conversation, answer)
            uow.turns.move(turn.id, TurnState.DONE)
        if turn.staged:
            self._after_turn()  # what the turn filed goes to the shop at once, not at the worker's next look
        return True

    def _speak(
        self, uow: ConversationStore, turn: Turn, conversation: Conversation, answer: EngineAnswer
    ) -> None:
        says = answer.says if answer.ok and answer.says else (self._recap(uow, turn),)
        for say in says:
            self._conversations.post(uow, conversation.id, Role.BOT, say, turn_id=turn.id)
        if not answer.ok or turn.staged.get("topic_closed"):
            uow.conversations.new_session(conversation.id)
        handoff = turn.staged.get("handoff")
        if handoff:
            notice = self._waiting.begin(uow, conversation, handoff, turn)
            if notice is not None:
                self._conversations.post(uow, conversation.id, Role.SYSTEM, notice, turn_id=turn.id)

    def _defer(self, turn: Turn) -> None:
        with self._uow() as uow:
            self._conversations.get(uow, turn.conversation_id)  # locks it
            if self._reload(uow, turn.id).state is TurnState.SENT:
                self._wait(uow, turn, phrases.engine_away())

    def _wait(self, uow: Any, turn: Turn, say: Say) -> None:
        """A neighbour is away: this turn and those behind it wait, and the buyer is told so once each."""
        for each in uow.turns.left_open(turn.conversation_id):
            uow.turns.move(each.id, TurnState.DEFERRED)
            if not uow.messages.replies(each.conversation_id, each.id):
                self._conversations.post(uow, each.conversation_id, Role.SYSTEM, say, turn_id=each.id)

    def _break(self, turn: Turn) -> None:
        with self._uow() as uow:
            conversation = self._conversations.get(uow, turn.conversation_id)
            current = self._reload(uow, turn.id)
            if current.state is not TurnState.SENT:
                return
            uow.turns.move(turn.id, TurnState.BROKEN)
            uow.conversations.new_session(turn.conversation_id)
            if conversation.owner is Owner.BOT and conversation.epoch == current.epoch:
                say = self._recap(uow, current)
                self._conversations.post(uow, turn.conversation_id, Role.BOT, say, turn_id=turn.id)
        log.warning("turn.broken", turn_id=turn.id, conversation_id=turn.conversation_id)

    def _replies(self, turn: Turn) -> list[Message]:
        with self._uow.reading() as uow:
            replies: list[Message] = uow.messages.replies(turn.conversation_id, turn.id)
            return replies

    def _reload(self, uow: ConversationStore, turn_id: str) -> Turn:
        turn = uow.turns.get(turn_id)
        if turn is None:
            raise NotFound(turn_id=turn_id)
        return turn

    async def _run(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.to_thread(function, *args)
