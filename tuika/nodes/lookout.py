"""The worker's own look for long work, once a round: what a lost message meant is found again.

Invariants: a round is never held up by the work itself; while the queue is away the work is done in a thread of this
process, one at a time of each kind.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from tuika.nodes.queue import Look, WorkQueue

log = structlog.get_logger(__name__)


class Lookout:
    def __init__(self, kind: str, queue: WorkQueue, *, is_waiting: Callable[[], bool], look: Look) -> None:
        """``is_waiting``: whether rows wait that nobody works."""
        self._kind = kind
        self._queue = queue
        self._is_waiting = is_waiting
        self._look = look
        self._working: threading.Thread | None = None

    def __call__(self) -> None:
        if not self._is_waiting() or self._queue.nudge(self._kind):
            return
        if self._working is None or not self._working.is_alive():
            self._working = threading.Thread(target=self._alone, name=f"look-{self._kind}", daemon=True)
            self._working.start()

    def _alone(self) -> None:
        try:
            self._look()
        except Exception:
            log.exception("queue.look_failed", kind=self._kind)
