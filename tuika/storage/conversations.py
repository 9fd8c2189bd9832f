"""Conversations in SQL.

Invariants: a conversation read in a write transaction is locked; nothing here commits. Its messages are in ``messages``, the
quick replies that it issued in ``choices``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from tuika.conversations.model import Buyer, Conversation, Owner
from tuika.storage.database import is_writing
from tuika.storage.statements import Lockable, change
from tuika.storage.tables.conversations import conversations

_ONE = Lockable(select(conversations).where(conversations.c.id == bindparam("of_conversation")))
_NEXT_SESSION = (
    update(conversations)
    .where(conversations.c.id == bindparam("of_conversation"))
    .values(session_no=conversations.c.session_no + 1)
)
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
