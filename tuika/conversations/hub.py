"""A turn from end to end: taken in, put in order, answered once.

Invariants: turns of one conversation are worked one at a time and in order, by however many hubs (the turn with the
engine is the lock, its lease says whether its hub lives); no transaction is open while the engine is asked; a turn is
marked SENT before the engine hears it and is never sent twice; replies, staged effects and the turn's end are one commit;
a turn whose epoch has passed says nothing. Whatever changes a turn locks its conversation first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import structlog
from structlog.contextvars import bound_contextvars

from tuika.clock import Clock
from tuika.conversations.gate import Gate, Place
from tuika.conversations.inbound import Inbound, Inbox
from tuika.conversations.lease import Leases
from tuika.conversations.model import Conversation, Message
from tuika.conversations.ports import DialogueEngine, EngineAnswer, Parse, Units
from tuika.conversations.service import Conversations
from tuika.conversations.steps import (
    Accepted,
    Begun,
    Ended,
    Lookout,
    Recap,
    Steps,
    Waiting,
    nobody_asks,
    nobody_looks,
)
from tuika.conversations.turns import Turn, TurnState
from tuika.errors import EngineUnavailable, Unavailable
from tuika.stages import Stages, unwatched

log = structlog.get_logger(__name__)
T = TypeVar("T")
Plain = Callable[[Mapping[str, Any], str], str | None]
LOOK_AGAIN_S = 0.1  # while another hub works the conversation
PATIENCE_S = 40.0  # longer than any turn: then the answer comes by the stream of events
AT_ONCE = 16  # conversations that are looked after side by side


@dataclass
class _Fresh:
    """A message that was just taken in: what is known of its turn, its place at the engine, what is said to whom."""

    accepted: Accepted
    place: Place
    said: dict[str, tuple[Message, ...]] = field(default_factory=dict)  # by the turn's id

    @property
    def begun(self) -> tuple[Turn, Conversation] | None:
        """The turn and its conversation, where it is with the engine already and nobody has asked it yet."""
        conversation = self.accepted.begun
        return None if conversation is None else (self.accepted.turn, conversation)

    def first(self) -> Turn | None:
        """Which turn to work first, where that is still known; asked twice, it may have changed."""
        first, self.accepted = self.accepted.first, Accepted(self.accepted.turn)
        known = first is not None and first.state is not TurnState.SENT  # a lease may be longer by now
        return first if known else None


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
        stages: Stages = unwatched,
        leases: Leases | None = None,
        gate: Gate | None = None,
        plain: Plain = lambda memory, text: None,
        lookout: Lookout = nobody_looks,
        begun: Begun = nobody_asks,
    ) -> None:
        """``plain``: the intent of words that only answer what was asked; they need no engine to be read."""
        self._engine = engine
        self._plain = plain
        self._wake = wake
        self._stages = stages
        self._leases = leases or Leases(uow)
        self.steps = Steps(
            clock=clock,
            uow=uow,
            conversations=conversations,
            inbox=inbox,
            waiting=waiting,
            recap=recap,
            leases=self._leases,
            after_turn=after_turn,
            lookout=lookout,
            begun=begun,
        )
        self._gate = gate or Gate(AT_ONCE)
        self._behind: set[asyncio.Task[None]] = set()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def receive(self, inbound: Inbound) -> list[Message]:
        """Answer one message: what was said to it, in order. The same ``client_id`` answers the same."""
        about = {"conversation": inbound.conversation_id}
        with bound_contextvars(**about), self._stages("turn", about=about):
            with await self._gate.place() as place:
                with self._stages("accept"):
                    accepted = await self._run(partial(self.steps.accept, inbound, begins=place.held))
                if accepted.begun is None:
                    place.leave()
                turn, fresh = accepted.turn, _Fresh(accepted, place)
                self._wake(inbound.conversation_id)
                if turn.state is not TurnState.DONE and turn.state is not TurnState.BROKEN:
                    await self._wait_in_turn(turn, fresh)
            if fresh.said.get(turn.id):
                return list(fresh.said[turn.id])
            return await self._run(self.steps.replies, turn)

    async def _wait_in_turn(self, turn: Turn, fresh: _Fresh) -> None:
        """Until the turn is answered, or the buyer was told that a crowd is before him and the answer will come."""
        working = asyncio.create_task(self._work_until_answered(turn, fresh))
        self._behind.add(working)
        working.add_done_callback(self._behind.discard)
        await asyncio.wait({working}, timeout=self._gate.patience)
        ahead = self._gate.ahead(turn.id)
        if ahead is None or working.done():
            await working
            return
        working.add_done_callback(_note_failure)
        await self._run(self.steps.tell_of_crowd, turn, ahead)
        self._wake(turn.conversation_id)

    async def _work_until_answered(self, turn: Turn, fresh: _Fresh) -> None:
        """Work the conversation; while another hub does, wait for it to come to this turn."""
        until = time.monotonic() + PATIENCE_S
        while not await self.work(turn.conversation_id, fresh) and time.monotonic() < until:
            await asyncio.sleep(LOOK_AGAIN_S)

    async def work(self, conversation_id: str, fresh: _Fresh | None = None) -> bool:
        """Work the open turns of a conversation in order, as far as that goes now.

        ``fresh``: what the caller has just taken in; it is told what was said to each turn.
        False while another hub works it: what is left is that hub's, or anybody's when it dies.
        """
        async with self._locks.setdefault(conversation_id, asyncio.Lock()):
            begun = fresh.begun if fresh else None
            turn = fresh.first() if fresh else None
            turn = turn or await self._run(self.steps.next_open, conversation_id)
            while turn is not None:
                ended = Ended()
                if fresh is not None and begun is not None:
                    with fresh.place:
                        turn, ended = begun[0], await self._engaged(*begun)
                    begun = None
                elif turn.state is not TurnState.SENT:
                    ended = await self._answer(turn)
                elif not self._leases.is_over(turn):
                    return False
                else:
                    await self._run(self.steps.break_off, turn)
                    self._wake(conversation_id)
                if ended.waits:
                    return True
                if fresh is not None:
                    fresh.said[turn.id] = ended.replies
                turn = ended.next if ended.looked else await self._run(self.steps.next_open, conversation_id)
            return True

    async def retry(self) -> int:
        """Look after whatever is still open: the engine was away, or a hub died.

        Turns that a crash left with the engine are answered from rows, once their lease is over.
        """
        first: dict[str, Turn] = {}
        for turn in await self._run(self.steps.left_open):
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

    async def _answer(self, turn: Turn) -> Ended:
        """Answer one turn when there is room for it; it waits when the engine is away, and the rest with it."""
        async with self._gate.passing(turn.id):
            return await self._answered(turn)

    async def _answered(self, turn: Turn) -> Ended:
        begun = await self._run(self.steps.begin, turn)
        if begun is None:
            self._wake(turn.conversation_id)
            return Ended()
        return await self._engaged(*begun)

    async def _engaged(self, turn: Turn, conversation: Conversation) -> Ended:
        """What becomes of a turn that is on record as being with the engine: it is asked now, once."""
        ended = Ended()
        try:
            with self._stages("engine", about={"turn": turn.id}):
                async with self._leases.held(turn):
                    answer = await self._ask(turn, conversation)
        except EngineUnavailable:
            await self._run(self.steps.defer, turn)
            ended = Ended(waits=True)
        except Exception as error:  # whatever it was, the turn must not be sent a second time
            log.warning("turn.failed", turn_id=turn.id, error=type(error).__name__, detail=str(error)[:200])
            await self._run(self.steps.break_off, turn)
        else:
            ended = await self._end(turn, answer)
        self._wake(turn.conversation_id)
        return ended

    async def _end(self, turn: Turn, answer: EngineAnswer) -> Ended:
        try:
            with self._stages("commit", about={"turn": turn.id}):
                return await self._commit_in_time(turn, answer)
        except Exception:
            log.exception("turn.commit_failed", turn_id=turn.id)
            await self._run(self.steps.break_off, turn)
            return Ended()

    async def _commit_in_time(self, turn: Turn, answer: EngineAnswer) -> Ended:
        """The commit, again while the database is away and the turn is ours: what was committed stays as it is."""
        until = time.monotonic() + self._leases.length.total_seconds() / 2
        while True:
            try:
                return await self._run(self.steps.commit, turn, answer)
            except Unavailable:
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(LOOK_AGAIN_S)

    def _ask(self, turn: Turn, conversation: Conversation) -> Awaitable[EngineAnswer]:
        intent = turn.heard.intent or self._plain(conversation.memory, turn.heard.text)
        parse = Parse(intent) if intent else None
        return self._engine.converse(
            sender=conversation.sender, text=turn.heard.text, turn_id=turn.id, parse=parse
        )

    async def _run(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.to_thread(function, *args)


def _note_failure(task: asyncio.Task[None]) -> None:
    """Nobody waits for it any more; the turn stays open and is looked after by ``retry``."""
    if not task.cancelled() and task.exception() is not None:
        log.warning("turn.failed_behind_a_crowd", error=type(task.exception()).__name__)
