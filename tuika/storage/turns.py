"""Turns and buyer sessions in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select, update

from tuika.conversations.model import Buyer
from tuika.conversations.ports import Session
from tuika.conversations.turns import OPEN_STATES, Heard, Turn, TurnState
from tuika.errors import NotFound
from tuika.storage.statements import change, one_of
from tuika.storage.tables.conversations import conversations, sessions, turns

_T = turns.c
_ADD = insert(turns)
_ONE = select(turns).where(_T.id == bindparam("of_turn"))
_OF_CLIENT = select(turns).where(
    _T.conversation_id == bindparam("of_conversation"), _T.client_id == bindparam("of_client")
)
_OPEN = one_of(_T.state, [state.value for state in OPEN_STATES])
_FIRST_OPEN = (
    select(turns)
    .where(_T.conversation_id == bindparam("of_conversation"), _OPEN)
    .order_by(_T.number)
    .limit(1)
)
_LEFT_OPEN = select(turns).where(_OPEN).order_by(_T.conversation_id, _T.number)
_LEFT_OPEN_OF = _LEFT_OPEN.where(_T.conversation_id == bindparam("of_conversation"))
_RECENT = select(func.count()).where(
    _T.conversation_id == bindparam("of_conversation"), _T.created_at > bindparam("since")
)
_NEXT_NUMBER = (
    update(conversations)
    .where(conversations.c.id == bindparam("of_conversation"))
    .values(last_turn=conversations.c.last_turn + 1)
    .returning(conversations.c.last_turn)
)
_SESSION = select(sessions).where(sessions.c.token_hash == bindparam("of_token"))


class SqlTurnRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, turn: Turn) -> None:
        values = {
            "id": turn.id,
            "conversation_id": turn.conversation_id,
            "number": turn.number,
            "client_id": turn.client_id,
            "body_hash": turn.body_hash,
            "state": turn.state.value,
            "epoch": turn.epoch,
            "heard": heard_values(turn.heard),
            "staged": dict(turn.staged),
            "created_at": turn.created_at,
        }
        self._db.execute(_ADD, values)

    def get(self, turn_id: str) -> Turn | None:
        return self._one(_ONE, of_turn=turn_id)

    def by_client_id(self, conversation_id: str, client_id: str) -> Turn | None:
        return self._one(_OF_CLIENT, of_conversation=conversation_id, of_client=client_id)

    def next_number(self, conversation_id: str) -> int:
        number = self._db.execute(_NEXT_NUMBER, {"of_conversation": conversation_id}).scalar()
        if number is None:
            raise NotFound("没有这个会话", conversation_id=conversation_id)
        return int(number)

    def first_open(self, conversation_id: str) -> Turn | None:
        return self._one(_FIRST_OPEN, of_conversation=conversation_id)

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
        change(self._db, turns, turn_id, values)

    def renew(self, turn_id: str, lease_until: datetime) -> bool:
        mine = (turns.c.id == turn_id) & (turns.c.state == TurnState.SENT.value)
        return self._db.execute(update(turns).where(mine).values(lease_until=lease_until)).rowcount == 1

    def stage(self, turn_id: str, staged: Mapping[str, Any]) -> None:
        change(self._db, turns, turn_id, {"staged": dict(staged)})

    def hear(self, turn_id: str, heard: Heard) -> None:
        change(self._db, turns, turn_id, {"heard": heard_values(heard)})

    def left_open(self, conversation_id: str | None = None) -> list[Turn]:
        if conversation_id is None:
            return [_turn(row) for row in self._db.execute(_LEFT_OPEN).mappings()]
        mine = {"of_conversation": conversation_id}
        return [_turn(row) for row in self._db.execute(_LEFT_OPEN_OF, mine).mappings()]

    def count_since(self, conversation_id: str, since: datetime) -> int:
        found = self._db.execute(_RECENT, {"of_conversation": conversation_id, "since": since})
        return int(found.scalar() or 0)

    def _one(self, query: Any, **values: str) -> Turn | None:
        row = self._db.execute(query, values).mappings().first()
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
        row = self._db.execute(_SESSION, {"of_token": token_hash}).mappings().first()
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
