"""A chore that a worker's round calls every second and that works once an hour."""

from __future__ import annotations

import time
from collections.abc import Callable


class Hourly:
    def __init__(
        self,
        work: Callable[[], int],
        *,
        every: float = 3600.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``work`` says how much it did; as long as there is something, the next round goes on.

        ``now``: seconds of the clock that the work goes by, so that a jump of it is followed; set back, it begins anew.
        """
        self._work = work
        self._every = every
        self._now = now
        self._next = now()

    def __call__(self) -> None:
        if self._next - self._every <= self._now() < self._next:
            return
        self._next = self._now() + self._every
        if self._work():
            self._next = self._now()
