"""What may be done to a conversation inside one transaction.

Invariants: a message gets its number here and nowhere else; issuing new quick replies makes the earlier
ones stale; an owner changes only along the table of ``ownership``; a turn's right to write is checked by
:meth:`Conversations.open_turn` in the same transaction as the write.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

from tuika.clock import Clock
from tuika.conversations.again import said_again
from tuika.conversations.model import (
    Attachment,
    Buyer,
    Choice,
    ChoiceState,
    Conversation,
    Message,
    Owner,
    QuickReply,
    Role,
    Say,
    StoredReply,
)
from tuika.conversations.ownership import OwnerEvent, next_owner
from tuika.conversations.ports import (
    ChoiceRepository,
    ConversationRepository,
    MessageRepository,
    TurnRepository,
)
from tuika.conversations.turns import Turn, TurnState
from tuika.errors import NotFound, StaleTurn
from tuika.ids import Ids

SHORT = 12


class ConversationStore(Protocol):
    """The repositories that these services need from a unit of work."""

    @property
    def conversations(self) -> ConversationRepository: ...
    @property
    def messages(self) -> MessageRepository: ...
    @property
    def choices(self) -> ChoiceRepository: ...
    @property
    def turns(self) -> TurnRepository: ...


class OutgoingFilter(Protocol):
    """Looks over everything that leaves: no full key, no unofficial contact."""

    def __call__(self, text: str, *, platform: str) -> str: ...


def unfiltered(text: str, *, platform: str) -> str:
    return text


class Conversations:
    def __init__(self, clock: Clock, ids: Ids, outgoing: OutgoingFilter = unfiltered) -> None:
        self._clock = clock
        self._ids = ids
        self._outgoing = outgoing

    def open(
        self, uow: ConversationStore, *, platform: str, channel: str, buyer: Buyer | None
    ) -> Conversation:
        conversation = Conversation(
            id=self._ids.new("cv"),
            platform=platform,
            channel=channel,
            owner=Owner.BOT,
            epoch=1,
            session_no=1,
            created_at=self._clock.now(),
            buyer=buyer,
        )
        uow.conversations.add(conversation)
        return conversation

    def get(self, uow: ConversationStore, conversation_id: str) -> Conversation:
        """Raises NotFound."""
        conversation = uow.conversations.get(conversation_id)
        if conversation is None:
            raise NotFound("没有这个会话")
        return conversation

    def hear(
        self,
        uow: ConversationStore,
        conversation_id: str,
        text: str,
        *,
        turn_id: str,
        attachments: tuple[Attachment, ...] = (),
        expire: bool = True,
    ) -> Message:
        """Store what the buyer said (already redacted). Issued quick replies go stale."""
        if expire:
            uow.choices.expire(conversation_id)
        message = Message(
            seq=0, role=Role.BUYER, text=text, at=self._clock.now(), attachments=attachments, turn_id=turn_id
        )
        return uow.messages.append(conversation_id, message)

    def post(
        self,
        uow: ConversationStore,
        conversation_id: str,
        role: Role,
        say: Say,
        *,
        turn_id: str | None = None,
        author: str | None = None,
        platform: str | None = None,
    ) -> Message:
        """Say something to the buyer, never in the very same words; quick replies are kept behind opaque ids.

        ``platform``: the conversation's, where the caller holds it in this transaction already.
        """
        platform = platform or self.get(uow, conversation_id).platform
        text = self._outgoing(say.text, platform=platform)
        if role is not Role.AGENT:
            asks, unasked = say.awaiting is not None, turn_id is None
            text = _once(uow, conversation_id, text, asks=asks, unasked=unasked)
        issued = [
            Choice(self._ids.new("qr"), conversation_id, reply.title, reply.payload, ChoiceState.LIVE)
            for reply in _distinct(say.quick_replies)
        ]
        uow.choices.add(issued)
        message = Message(
            seq=0,
            role=role,
            text=text,
            at=self._clock.now(),
            card=say.card,
            quick_replies=tuple(StoredReply(c.title, c.id) for c in issued),
            awaiting=say.awaiting,
            turn_id=turn_id,
            author=author,
        )
        return uow.messages.append(conversation_id, message)

    def change_owner(self, uow: ConversationStore, conversation_id: str, event: OwnerEvent) -> Conversation:
        """Apply an owner event; raises Conflict where the table does not allow it."""
        conversation = self.get(uow, conversation_id)
        owner = next_owner(conversation.owner, event)
        changed = replace(
            conversation, owner=owner, epoch=conversation.epoch + 1, session_no=conversation.session_no + 1
        )
        uow.conversations.set_owner(
            conversation_id, owner, epoch=changed.epoch, session_no=changed.session_no
        )
        return changed

    def open_turn(self, uow: ConversationStore, turn_id: str) -> tuple[Turn, Conversation]:
        """The turn and its conversation, if an action of that turn may still write; else StaleTurn."""
        turn = uow.turns.get(turn_id)
        if turn is None or turn.state is not TurnState.SENT:
            raise StaleTurn(turn_id=turn_id)
        conversation = self.get(uow, turn.conversation_id)
        if conversation.epoch != turn.epoch or conversation.owner not in (Owner.BOT, Owner.QUEUED):
            raise StaleTurn(turn_id=turn_id)
        return turn, conversation

    def stage(self, uow: ConversationStore, turn: Turn, **effects: Any) -> None:
        """Keep effects that happen when the turn commits; ``turn`` is as this transaction has read it."""
        uow.turns.stage(turn.id, {**turn.staged, **effects})


def _distinct(replies: tuple[QuickReply, ...]) -> list[QuickReply]:
    """Of buttons with one name the first."""
    kept: dict[str, QuickReply] = {}
    for reply in replies:
        kept.setdefault(reply.title, reply)
    return list(kept.values())


def _once(uow: ConversationStore, conversation_id: str, text: str, *, asks: bool, unasked: bool) -> str:
    """``text``, led in by other words where it was said before; one word ("好的") may come twice."""
    if len(text) <= SHORT:
        return text
    times = uow.messages.count_ending(conversation_id, text)
    return said_again(text, asks=asks, times=times, unasked=unasked) if times else text
