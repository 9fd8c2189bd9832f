"""The steps of a turn that are transactions: taken in, begun, ended, broken off.

Invariants: each is one transaction and asks nobody outside the database; whatever changes a turn locks its conversation
first; a turn that is no longer where a step expects it is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import structlog

from tuika.clock import Clock
from tuika.conversations import phrases
from tuika.conversations.inbound import Inbound, Inbox, Screened
from tuika.conversations.lease import Leases
from tuika.conversations.model import Conversation, Message, Owner, Role, Say
from tuika.conversations.ownership import OwnerEvent
from tuika.conversations.ports import EngineAnswer, Units
from tuika.conversations.service import Conversations, ConversationStore
from tuika.conversations.turns import Turn, TurnState
from tuika.errors import NotFound

log = structlog.get_logger(__name__)


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


class Lookout(Protocol):
    """Watches what a buyer writes while the dialogue is silent."""

    def __call__(self, uow: Any, conversation: Conversation, turn: Turn, notice: Say | None) -> Say | None:
        """``notice``, what is said to one who waits, with a warning in front where he tells of a fraud."""
        ...


class Begun(Protocol):
    """Is told which turn goes to the engine, and of which conversation, once that is on record."""

    def __call__(self, turn: Turn, conversation: Conversation) -> None: ...


def nobody_asks(turn: Turn, conversation: Conversation) -> None:
    return None


def nobody_looks(uow: Any, conversation: Conversation, turn: Turn, notice: Say | None) -> Say | None:
    return notice


class Recap(Protocol):
    """An honest answer for a turn that broke, made from rows."""

    def __call__(self, uow: Any, turn: Turn) -> Say: ...


@dataclass(frozen=True, slots=True)
class Accepted:
    """A turn that was taken in, and which turn of its conversation is to be worked first, where that was looked up.

    ``begun``: its conversation, where it begins at once; ``turn`` is then as it goes to the engine.
    """

    turn: Turn
    first: Turn | None = None
    begun: Conversation | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a turn ended. ``waits``: a neighbour is away, and all that is behind waits too; ``replies``: what was said to
    the turn; ``next``: the turn that comes now, where ``looked`` says that it was looked up."""

    waits: bool = False
    replies: tuple[Message, ...] = ()
    next: Turn | None = None
    looked: bool = False


class Steps:
    """What :class:`~tuika.conversations.hub.Hub` does with rows, each in a thread."""

    def __init__(
        self,
        *,
        clock: Clock,
        uow: Units,
        conversations: Conversations,
        inbox: Inbox,
        waiting: Waiting,
        recap: Recap,
        leases: Leases,
        after_turn: Callable[[], object],
        lookout: Lookout = nobody_looks,
        begun: Begun = nobody_asks,
    ) -> None:
        self._clock = clock
        self._uow = uow
        self._conversations = conversations
        self._inbox = inbox
        self._waiting = waiting
        self._recap = recap
        self._leases = leases
        self._after_turn = after_turn
        self._lookout = lookout
        self._begun = begun

    def accept(self, inbound: Inbound, *, begins: bool = False) -> Accepted:
        """``begins``: there is room at the engine, so that a turn with nothing before it begins at once."""
        accepted = self._accepted_at_once(inbound, begins) or self._accepted_screened(inbound, begins)
        if accepted.begun is not None:
            self._begun(accepted.turn, accepted.begun)
        return accepted

    def _accepted_at_once(self, inbound: Inbound, begins: bool) -> Accepted | None:
        """One transaction, for a message about which neither shop nor vault has to be asked first."""
        screened = self._inbox.screened_at_once(inbound.text)
        if screened is None:
            return None
        with self._uow() as uow:
            conversation = self._conversations.get(uow, inbound.conversation_id)
            if self._inbox.may_hold_proof(inbound, conversation):
                return None
            return self._accepted(uow, conversation, inbound, screened, begins)

    def _accepted_screened(self, inbound: Inbound, begins: bool) -> Accepted:
        with self._uow.reading() as uow:
            known = self._inbox.known(uow, inbound)
            if known is not None:
                return Accepted(known)
            conversation = self._conversations.get(uow, inbound.conversation_id)
        screened = self._inbox.screen(inbound.text, conversation)
        with self._uow() as uow:
            conversation = self._conversations.get(uow, inbound.conversation_id)
            return self._accepted(uow, conversation, inbound, screened, begins)

    def _accepted(
        self,
        uow: ConversationStore,
        conversation: Conversation,
        inbound: Inbound,
        screened: Screened,
        begins: bool,
    ) -> Accepted:
        turn = self._inbox.accept(uow, conversation, inbound, screened)
        first = uow.turns.first_open(inbound.conversation_id)
        new = turn.state is TurnState.ACCEPTED and first is not None and first.id == turn.id
        if begins and new and self._bot_answers(conversation, turn):
            return Accepted(self._sent(uow, turn, conversation), first, conversation)
        return Accepted(turn, first)

    def _bot_answers(self, conversation: Conversation, turn: Turn) -> bool:
        return conversation.owner is Owner.BOT and not turn.heard.stale

    def next_open(self, conversation_id: str) -> Turn | None:
        with self._uow.reading() as uow:
            turn: Turn | None = uow.turns.first_open(conversation_id)
            return turn

    def left_open(self) -> list[Turn]:
        with self._uow.reading() as uow:
            turns: list[Turn] = uow.turns.left_open()
            return turns

    def begin(self, turn: Turn) -> tuple[Turn, Conversation] | None:
        """Who answers? None when the turn ends here, without the engine, or another hub was quicker."""
        begun = self._let_begin(turn)
        if begun is not None:
            self._begun(*begun)
        return begun

    def _let_begin(self, turn: Turn) -> tuple[Turn, Conversation] | None:
        with self._uow() as uow:
            conversation = self._conversations.get(uow, turn.conversation_id)
            turn = self._reload(uow, turn.id)
            if turn.state not in (TurnState.ACCEPTED, TurnState.DEFERRED):
                return None
            before, conversation = conversation, self._owner_now(uow, turn, conversation)
            if self._bot_answers(conversation, turn):
                turn = turn if conversation is before else self._reload(uow, turn.id)
                return self._sent(uow, turn, conversation), conversation
            queued = conversation.owner is Owner.QUEUED
            notice = self._waiting.notice(uow, conversation.id) if queued else None
            notice = self._lookout(uow, conversation, turn, notice)
            if notice is not None:
                self._conversations.post(uow, conversation.id, Role.SYSTEM, notice, turn_id=turn.id)
            elif conversation.owner is Owner.BOT:
                self._conversations.post(uow, conversation.id, Role.BOT, phrases.stale(), turn_id=turn.id)
            uow.turns.move(turn.id, TurnState.DONE)
            return None

    def _sent(self, uow: ConversationStore, turn: Turn, conversation: Conversation) -> Turn:
        """The turn as it goes to the engine: nothing is staged yet."""
        now, lease = self._clock.now(), self._leases.until()
        sent = TurnState.SENT
        uow.turns.move(turn.id, sent, epoch=conversation.epoch, at=now, lease_until=lease, staged={})
        return replace(turn, state=sent, epoch=conversation.epoch, sent_at=now, lease_until=lease, staged={})

    def _owner_now(self, uow: ConversationStore, turn: Turn, conversation: Conversation) -> Conversation:
        if conversation.owner is Owner.CLOSED:
            return self._conversations.change_owner(uow, conversation.id, OwnerEvent.BUYER_WROTE)
        if conversation.owner is Owner.QUEUED and (
            phrases.recalls_bot(turn.heard) or not self._waiting.serves_now()
        ):
            if phrases.recalls_bot(turn.heard) and not phrases.wants_work(turn.heard):
                uow.turns.hear(turn.id, replace(turn.heard, intent="choose", payload_kind="recall_bot"))
            return self._conversations.change_owner(uow, conversation.id, OwnerEvent.BOT_RECALLED)
        return conversation

    def commit(self, turn: Turn, answer: EngineAnswer) -> Ended:
        """End the turn with its replies and effects; it waits when the shop was away."""
        with self._uow() as uow:
            conversation = self._conversations.get(uow, turn.conversation_id)
            turn = self._reload(uow, turn.id)
            if turn.state is not TurnState.SENT:
                return Ended()
            serves = conversation.epoch == turn.epoch and conversation.owner is Owner.BOT
            if serves and turn.staged.get("shop_down"):
                uow.conversations.new_session(conversation.id)
                self._wait(uow, turn, phrases.shop_away())
                return Ended(waits=True)
            if serves:
                self._speak(uow, turn, conversation, answer)
            uow.turns.move(turn.id, TurnState.DONE)
            replies = tuple(uow.messages.replies(turn.conversation_id, turn.id))
            ended = Ended(replies=replies, next=uow.turns.first_open(turn.conversation_id), looked=True)
        if turn.staged.get("due"):
            self._after_turn()  # what the turn filed goes to the shop at once, not at the worker's next look
        return ended

    def _speak(
        self, uow: ConversationStore, turn: Turn, conversation: Conversation, answer: EngineAnswer
    ) -> None:
        says = answer.says if answer.ok and answer.says else (self._recap(uow, turn),)
        for say in says:
            self._conversations.post(
                uow, conversation.id, Role.BOT, say, turn_id=turn.id, platform=conversation.platform
            )
        if not answer.ok or turn.staged.get("topic_closed"):
            uow.conversations.new_session(conversation.id)
        handoff = turn.staged.get("handoff")
        if handoff:
            notice = self._waiting.begin(uow, conversation, handoff, turn)
            if notice is not None:
                self._conversations.post(uow, conversation.id, Role.SYSTEM, notice, turn_id=turn.id)

    def defer(self, turn: Turn) -> None:
        with self._uow() as uow:
            conversation = self._conversations.get(uow, turn.conversation_id)
            current = self._reload(uow, turn.id)
            if current.state is not TurnState.SENT:
                return
            if conversation.epoch == current.epoch and conversation.owner is Owner.BOT:
                self._wait(uow, turn, phrases.engine_away())
            else:  # a person came meanwhile: nothing is left to be said, now or later
                uow.turns.move(turn.id, TurnState.DONE)

    def _wait(self, uow: Any, turn: Turn, say: Say) -> None:
        """A neighbour is away: this turn and those behind it wait, and the buyer is told so once each."""
        for each in uow.turns.left_open(turn.conversation_id):
            uow.turns.move(each.id, TurnState.DEFERRED)
            if not uow.messages.replies(each.conversation_id, each.id):
                self._conversations.post(uow, each.conversation_id, Role.SYSTEM, say, turn_id=each.id)

    def break_off(self, turn: Turn) -> None:
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

    def replies(self, turn: Turn) -> list[Message]:
        with self._uow.reading() as uow:
            replies: list[Message] = uow.messages.replies(turn.conversation_id, turn.id)
            return replies

    def _reload(self, uow: ConversationStore, turn_id: str) -> Turn:
        turn = uow.turns.get(turn_id)
        if turn is None:
            raise NotFound(turn_id=turn_id)
        return turn

    def tell_of_crowd(self, turn: Turn, ahead: int) -> None:
        with self._uow() as uow:
            self._conversations.get(uow, turn.conversation_id)  # locks it
            waits = self._reload(uow, turn.id).state in (TurnState.ACCEPTED, TurnState.DEFERRED)
            if waits and not uow.messages.replies(turn.conversation_id, turn.id):
                say = phrases.crowd(ahead)
                self._conversations.post(uow, turn.conversation_id, Role.SYSTEM, say, turn_id=turn.id)
