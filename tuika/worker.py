"""The worker: once a second it works what is due, for as long as it is told to.

Invariants: any number of workers may run beside hubs that work rows too; a failing round is logged and the
next one comes; while the demo clock jumps, the runner itself leaves the rows to the jumper.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Event
from typing import Protocol

import structlog

from tuika.stages import Stages, unwatched

log = structlog.get_logger(__name__)


class Runner(Protocol):
    def run_due(self, until: datetime | None = None, *, limit: int = 200) -> int: ...


class Worker:
    """``chores`` are other things to be done each round (retries of turns, purges), after the due rows."""

    def __init__(
        self,
        runner: Runner,
        *,
        interval: float = 1.0,
        chores: tuple[Callable[[], object], ...] = (),
        stages: Stages = unwatched,
    ) -> None:
        self._runner = runner
        self._interval = interval
        self._chores = chores
        self._stages = stages

    def run_forever(self, stop: Event) -> None:
        """Returns soon after ``stop`` is set; a round that has begun is finished first."""
        while not stop.is_set():
            self.run_once()
            stop.wait(self._interval)

    def run_once(self) -> None:
        for chore in (self._runner.run_due, *self._chores):
            try:
                with self._stages(
                    "worker.round", getattr(chore, "__name__", type(chore).__name__).strip("_")
                ):
                    chore()
            except Exception:  # the next round must come whatever this one met
                log.exception("worker.round_failed")
