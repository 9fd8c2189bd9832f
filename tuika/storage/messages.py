"""Messages of conversations in SQL.

Invariants: ``seq`` is given out by an UPDATE of the conversation's row, so two writers of one conversation wait for each
other; nothing here commits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Integer, RowMapping, and_, bindparam, func, insert, select, update

from tuika.conversations.model import Attachment, Awaiting, Card, Message, Role, StoredReply
from tuika.errors import NotFound
from tuika.storage.statements import one_of
from tuika.storage.tables.conversations import conversations, messages, turns

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
# compared as it is: a pattern would have to be escaped, and SQLite's takes capitals for small letters
_ENDING = select(func.count()).where(
    messages.c.conversation_id == bindparam("of_conversation"),
    one_of(messages.c.role, (Role.BOT.value, Role.SYSTEM.value)),
    func.substr(messages.c.text, func.length(messages.c.text) - bindparam("length", type_=Integer) + 1)
    == bindparam("ending"),
)


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
        values = {"of_conversation": conversation_id, "ending": text, "length": len(text)}
        return int(self._db.execute(_ENDING, values).scalar_one())

    def _list(self, query: Any, conversation_id: str, most: int, **values: Any) -> list[Message]:
        found = self._db.execute(query, {"of_conversation": conversation_id, "most": most, **values})
        return [_message(row) for row in found.mappings()]


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
