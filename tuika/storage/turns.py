"""Turns and buyer sessions in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from tuika.conversations.model import Buyer
from tuika.conversations.ports import Session
from tuika.conversations.turns import OPEN_STATES, Heard, Turn, TurnState
from tuika.errors import NotFound
from tuika.storage.tables.conversations import conversations, sessions, turns

_OPEN = [state.value for state in OPEN_STATES]


class SqlTurnRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, turn: Turn) -> None:
        self._db.execute(
            insert(turns).values(
                id=turn.id,
                conversation_id=turn.conversation_id,
                number=turn.number,
                client_id=turn.client_id,
                body_hash=turn.body_hash,
                state=turn.state.value,
                epoch=turn.epoch,
                heard=heard_values(turn.heard),
                staged=dict(turn.staged),
                created_at=turn.created_at,
            )
        )

    def get(self, turn_id: str) -> Turn | None:
        return self._one(select(turns).where(turns.c.id == turn_id))

    def by_client_id(self, conversation_id: str, client_id: str) -> Turn | None:
        return self._one(
            select(turns).where(turns.c.conversation_id == conversation_id, turns.c.client_id == client_id)
        )

    def next_number(self, conversation_id: str) -> int:
        number = self._db.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id)
            .values(last_turn=conversations.c.last_turn + 1)
            .returning(conversations.c.last_turn)
        ).scalar()
        if number is None:
            raise NotFound("没有这个会话", conversation_id=conversation_id)
        return int(number)

    def first_open(self, conversation_id: str) -> Turn | None:
        query = (
            select(turns)
            .where(turns.c.conversation_id == conversation_id, turns.c.state.in_(_OPEN))
            .order_by(turns.c.number)
            .limit(1)
        )
        return self._one(query)

    def move(
        self,
        turn_id: str,
        state: TurnState,
        *,
        epoch: int | None = None,
        at: datetime | None = None,
        lease_until: datetime | None = None,
    ) -> None:
        values: dict[str, Any] = {"state": state.value, "lease_until": lease_until}
        if epoch is not None:
            values["epoch"] = epoch
        if at is not None:
            values["sent_at"] = at
        self._db.execute(update(turns).where(turns.c.id == turn_id).values(**values))

    def renew(self, turn_id: str, lease_until: datetime) -> bool:
        mine = (turns.c.id == turn_id) & (turns.c.state == TurnState.SENT.value)
        return self._db.execute(update(turns).where(mine).values(lease_until=lease_until)).rowcount == 1

    def stage(self, turn_id: str, staged: Mapping[str, Any]) -> None:
        self._db.execute(update(turns).where(turns.c.id == turn_id).values(staged=dict(staged)))

    def hear(self, turn_id: str, heard: Heard) -> None:
        self._db.execute(update(turns).where(turns.c.id == turn_id).values(heard=heard_values(heard)))

    def left_open(self, conversation_id: str | None = None) -> list[Turn]:
        query = (
            select(turns).where(turns.c.state.in_(_OPEN)).order_by(turns.c.conversation_id, turns.c.number)
        )
        if conversation_id is not None:
            query = query.where(turns.c.conversation_id == conversation_id)
        return [_turn(row) for row in self._db.execute(query).mappings()]

    def count_since(self, conversation_id: str, since: datetime) -> int:
        query = select(func.count()).where(
            turns.c.conversation_id == conversation_id, turns.c.created_at > since
        )
        return int(self._db.execute(query).scalar() or 0)

    def _one(self, query: Any) -> Turn | None:
        row = self._db.execute(query).mappings().first()
        return _turn(row) if row else None


class SqlSessionRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, session: Session) -> None:
        buyer = session.buyer
        self._db.execute(
            insert(sessions).values(
                token_hash=session.token_hash,
                conversation_id=session.conversation_id,
                platform=session.platform,
                buyer_id=buyer.id if buyer else None,
                buyer_name=buyer.name if buyer else None,
                address=session.address,
                expires_at=session.expires_at,
            )
        )

    def get(self, token_hash: str) -> Session | None:
        row = self._db.execute(select(sessions).where(sessions.c.token_hash == token_hash)).mappings().first()
        if row is None:
            return None
        return Session(
            token_hash=row["token_hash"],
            conversation_id=row["conversation_id"],
            platform=row["platform"],
            buyer=Buyer(row["buyer_id"], row["buyer_name"] or "") if row["buyer_id"] else None,
            expires_at=row["expires_at"],
            address=row["address"],
        )

    def purge(self, before: datetime) -> None:
        self._db.execute(delete(sessions).where(sessions.c.expires_at < before))


def heard_values(heard: Heard) -> dict[str, Any]:
    """As a turn's row keeps it."""
    values = asdict(heard)
    values["payload"] = dict(heard.payload)
    values["secrets"] = dict(heard.secrets)
    return values


def _turn(row: RowMapping) -> Turn:
    heard = dict(row["heard"])
    heard["references"] = tuple(heard["references"])
    heard["attachments"] = tuple(heard["attachments"])
    return Turn(
        id=row["id"],
        conversation_id=row["conversation_id"],
        number=row["number"],
        client_id=row["client_id"],
        body_hash=row["body_hash"],
        state=TurnState(row["state"]),
        epoch=row["epoch"],
        heard=Heard(**heard),
        staged=row["staged"],
        created_at=row["created_at"],
        sent_at=row["sent_at"],
        lease_until=row["lease_until"],
    )
