"""Conversations, messages and issued quick replies in SQL.

Invariants: ``seq`` and turn numbers are given out by an UPDATE of the conversation's row, so two writers
of one conversation wait for each other; a conversation read in a write transaction is locked; nothing here
commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, bindparam, func, insert, select, update

from tuika.conversations.model import (
    Attachment,
    Awaiting,
    Buyer,
    Card,
    Choice,
    ChoiceState,
    Conversation,
    Message,
    Owner,
    Payload,
    Role,
    StoredReply,
)
from tuika.errors import NotFound
from tuika.storage.database import is_writing
from tuika.storage.statements import Lockable, change
from tuika.storage.tables.conversations import choices, conversations, messages, turns

_ONE = Lockable(select(conversations).where(conversations.c.id == bindparam("of_conversation")))
_NEXT_SESSION = (
    update(conversations)
    .where(conversations.c.id == bindparam("of_conversation"))
    .values(session_no=conversations.c.session_no + 1)
)
_NEXT_SEQ = (
    update(conversations)
    .where(conversations.c.id == bindparam("of_conversation"))
    .values(last_seq=conversations.c.last_seq + 1)
    .returning(conversations.c.last_seq)
)
_ADD_MESSAGE = insert(messages)
# the turn's row is joined for what a buyer's device called his message
_SAID = (
    select(messages, turns.c.client_id)
    .outerjoin(turns, and_(turns.c.id == messages.c.turn_id, messages.c.role == Role.BUYER.value))
    .where(messages.c.conversation_id == bindparam("of_conversation"))
    .order_by(messages.c.seq)
    .limit(bindparam("most"))
)
_AFTER = _SAID.where(messages.c.seq > bindparam("after"))
_REPLIES = _SAID.where(messages.c.turn_id == bindparam("of_turn"), messages.c.role != Role.BUYER.value)
_LAST = _SAID.where(
    messages.c.seq
    > select(func.coalesce(func.max(messages.c.seq), 0) - bindparam("count"))
    .where(messages.c.conversation_id == bindparam("of_conversation"))
    .scalar_subquery()
)
_ADD_CHOICES = insert(choices)
_CHOICE = select(choices).where(
    choices.c.id == bindparam("of_choice"), choices.c.conversation_id == bindparam("of_conversation")
)
_SOME_CHOICES = select(choices).where(
    choices.c.id.in_(bindparam("of_choices", expanding=True)),
    choices.c.conversation_id == bindparam("of_conversation"),
)
_LIVE = (choices.c.conversation_id == bindparam("of_conversation"), choices.c.state == ChoiceState.LIVE.value)
_EXPIRE = update(choices).where(*_LIVE).values(state=ChoiceState.STALE.value)
_LIVE_CHOICES = select(choices).where(*_LIVE)
_MOST_ASKED = 500  # in one question


def hold(connection: Connection, conversation_id: Any) -> None:
    """Lock a conversation's row, before anything about it is read to be changed; ``conversation_id`` may be a query.

    Nothing to do on SQLite, nor where there is no such conversation.
    """
    if connection.dialect.name == "postgresql" and is_writing(connection):
        mine = select(conversations.c.id).where(conversations.c.id == conversation_id)
        connection.execute(mine.with_for_update())


class SqlConversationRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, conversation: Conversation) -> None:
        buyer = conversation.buyer
        self._db.execute(
            insert(conversations).values(
                id=conversation.id,
                platform=conversation.platform,
                channel=conversation.channel,
                owner=conversation.owner.value,
                epoch=conversation.epoch,
                session_no=conversation.session_no,
                last_seq=0,
                last_turn=0,
                buyer_id=buyer.id if buyer else None,
                buyer_name=buyer.name if buyer else None,
                memory=dict(conversation.memory),
                created_at=conversation.created_at,
            )
        )

    def get(self, conversation_id: str) -> Conversation | None:
        query = _ONE.for_change(self._db)
        row = self._db.execute(query, {"of_conversation": conversation_id}).mappings().first()
        return conversation_of(row) if row else None

    def last_of_buyer(self, platform: str, buyer_id: str) -> Conversation | None:
        query = (
            select(conversations)
            .where(conversations.c.platform == platform, conversations.c.buyer_id == buyer_id)
            .order_by(conversations.c.created_at.desc(), conversations.c.id)
            .limit(1)
        )
        row = self._db.execute(query).mappings().first()
        return conversation_of(row) if row else None

    def of_buyer(
        self, platform: str, buyer_id: str, *, apart_from: str, limit: int = 5
    ) -> list[Conversation]:
        """The buyer's other conversations, newest first."""
        query = (
            select(conversations)
            .where(
                conversations.c.platform == platform,
                conversations.c.buyer_id == buyer_id,
                conversations.c.id != apart_from,
            )
            .order_by(conversations.c.created_at.desc(), conversations.c.id)
            .limit(limit)
        )
        return [conversation_of(row) for row in self._db.execute(query).mappings()]

    def set_owner(self, conversation_id: str, owner: Owner, *, epoch: int, session_no: int) -> None:
        self._change(conversation_id, owner=owner.value, epoch=epoch, session_no=session_no)

    def new_session(self, conversation_id: str) -> None:
        self._db.execute(_NEXT_SESSION, {"of_conversation": conversation_id})

    def set_buyer(self, conversation_id: str, buyer: Buyer) -> None:
        self._db.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id, conversations.c.buyer_id.is_(None))
            .values(buyer_id=buyer.id, buyer_name=buyer.name)
        )

    def set_memory(self, conversation_id: str, memory: Mapping[str, Any]) -> None:
        self._change(conversation_id, memory=dict(memory))

    def seen(self, conversation_id: str) -> int:
        """The number of the last notice that an open page was given."""
        query = select(conversations.c.seen_seq).where(conversations.c.id == conversation_id)
        return int(self._db.execute(query).scalar() or 0)

    def mark_seen(self, conversation_id: str, seq: int) -> None:
        self._db.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id, conversations.c.seen_seq < seq)
            .values(seen_seq=seq)
        )

    def last_seqs(self, conversation_ids: Sequence[str]) -> dict[str, int]:
        """The number of the last message of each; those that do not exist are left out."""
        found: dict[str, int] = {}
        for start in range(0, len(conversation_ids), _MOST_ASKED):
            some = conversation_ids[start : start + _MOST_ASKED]
            query = select(conversations.c.id, conversations.c.last_seq).where(conversations.c.id.in_(some))
            found |= {row.id: row.last_seq for row in self._db.execute(query)}
        return found

    def rate(self, conversation_id: str, *, score: int, comment: str, at: datetime) -> bool:
        result = self._db.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id, conversations.c.rating.is_(None))
            .values(rating=score, rating_comment=comment, rated_at=at)
        )
        return result.rowcount == 1

    def is_rated(self, conversation_id: str) -> bool:
        query = select(conversations.c.rating).where(conversations.c.id == conversation_id)
        return self._db.execute(query).scalar() is not None

    def _change(self, conversation_id: str, **values: Any) -> None:
        change(self._db, conversations, conversation_id, values)


class SqlMessageRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def append(self, conversation_id: str, message: Message) -> Message:
        seq = self._db.execute(_NEXT_SEQ, {"of_conversation": conversation_id}).scalar()
        if seq is None:
            raise NotFound("没有这个会话", conversation_id=conversation_id)
        stored = replace(message, seq=seq)
        self._db.execute(_ADD_MESSAGE, {"conversation_id": conversation_id, **_message_values(stored)})
        return stored

    def after(self, conversation_id: str, seq: int, *, limit: int = 500) -> list[Message]:
        return self._list(_AFTER, conversation_id, limit, after=seq)

    def replies(self, conversation_id: str, turn_id: str) -> list[Message]:
        return self._list(_REPLIES, conversation_id, 100, of_turn=turn_id)

    def last(self, conversation_id: str, count: int) -> list[Message]:
        return self._list(_LAST, conversation_id, count, count=count)

    def count_ending(self, conversation_id: str, text: str) -> int:
        said = messages.c.role.in_((Role.BOT.value, Role.SYSTEM.value))
        ending = messages.c.text.endswith(text, autoescape=True)
        query = select(func.count()).where(messages.c.conversation_id == conversation_id, said, ending)
        return self._db.execute(query).scalar_one()

    def _list(self, query: Any, conversation_id: str, most: int, **values: Any) -> list[Message]:
        found = self._db.execute(query, {"of_conversation": conversation_id, "most": most, **values})
        return [_message(row) for row in found.mappings()]


class SqlChoiceRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, issued: Sequence[Choice]) -> None:
        rows = [
            {
                "id": c.id,
                "conversation_id": c.conversation_id,
                "title": c.title,
                "kind": c.payload.kind,
                "data": dict(c.payload.data),
                "state": c.state.value,
            }
            for c in issued
        ]
        if rows:
            self._db.execute(_ADD_CHOICES, rows)

    def get(self, conversation_id: str, choice_id: str) -> Choice | None:
        values = {"of_choice": choice_id, "of_conversation": conversation_id}
        row = self._db.execute(_CHOICE, values).mappings().first()
        return _choice(row) if row else None

    def some(self, conversation_id: str, choice_ids: Sequence[str]) -> list[Choice]:
        if not choice_ids:
            return []
        values = {"of_choices": list(choice_ids), "of_conversation": conversation_id}
        found = {row["id"]: _choice(row) for row in self._db.execute(_SOME_CHOICES, values).mappings()}
        return [found[each] for each in choice_ids if each in found]

    def expire(self, conversation_id: str) -> None:
        self._db.execute(_EXPIRE, {"of_conversation": conversation_id})

    def live(self, conversation_id: str) -> list[Choice]:
        found = self._db.execute(_LIVE_CHOICES, {"of_conversation": conversation_id})
        return [_choice(row) for row in found.mappings()]


def conversation_of(row: RowMapping) -> Conversation:
    buyer = Buyer(row["buyer_id"], row["buyer_name"] or "") if row["buyer_id"] else None
    return Conversation(
        id=row["id"],
        platform=row["platform"],
        channel=row["channel"],
        owner=Owner(row["owner"]),
        epoch=row["epoch"],
        session_no=row["session_no"],
        created_at=row["created_at"],
        buyer=buyer,
        memory=row["memory"] or {},
    )


def _message_values(message: Message) -> dict[str, Any]:
    card = message.card
    return {
        "seq": message.seq,
        "role": message.role.value,
        "text": message.text,
        "card": {"type": card.type, "data": dict(card.data)} if card else None,
        "quick_replies": [{"title": r.title, "action": r.action} for r in message.quick_replies],
        "awaiting": message.awaiting.value if message.awaiting else None,
        "attachments": [
            {"id": a.id, "media_type": a.media_type, "sha256": a.sha256, "kind": a.kind}
            for a in message.attachments
        ],
        "turn_id": message.turn_id,
        "author": message.author,
        "at": message.at,
    }


def _message(row: RowMapping) -> Message:
    card = row["card"]
    return Message(
        seq=row["seq"],
        role=Role(row["role"]),
        text=row["text"],
        at=row["at"],
        card=Card(card["type"], card["data"]) if card else None,
        quick_replies=tuple(StoredReply(**r) for r in row["quick_replies"]),
        awaiting=Awaiting(row["awaiting"]) if row["awaiting"] else None,
        attachments=tuple(Attachment(**a) for a in row["attachments"]),
        turn_id=row["turn_id"],
        author=row["author"],
        client_id=row["client_id"],
    )


def _choice(row: RowMapping) -> Choice:
    return Choice(
        id=row["id"],
        conversation_id=row["conversation_id"],
        title=row["title"],
        payload=Payload(row["kind"], row["data"]),
        state=ChoiceState(row["state"]),
    )
