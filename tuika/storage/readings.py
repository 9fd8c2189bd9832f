"""What was read in evidence, in SQL. Nothing here commits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, or_, select, update

from tuika.evidence.readings import Reading, ReadingState
from tuika.storage.tables.evidence import evidence_readings

_C = evidence_readings.c


class SqlReadingRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, reading: Reading) -> None:
        self._db.execute(
            insert(evidence_readings).values(evidence_id=reading.evidence_id, **_values(reading))
        )

    def get(self, evidence_id: str) -> Reading | None:
        query = select(evidence_readings).where(_C.evidence_id == evidence_id)
        row = self._db.execute(query).mappings().first()
        return _reading(row) if row else None

    def save(self, reading: Reading) -> None:
        changed = update(evidence_readings).where(_C.evidence_id == reading.evidence_id)
        self._db.execute(changed.values(lease_until=None, **_values(reading)))

    def opens(self, evidence_id: str, turn_number: int) -> bool:
        """Mark a reading as the one that opens the conversation; one that is done already is done again, to be told.

        False where the picture is not read at all, or was given up.
        """
        read = (_C.evidence_id == evidence_id) & (_C.state != ReadingState.FAILED.value)
        again = {"opens": turn_number, "state": ReadingState.WAITING.value}
        return self._db.execute(update(evidence_readings).where(read).values(**again)).rowcount == 1

    def is_waiting(self, *, until: datetime, wall: datetime) -> bool:
        due = (_C.state == ReadingState.WAITING.value) & (_C.due_at <= until)
        return self._db.execute(select(_C.evidence_id).where(due, _free(wall)).limit(1)).first() is not None

    def claim(self, *, until: datetime, wall: datetime, lease_for: timedelta) -> Reading | None:
        free = _free(wall)
        first = (
            select(_C.evidence_id)
            .where(_C.state == ReadingState.WAITING.value, _C.due_at <= until, free)
            .order_by(_C.due_at, _C.evidence_id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        evidence_id = self._db.execute(first).scalar()
        if evidence_id is None:
            return None
        taken = self._db.execute(
            update(evidence_readings)
            .where(_C.evidence_id == evidence_id, _C.state == ReadingState.WAITING.value, free)
            .values(lease_until=wall + lease_for)
            .returning(evidence_readings)
        )
        row = taken.mappings().first()
        return _reading(row) if row else None


def _free(wall: datetime) -> Any:
    return or_(_C.lease_until.is_(None), _C.lease_until < wall)


def _values(reading: Reading) -> dict[str, Any]:
    return {
        "state": reading.state.value,
        "opens": reading.opens,
        "attempts": reading.attempts,
        "due_at": reading.due_at,
        "read_at": reading.read_at,
        "text": reading.text,
        "found": dict(reading.found),
        "secrets": dict(reading.secrets),
        "covered_sha256": reading.covered_sha256,
    }


def _reading(row: RowMapping) -> Reading:
    return Reading(
        evidence_id=row["evidence_id"],
        state=ReadingState(row["state"]),
        due_at=row["due_at"],
        opens=row["opens"],
        attempts=row["attempts"],
        read_at=row["read_at"],
        text=row["text"],
        found=row["found"],
        secrets=row["secrets"],
        covered_sha256=row["covered_sha256"],
    )
