"""The demo clock: real time plus an offset that hub, worker and shop read from one row.

Invariants: ``now()`` is the pinned instant of this context, or real time plus the stored offset, read at
most every 100 ms per process; while a jump runs, a lock row keeps every other worker's hands off, and it
expires by itself should the jumper die. Demo mode only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from tuika.clock import pinned
from tuika.storage.database import Database
from tuika.storage.tables.conversations import clock

_FRESH_FOR = 0.1  # seconds
_LOCK_FOR = timedelta(seconds=60)
_ROW = 1
_MICROSECOND = timedelta(microseconds=1)


def real_time() -> datetime:
    return datetime.now(UTC)


class DemoClock:
    """A :class:`tuika.clock.Clock` and the :class:`tuika.refunds.ports.Jumps` gate."""

    def __init__(
        self,
        database: Database,
        *,
        real: Callable[[], datetime] = real_time,
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        self._database = database
        self._real = real
        self._ticks = ticks
        self._offset = timedelta(0)
        self._read_at: float | None = None

    def now(self) -> datetime:
        return pinned() or self._real() + self._current_offset()

    def set(self, moment: datetime) -> None:
        """Make it ``moment`` now. Works no rows: that is :meth:`DueRunner.advance_to`."""
        self._store(moment - self._real())

    def advance(self, step: timedelta) -> None:
        self._read_at = None
        self._store(self._current_offset() + step)

    def reset(self) -> None:
        """Back to real time; any jump is over."""
        self._store(timedelta(0), jumping_until=None)

    # -- the gate --

    def jumping(self) -> bool:
        with self._database.read() as connection:
            until = connection.execute(select(clock.c.jumping_until).where(clock.c.id == _ROW)).scalar()
        return until is not None and until > self._real()

    def begin_jump(self) -> bool:
        now = self._real()
        free = or_(clock.c.jumping_until.is_(None), clock.c.jumping_until <= now)
        with self._database.write() as connection:
            self._ensure(connection)
            taken = connection.execute(
                update(clock).where(clock.c.id == _ROW, free).values(jumping_until=now + _LOCK_FOR)
            )
            return taken.rowcount == 1

    def renew_jump(self) -> None:
        with self._database.write() as connection:
            connection.execute(
                update(clock).where(clock.c.id == _ROW).values(jumping_until=self._real() + _LOCK_FOR)
            )

    def end_jump(self, target: datetime | None) -> None:
        offset = self._current_offset() if target is None else target - self._real()
        self._store(offset, jumping_until=None)

    # -- the row --

    def _current_offset(self) -> timedelta:
        tick = self._ticks()
        if self._read_at is None or tick - self._read_at > _FRESH_FOR:
            with self._database.read() as connection:
                micros = connection.execute(select(clock.c.offset_us).where(clock.c.id == _ROW)).scalar()
            self._offset = (micros or 0) * _MICROSECOND
            self._read_at = tick
        return self._offset

    def _store(self, offset: timedelta, **values: object) -> None:
        with self._database.write() as connection:
            self._ensure(connection)
            connection.execute(
                update(clock).where(clock.c.id == _ROW).values(offset_us=offset // _MICROSECOND, **values)
            )
        self._offset, self._read_at = offset, self._ticks()

    def _ensure(self, connection: Connection) -> None:
        if connection.execute(select(clock.c.id).where(clock.c.id == _ROW)).first() is None:
            try:
                with connection.begin_nested():
                    connection.execute(insert(clock).values(id=_ROW, offset_us=0))
            except IntegrityError:
                pass  # another process made the row first
