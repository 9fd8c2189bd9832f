"""Which processes of the product are alive: a row each, written again every ten seconds.

Invariants: a beat is one short write and never more often than ``EVERY``; a process that ends in good order takes its row
along; one that was killed is called dead as soon as its machine can see that its number is gone, elsewhere after
``SILENCE``. Times are the wall's: the demo's clock is not asked.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any

from tuika.ids import Ids

EVERY = 10.0
SILENCE = timedelta(seconds=40)
FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Process:
    """``kind``: ``hub`` or ``worker``."""

    id: str
    kind: str
    host: str
    pid: int
    version: str
    started_at: datetime
    seen_at: datetime

    def is_alive(self, now: datetime, *, host: str = "") -> bool:
        """``host``: the machine that asks (this one by default)."""
        if now - self.seen_at > SILENCE:
            return False
        return self.host != (host or socket.gethostname()) or _runs(self.pid)


def _runs(pid: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True


class Heart:
    """The beat of this process. ``units``: write transactions."""

    def __init__(
        self,
        kind: str,
        *,
        ids: Ids,
        units: Callable[[], AbstractContextManager[Any]],
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        now = wall()
        self.process = Process(
            ids.new("pr"), kind, socket.gethostname(), os.getpid(), version("tuika"), now, now
        )
        self._units = units
        self._wall = wall
        self._monotonic = monotonic
        self._next = monotonic()

    def beat(self) -> bool:
        """Write that this process is alive, if it is time to; whether it was."""
        if self._monotonic() < self._next:
            return False
        self._next = self._monotonic() + EVERY
        self.process = replace(self.process, seen_at=self._wall())
        with self._units() as uow:
            uow.processes.beat(self.process)
            uow.processes.forget(self.process.seen_at - FORGOTTEN)
        return True

    def stop(self) -> None:
        """Take the row along; a database that is away keeps nobody from ending."""
        with suppress(Exception), self._units() as uow:
            uow.processes.gone(self.process.id)
