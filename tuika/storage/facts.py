"""The facts behind the desk's figures, in SQL. Reads only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select, true

from tuika.conversations.model import Role
from tuika.figures.model import CaseFact, Facts, HandoffFact, Misunderstood, TalkFact
from tuika.handoff.model import HandoffKind
from tuika.refunds.states import CLOSED_STATES
from tuika.storage.tables.conversations import conversations, messages, turns
from tuika.storage.tables.handoff import handoffs
from tuika.storage.tables.refunds import refund_cases

_C, _M, _T, _H, _R = conversations.c, messages.c, turns.c, handoffs.c, refund_cases.c
_CLOSED = frozenset(state.value for state in CLOSED_STATES)


class SqlFacts:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def facts(self, begin: datetime, end: datetime, *, platform: str | None = None) -> Facts:
        return Facts(
            talks=self._talks(begin, end, platform),
            handoffs=self._handoffs(begin, end, platform),
            cases=self._cases(begin, end, platform),
        )

    def misunderstood(
        self, begin: datetime, end: datetime, *, platform: str | None = None, limit: int = 1000
    ) -> list[Misunderstood]:
        query = (
            select(_M.at, _M.conversation_id, _M.text)
            .join(turns, and_(_T.id == _M.turn_id, _T.conversation_id == _M.conversation_id))
            .join(conversations, _C.id == _M.conversation_id)
            .where(
                _M.role == Role.BUYER.value,
                _M.at >= begin,
                _M.at < end,
                _T.staged["misunderstood"].as_boolean().is_(True),
                _on(_C.platform, platform),
            )
            .order_by(_M.at.desc(), _M.conversation_id)
            .limit(limit)
        )
        return [Misunderstood(**row) for row in self._db.execute(query).mappings()]

    def _talks(self, begin: datetime, end: datetime, platform: str | None) -> tuple[TalkFact, ...]:
        said = (
            select(func.count())
            .select_from(messages)
            .where(_M.conversation_id == _C.id, _M.role == Role.BUYER.value)
            .scalar_subquery()
        )
        handed = exists().where(_H.conversation_id == _C.id, _H.kind == HandoffKind.HANDOFF.value)
        query = select(_C.id, _C.created_at, _C.rating, said.label("said"), handed.label("handed")).where(
            _C.created_at >= begin, _C.created_at < end, _on(_C.platform, platform)
        )
        return tuple(
            TalkFact(row["id"], row["created_at"], row["said"], bool(row["handed"]), row["rating"])
            for row in self._db.execute(query).mappings()
        )

    def _handoffs(self, begin: datetime, end: datetime, platform: str | None) -> tuple[HandoffFact, ...]:
        first = (
            select(func.min(_M.at))
            .where(
                _M.conversation_id == _H.conversation_id,
                _M.role == Role.AGENT.value,
                _M.at >= _H.waiting_since,
            )
            .scalar_subquery()
        )
        query = (
            select(handoffs, first.label("first_reply"))
            .join(conversations, _C.id == _H.conversation_id)
            .where(
                _H.kind == HandoffKind.HANDOFF.value,
                _H.waiting_since >= begin,
                _H.waiting_since < end,
                _on(_C.platform, platform),
            )
        )
        return tuple(_handoff(row) for row in self._db.execute(query).mappings())

    def _cases(self, begin: datetime, end: datetime, platform: str | None) -> tuple[CaseFact, ...]:
        query = select(
            _R.reason, _R.state, _R.amount_fen, _R.paid_fen, _R.filed_at, _R.state_since, _R.source
        ).where(_R.filed_at >= begin, _R.filed_at < end, _on(_R.platform, platform))
        return tuple(
            CaseFact(
                reason=row["reason"],
                state=row["state"],
                amount_fen=row["amount_fen"],
                paid_fen=row["paid_fen"],
                filed=row["filed_at"],
                ended=row["state_since"] if row["state"] in _CLOSED else None,
                source=row["source"],
            )
            for row in self._db.execute(query).mappings()
        )


def _on(column: Any, platform: str | None) -> ColumnElement[bool]:
    return true() if platform is None else column == platform


def _handoff(row: Any) -> HandoffFact:
    return HandoffFact(
        conversation_id=row["conversation_id"],
        asked=row["waiting_since"],
        claimed=row["claimed_at"],
        first_reply=row["first_reply"],
        closed=row["closed_at"],
        agent=row["agent"],
        late=row["late"],
    )
