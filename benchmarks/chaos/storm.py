"""What goes wrong, and when: one part dies every ``every`` seconds; Redis, PostgreSQL and a slow Rasa have their minute.

Invariants: a part is killed with SIGKILL, never asked; who restarts it is the product's own supervisor. The two
servers are restarted by the storm, since no part of ours looks after them.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from benchmarks.chaos.servers import Postgres, Redis

PARTS = ("hub", "rasa", "worker")
AWAY_S = 3.0
SLOW_S = 5.0


@dataclass
class Storm:
    """``parts()``: pids by part, of those that run now."""

    parts: Callable[[], dict[str, list[int]]]
    postgres: Postgres
    redis: Redis
    every: float
    dice: random.Random
    tell: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep
    done: dict[str, int] = field(default_factory=dict)

    def run(self, seconds: float) -> None:
        began = time.monotonic()
        special = {0.25: self._redis, 0.5: self._postgres, 0.75: self._slow_rasa}
        while (passed := time.monotonic() - began) < seconds:
            due = [share for share in special if passed >= share * seconds]
            if due:
                special.pop(due[0])()
            else:
                self._kill()
            self.sleep(min(self.every, max(0.0, seconds - (time.monotonic() - began))))

    def _kill(self) -> None:
        running = {part: pids for part, pids in self.parts().items() if pids}
        if not running:
            return
        part = self.dice.choice(sorted(running))
        pid = self.dice.choice(running[part])
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self._note(f"{part} killed")

    def _redis(self) -> None:
        self.redis.stop()
        self.sleep(AWAY_S)
        self.redis.start()
        self._note("Redis restarted")

    def _postgres(self) -> None:
        self.postgres.stop()
        self.sleep(AWAY_S)
        self.postgres.start()
        self._note("PostgreSQL restarted")

    def _slow_rasa(self) -> None:
        """Every Rasa stands still for five seconds, as one does that waits for a disk."""
        pids = self.parts().get("rasa", [])
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        self.sleep(SLOW_S)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self._note("Rasa slowed by 5 s")

    def _note(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1
        self.tell(what)
