"""Due rows in SQL: claimed by one worker at a time.

Invariants: a claim is a conditional UPDATE, so two workers never hold a row at once (PostgreSQL skips
locked rows, SQLite has one writer anyway); finishing and postponing name the lease and fail when it was
lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, exists, insert, or_, select, true, update

from tuika.refunds.due import DueKind, DueRow, DueState
from tuika.storage.tables.conversations import clock
from tuika.storage.tables.refunds import due_rows, outbox

_C = due_rows.c


class SqlDueRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._soonest: datetime | None = None

    def is_pressing(self, now: datetime) -> bool:
        return self._soonest is not None and self._soonest <= now

    def add(self, row: DueRow) -> DueRow:
        self._soonest = min(row.due_at, self._soonest or row.due_at)
        result = self._db.execute(
            insert(due_rows)
            .values(
                kind=row.kind.value,
                ref=row.ref,
                due_at=row.due_at,
                payload=dict(row.payload),
                state=row.state.value,
                attempts=row.attempts,
                lease="",
            )
            .returning(due_rows)
        )
        return _row(result.mappings().one())

    def get(self, row_id: int) -> DueRow | None:
        row = self._db.execute(select(due_rows).where(_C.id == row_id)).mappings().first()
        return _row(row) if row else None

    def waiting(self, kind: DueKind, ref: str) -> list[DueRow]:
        query = select(due_rows).where(
            _C.kind == kind.value, _C.ref == ref, _C.state == DueState.WAITING.value
        )
        return [_row(row) for row in self._db.execute(query.order_by(_C.id)).mappings()]

    def waiting_under(self, kind: DueKind, part: str) -> list[DueRow]:
        query = select(due_rows).where(
            _C.kind == kind.value,
            _C.state == DueState.WAITING.value,
            _C.ref.contains(f":{part}:", autoescape=True),
        )
        return [_row(row) for row in self._db.execute(query.order_by(_C.id)).mappings()]

    def hasten(self, row: DueRow, *, at: datetime) -> None:
        self._db.execute(
            update(due_rows)
            .where(_C.id == row.id, _C.state == DueState.WAITING.value, _C.due_at > at)
            .values(due_at=at)
        )

    def waiting_for(self, case_no: str) -> list[DueRow]:
        """Every row that waits about a case, those of its calls to the shop included, in order of time."""
        calls = select(outbox.c.id).where(outbox.c.case_no == case_no)
        query = select(due_rows).where(
            or_(_C.ref == case_no, _C.ref.in_(calls)), _C.state == DueState.WAITING.value
        )
        return [_row(row) for row in self._db.execute(query.order_by(_C.due_at, _C.id)).mappings()]

    def cancel(self, ref: str, kinds: Sequence[DueKind]) -> None:
        self._db.execute(
            update(due_rows)
            .where(
                _C.ref == ref,
                _C.kind.in_([kind.value for kind in kinds]),
                _C.state == DueState.WAITING.value,
            )
            .values(state=DueState.CANCELLED.value)
        )

    def claim(
        self, *, until: datetime, lease: str, wall: datetime, lease_for: timedelta, jumper: bool = False
    ) -> DueRow | None:
        free = or_(_C.lease_until.is_(None), _C.lease_until < wall)
        jumping = exists(select(clock.c.id).where(clock.c.jumping_until > wall))
        first = (
            select(_C.id)
            .where(
                _C.state == DueState.WAITING.value, _C.due_at <= until, free, true() if jumper else ~jumping
            )
            .order_by(_C.due_at, _C.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row_id = self._db.execute(first).scalar()
        if row_id is None:
            return None
        taken = self._db.execute(
            update(due_rows)
            .where(_C.id == row_id, _C.state == DueState.WAITING.value, free)
            .values(lease=lease, lease_until=wall + lease_for)
            .returning(due_rows)
        )
        row = taken.mappings().first()
        return _row(row) if row else None

    def held(self, *, until: datetime, wall: datetime) -> bool:
        query = select(_C.id).where(
            _C.state == DueState.WAITING.value, _C.due_at <= until, _C.lease_until >= wall
        )
        return self._db.execute(query.limit(1)).first() is not None

    def finish(self, row: DueRow, *, failed: bool = False) -> bool:
        state = DueState.FAILED if failed else DueState.DONE
        return self._end(row, state=state.value, lease_until=None)

    def postpone(self, row: DueRow, *, due_at: datetime, attempts: int) -> bool:
        return self._end(row, due_at=due_at, attempts=attempts, lease="", lease_until=None)

    def delete_all(self) -> None:
        self._db.execute(delete(due_rows))

    def _end(self, row: DueRow, **values: Any) -> bool:
        mine = (_C.id == row.id) & (_C.lease == row.lease) & (_C.state == DueState.WAITING.value)
        return self._db.execute(update(due_rows).where(mine).values(**values)).rowcount == 1


def _row(row: RowMapping) -> DueRow:
    return DueRow(
        kind=DueKind(row["kind"]),
        ref=row["ref"],
        due_at=row["due_at"],
        payload=row["payload"],
        state=DueState(row["state"]),
        attempts=row["attempts"],
        id=row["id"],
        lease=row["lease"],
    )
