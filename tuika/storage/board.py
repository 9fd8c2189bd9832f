"""The desk's five lists in SQL.

Invariants: reads only; the conditions of the lists exclude each other and cover everything; what is typed into the
search is compared as plain text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select

from tuika.conversations.model import Owner, Role
from tuika.handoff.board import IDLE, MISUNDERSTOOD, BoardList, BoardRow
from tuika.handoff.model import Handoff, HandoffKind, HandoffState
from tuika.storage.conversations import conversation_of
from tuika.storage.handoff import handoff_of
from tuika.storage.tables.conversations import conversations, messages
from tuika.storage.tables.handoff import handoffs
from tuika.storage.tables.refunds import refund_cases
from tuika.storage.tables.safety import scam_reports

_C, _M, _H = conversations.c, messages.c, handoffs.c
_LAST = and_(_M.conversation_id == _C.id, _M.seq == _C.last_seq)
_AT = func.coalesce(_M.at, _C.created_at)
SCAM_FRESH = timedelta(hours=24)


class SqlBoard:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def rows(
        self,
        which: BoardList,
        *,
        now: datetime,
        agent: str | None = None,
        words: str = "",
        limit: int = 50,
        offset: int = 0,
    ) -> list[BoardRow]:
        condition = _conditions(now)[which]
        if agent is not None and which is BoardList.HUMAN:
            condition = and_(condition, _open(_H.state == HandoffState.ACTIVE.value, _H.agent == agent))
        if words:
            condition = and_(condition, _about(words))
        query = (
            select(conversations, _M.text, _M.role, _AT.label("last_at"))
            .outerjoin(messages, _LAST)
            .where(condition)
            .order_by(*_order(which))
        )
        found = list(self._db.execute(query.limit(limit).offset(offset)).mappings())
        held = self._handoffs([row["id"] for row in found])
        reported = (
            self._reported([row["id"] for row in found], now) if which is BoardList.ATTENTION else set()
        )
        return [
            _row(row, held.get(row["id"]), row["id"] in reported, why=which is BoardList.ATTENTION)
            for row in found
        ]

    def counts(self, *, now: datetime) -> dict[BoardList, int]:
        conditions = _conditions(now)
        columns = [
            select(func.count())
            .select_from(conversations.outerjoin(messages, _LAST))
            .where(condition)
            .scalar_subquery()
            .label(which.value)
            for which, condition in conditions.items()
        ]
        row = self._db.execute(select(*columns)).mappings().one()
        return {which: int(row[which.value]) for which in BoardList}

    def _handoffs(self, ids: Sequence[str]) -> dict[str, Handoff]:
        """The open handoff of each conversation, else its most urgent open ticket."""
        query = (
            select(handoffs)
            .where(_H.conversation_id.in_(ids), _H.state != HandoffState.CLOSED.value)
            .order_by(_H.kind.desc(), _H.urgent, _H.waiting_since.desc())
        )
        found = [handoff_of(row) for row in self._db.execute(query).mappings()]
        return {each.conversation_id: each for each in found if each.conversation_id is not None}

    def _reported(self, ids: Sequence[str], now: datetime) -> set[str]:
        query = select(scam_reports.c.conversation_id).where(
            scam_reports.c.conversation_id.in_(ids), scam_reports.c.at > now - SCAM_FRESH
        )
        return set(self._db.execute(query).scalars())


def _row(row: Any, handoff: Handoff | None, reported: bool, *, why: bool) -> BoardRow:
    reasons = []
    if why and handoff is not None:
        reasons.append(handoff.reason)
    if reported:
        reasons.append("买家举报了诈骗")
    if why and (row["memory"] or {}).get("misunderstood", 0) >= MISUNDERSTOOD:
        reasons.append("机器人连续没听懂")
    return BoardRow(
        conversation=conversation_of(row),
        last_text=row["text"] or "",
        last_role=Role(row["role"]) if row["role"] else None,
        last_at=row["last_at"],
        handoff=handoff,
        rating=row["rating"],
        why=tuple(reasons),
    )


def _open(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_H.conversation_id == _C.id, *conditions)


def _conditions(now: datetime) -> dict[BoardList, ColumnElement[bool]]:
    waits = _open(_H.kind == HandoffKind.HANDOFF.value, _H.state == HandoffState.WAITING.value)
    human = _C.owner == Owner.HUMAN.value
    queued = and_(_C.owner != Owner.HUMAN.value, or_(_C.owner == Owner.QUEUED.value, waits))
    served = and_(_C.owner == Owner.BOT.value, ~waits)
    ticket = _open(_H.kind == HandoffKind.TICKET.value, _H.state != HandoffState.CLOSED.value)
    report = exists().where(scam_reports.c.conversation_id == _C.id, scam_reports.c.at > now - SCAM_FRESH)
    lost = func.coalesce(_C.memory["misunderstood"].as_integer(), 0) >= MISUNDERSTOOD
    looks = or_(ticket, report, lost)
    fresh = now - IDLE <= _AT
    closed = and_(_C.owner == Owner.CLOSED.value, ~waits)
    return {
        BoardList.HUMAN: human,
        BoardList.QUEUED: queued,
        BoardList.ATTENTION: and_(served, looks),
        BoardList.BOT: and_(served, ~looks, fresh),
        BoardList.ENDED: or_(closed, and_(served, ~looks, ~fresh)),
    }


def _order(which: BoardList) -> tuple[Any, ...]:
    if which is BoardList.QUEUED:
        waiting = and_(_H.conversation_id == _C.id, _H.state == HandoffState.WAITING.value)
        urgent = select(func.max(case((_H.urgent, 1), else_=0))).where(waiting).scalar_subquery()
        since = select(func.min(_H.waiting_since)).where(waiting).scalar_subquery()
        return urgent.desc(), since, _C.id
    if which is BoardList.HUMAN:
        return (_M.role == Role.BUYER.value).desc(), _AT.desc(), _C.id
    return _AT.desc(), _C.id


def _about(words: str) -> ColumnElement[bool]:
    """A conversation, buyer, order or case whose name or number begins with the words or holds them."""
    text = words.strip()
    cases = exists().where(
        refund_cases.c.conversation_id == _C.id,
        or_(refund_cases.c.case_no == text.upper(), refund_cases.c.order_no == text),
    )
    return or_(_C.id == text, _C.buyer_id == text, _C.buyer_name.contains(text, autoescape=True), cases)
