"""Time is passed in; only this module and the storage of the demo clock know where it comes from.

Invariants: ``now()`` is aware and in UTC. While due rows are worked through, :func:`at_instant` pins
``now()`` to the row's own instant for the running thread or task, so that a jump of 48 hours leaves the
same rows as many small steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_instant: ContextVar[datetime | None] = ContextVar("tuika_instant", default=None)


class Clock(Protocol):
    def now(self) -> datetime: ...


@contextmanager
def at_instant(moment: datetime) -> Iterator[None]:
    """Pin every clock of this context to ``moment``."""
    token = _instant.set(moment)
    try:
        yield
    finally:
        _instant.reset(token)


def pinned() -> datetime | None:
    """The pinned instant of this context, if any."""
    return _instant.get()


class SystemClock:
    """Real time, in UTC."""

    def now(self) -> datetime:
        return pinned() or datetime.now(UTC)


def real_time() -> datetime:
    """What leases follow, whatever the product's clock says."""
    return datetime.now(UTC)


class FixedClock:
    """A clock for tests: stands still until moved."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        return pinned() or self._moment

    def advance(self, step: timedelta) -> None:
        self._moment += step

    def set(self, moment: datetime) -> None:
        self._moment = moment


def shanghai(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI)
