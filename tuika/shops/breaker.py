"""A circuit breaker: a neighbour that keeps failing is left alone for a while.

Invariants: calls run side by side (the well-known library holds its lock while it calls, which would make one slow request
stop every other: hence this one); after ``failures`` failures in a row the circuit is open for ``rest_s``; then one call
tries, and its outcome closes or opens it again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class Breaker:
    """``ticks``: a monotonic clock in seconds."""

    def __init__(self, *, failures: int, rest_s: float, ticks: Callable[[], float]) -> None:
        self._most, self._rest_s, self._ticks = failures, rest_s, ticks
        self._lock = threading.Lock()
        self._failed = 0
        self._opened_at: float | None = None

    def admits(self) -> bool:
        """Whether a call may be tried now. While open, one caller a ``rest_s`` may."""
        with self._lock:
            if self._opened_at is None:
                return True
            now = self._ticks()
            if now - self._opened_at < self._rest_s:
                return False
            self._opened_at = now
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failed, self._opened_at = 0, None

    def failed(self) -> None:
        with self._lock:
            self._failed += 1
            if self._failed >= self._most:
                self._opened_at = self._ticks()
