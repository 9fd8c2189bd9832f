"""Refund cases and their events in SQL.

Invariants: a change names the state it starts from and fails when another was faster; the partial unique
index alone decides who opened the order's case; nothing here commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from tuika.errors import Conflict, InputError, OpenCaseExists
from tuika.refunds.events import CaseEvent
from tuika.refunds.model import RefundCase
from tuika.refunds.ports import Page
from tuika.refunds.states import CLOSED_STATES, CaseState
from tuika.storage.conversations import hold
from tuika.storage.refunds_rows import case_of, case_values, event_of
from tuika.storage.tables.refunds import refund_cases, refund_events

_C = refund_cases.c
_CLOSED = [state.value for state in CLOSED_STATES]
_NEWEST = select(refund_cases).order_by(_C.filed_at.desc(), _C.case_no.desc())
# what turns ask is put together once
_ONE = select(refund_cases).where(_C.case_no == bindparam("of_case"))
_OF_BUYER = _NEWEST.where(_C.platform == bindparam("of_platform"), _C.buyer_id == bindparam("of_buyer"))
_OF_ORDER = _NEWEST.where(_C.platform == bindparam("of_platform"), _C.order_no == bindparam("of_order"))
_OF_CONVERSATION = _NEWEST.where(_C.conversation_id == bindparam("of_conversation"))
_OPEN_OF_ORDER = _OF_ORDER.where(_C.state.not_in(_CLOSED))
_EVENTS = (
    select(refund_events)
    .where(refund_events.c.case_no.in_(bindparam("of_cases", expanding=True)))
    .order_by(refund_events.c.id)
)


class SqlCaseRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, case: RefundCase) -> None:
        self._guarded(insert(refund_cases).values(**case_values(case)))

    def save(self, case: RefundCase, *, expected: CaseState) -> None:
        values = case_values(case)
        del values["case_no"]
        changed = self._guarded(
            update(refund_cases)
            .where(_C.case_no == case.case_no, _C.state == expected.value)
            .values(**values)
        )
        if changed != 1:
            raise Conflict("申请刚刚有了变化，请刷新后再试", case_no=case.case_no)

    def append(self, case_no: str, event: CaseEvent) -> None:
        self._db.execute(
            insert(refund_events).values(
                case_no=case_no, at=event.at, actor=event.actor, type=event.type, detail=dict(event.detail)
            )
        )

    def get(self, case_no: str, *, lock: bool = False) -> RefundCase | None:
        query = _ONE
        if lock:
            # whoever steps a case speaks in its conversation: that row is locked first, as turns do
            hold(self._db, select(_C.conversation_id).where(_C.case_no == case_no).scalar_subquery())
            query = query.with_for_update()
        found = self._load(query, of_case=case_no)
        return found[0] if found else None

    def open_of_order(self, platform: str, order_no: str) -> RefundCase | None:
        found = self._load(_OPEN_OF_ORDER, of_platform=platform, of_order=order_no)
        return found[0] if found else None

    def of_order(self, platform: str, order_no: str) -> list[RefundCase]:
        return self._load(_OF_ORDER, of_platform=platform, of_order=order_no)

    def with_estimates(self, *, after: str, limit: int) -> list[str]:
        query = (
            select(_C.case_no)
            .where(_C.state.not_in(_CLOSED), _C.deadline["estimate"].as_boolean(), _C.case_no > after)
            .order_by(_C.case_no)
            .limit(limit)
        )
        return [str(case_no) for (case_no,) in self._db.execute(query)]

    def of_conversation(self, conversation_id: str) -> list[RefundCase]:
        return self._load(_OF_CONVERSATION, of_conversation=conversation_id)

    def of_buyer(self, platform: str, buyer_id: str) -> list[RefundCase]:
        return self._load(_OF_BUYER, of_platform=platform, of_buyer=buyer_id)

    def of_merchant(self, platform: str, merchant_id: str, *, open_only: bool = False) -> list[RefundCase]:
        mine = [_C.platform == platform, _C.merchant_id == merchant_id]
        return self._load(_NEWEST.where(*mine, *([_C.state.not_in(_CLOSED)] if open_only else [])))

    def search(
        self,
        *,
        order_no: str | None = None,
        state: CaseState | None = None,
        platform: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        query = _NEWEST
        if order_no is not None:
            query = query.where(_C.order_no == order_no)
        if state is not None:
            query = query.where(_C.state == state.value)
        if platform is not None:
            query = query.where(_C.platform == platform)
        if cursor is not None:
            query = query.where(tuple_(_C.filed_at, _C.case_no) < self._place(cursor))
        found = self._load(query.limit(limit + 1))
        return Page(tuple(found[:limit]), found[limit - 1].case_no if len(found) > limit else None)

    def in_states(
        self, states: Sequence[CaseState], *, words: str = "", platform: str | None = None, limit: int = 300
    ) -> list[RefundCase]:
        """Newest first; ``words``: a case, order or buyer, or part of a product's or merchant's name."""
        query = _NEWEST.where(_C.state.in_([state.value for state in states]))
        if platform is not None:
            query = query.where(_C.platform == platform)
        if words:
            named = [
                _C.order_snapshot[field].as_string().contains(words, autoescape=True)
                for field in ("product", "merchant")
            ]
            query = query.where(
                or_(_C.case_no == words.upper(), _C.order_no == words, _C.buyer_id == words, *named)
            )
        return self._load(query.limit(limit))

    def count_states(self) -> dict[CaseState, int]:
        query = select(_C.state, func.count()).group_by(_C.state)
        return {CaseState(state): int(count) for state, count in self._db.execute(query)}

    def filed_since(self, since: datetime) -> list[RefundCase]:
        """Filed by buyers (not imported) at or after that time, oldest first."""
        query = select(refund_cases).where(_C.filed_at >= since, _C.source != "history")
        return self._load(query.order_by(_C.filed_at, _C.case_no))

    def newest(self) -> tuple[datetime, str] | None:
        """When the newest case was filed, and its number."""
        query = select(_C.filed_at, _C.case_no).order_by(_C.filed_at.desc(), _C.case_no.desc()).limit(1)
        found = self._db.execute(query).first()
        return (found.filed_at, found.case_no) if found else None

    def delete_all(self) -> None:
        self._db.execute(delete(refund_events))
        self._db.execute(delete(refund_cases))

    def _place(self, cursor: str) -> Any:
        """The cursor is the last case number of the page before."""
        row = self._db.execute(select(_C.filed_at, _C.case_no).where(_C.case_no == cursor)).first()
        if row is None:
            raise InputError("分页位置无效，请从第一页重新读取", field="cursor")
        return tuple_(select(_C.filed_at).where(_C.case_no == cursor).scalar_subquery(), row.case_no)

    def _load(self, query: Select[Any], **values: str) -> list[RefundCase]:
        rows = list(self._db.execute(query, values).mappings())
        events = self._events([row["case_no"] for row in rows])
        return [case_of(row, tuple(events.get(row["case_no"], ()))) for row in rows]

    def _events(self, numbers: Sequence[str]) -> dict[str, list[CaseEvent]]:
        found: dict[str, list[CaseEvent]] = {}
        if numbers:
            for row in self._db.execute(_EVENTS, {"of_cases": list(numbers)}).mappings():
                found.setdefault(row["case_no"], []).append(event_of(row))
        return found

    def _guarded(self, statement: Any) -> int:
        """Run a write in a savepoint, so that losing the race for the order leaves the transaction usable."""
        try:
            with self._db.begin_nested():
                return int(self._db.execute(statement).rowcount)
        except IntegrityError:
            raise OpenCaseExists() from None
