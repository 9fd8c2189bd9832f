"""Keeps children running until told to stop.

Invariants: ``run`` returns or raises only when no child is left; before all were ready once, a child that
keeps dying or never gets ready ends the start with its last lines; afterwards a dead child is always
restarted; nothing here blocks for longer than a readiness check.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tuika.errors import TuikaError
from tuika.supervisor.child import Child, ChildSpec, Sink

TICK_S = 0.1
READY_EVERY_S = 0.3
TELL_EVERY_S = 20.0


class ChildFailed(TuikaError):
    """A child could not be brought up; the detail holds its last lines."""

    title = "A part of Tuika did not start"


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before a restart: doubling from ``first_s`` to ``most_s``."""

    first_s: float = 0.5
    most_s: float = 30.0
    steady_s: float = 60.0
    """A child that lived this long starts again from ``first_s``."""

    def delay(self, deaths: int) -> float:
        return float(min(self.most_s, self.first_s * 2 ** min(deaths - 1, 30)))


class _Keeper:
    """One spec and its present child; ``tick`` starts, watches and restarts it."""

    def __init__(self, spec: ChildSpec, backoff: Backoff, sink: Sink) -> None:
        self.spec = spec
        self.ready = False
        self.deaths = 0
        self.child: Child | None = None
        self.last_words: list[str] = []
        self._backoff = backoff
        self._sink = sink
        self._start_at = 0.0
        self._started = 0.0
        self._look_at = 0.0

    def tick(self, now: float) -> None:
        if self.child is None:
            if now >= self._start_at:
                self.child, self._started = Child(self.spec, self._sink), now
            return
        code = self.child.exit_code()
        if code is not None:
            self._bury(code, now)
        elif not self.ready and now >= self._look_at:
            self.ready = self.spec.ready()
            self._look_at = now + READY_EVERY_S

    def _bury(self, code: int, now: float) -> None:
        lived = now - self._started
        self.deaths = 1 if lived >= self._backoff.steady_s else self.deaths + 1
        delay = self._backoff.delay(self.deaths)
        self._start_at, self.ready = now + delay, False
        self._sink("tuika", f"{self.spec.name} {_ended(code)} after {lived:.0f} s; again in {delay:g} s")
        self.last_words = list(self.child.tail) if self.child else []
        self.child = None


class Supervisor:
    """Runs children until ``stop`` is set. Construct and run it in the main thread."""

    def __init__(
        self,
        specs: Sequence[ChildSpec],
        sink: Sink,
        *,
        backoff: Backoff = Backoff(),
        grace_s: float = 10.0,
        start_limit_s: float = 600.0,
        start_tries: int = 4,
    ) -> None:
        self._keepers = [_Keeper(spec, backoff, sink) for spec in specs]
        self._sink = sink
        self._grace_s = grace_s
        self._start_limit_s = start_limit_s
        self._start_tries = start_tries

    def run(self, stop: threading.Event, *, on_ready: Callable[[], None], hurry: threading.Event) -> None:
        """Start all, call ``on_ready`` once all are, restart what dies, stop all. Raises ChildFailed.

        ``hurry`` shortens the stop: what still runs is killed at once.
        """
        try:
            self._watch(stop, on_ready)
        finally:
            self._stop_all(hurry)

    def pids(self) -> dict[str, int]:
        return {k.spec.name: k.child.pid for k in self._keepers if k.child is not None}

    def _watch(self, stop: threading.Event, on_ready: Callable[[], None]) -> None:
        began, was_ready = time.monotonic(), False
        tell_at = began + TELL_EVERY_S
        while not stop.is_set():
            now = time.monotonic()
            for keeper in self._keepers:
                keeper.tick(now)
            if not was_ready:
                self._check_start(now - began)
                if now >= tell_at:
                    self._tell_waiting(now - began)
                    tell_at = now + TELL_EVERY_S
                if all(keeper.ready for keeper in self._keepers):
                    was_ready = True
                    on_ready()
            stop.wait(TICK_S)

    def _tell_waiting(self, elapsed: float) -> None:
        late = ", ".join(keeper.spec.name for keeper in self._keepers if not keeper.ready)
        self._sink("tuika", f"still waiting for {late} ({elapsed:.0f} s)")

    def _check_start(self, elapsed: float) -> None:
        for keeper in self._keepers:
            if keeper.deaths >= self._start_tries:
                raise ChildFailed(
                    _failure(f"{keeper.spec.name} ended {keeper.deaths} times in a row", keeper.last_words)
                )
            if not keeper.ready and elapsed > self._start_limit_s:
                words = list(keeper.child.tail) if keeper.child else keeper.last_words
                raise ChildFailed(
                    _failure(f"{keeper.spec.name} was not ready within {self._start_limit_s:.0f} s", words)
                )

    def _stop_all(self, hurry: threading.Event) -> None:
        """TERM to every group, KILL to what is left after the grace time."""
        children = [keeper.child for keeper in self._keepers if keeper.child is not None]
        for child in children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + self._grace_s
        while any(child.exit_code() is None for child in children):
            if time.monotonic() >= deadline or hurry.is_set():
                break
            time.sleep(0.05)
        for child in children:
            if child.exit_code() is None:
                self._sink("tuika", f"{child.spec.name} did not stop when asked; killed")
                child.signal(signal.SIGKILL)
        while any(child.exit_code() is None for child in children):
            time.sleep(0.02)


def _ended(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def _failure(what: str, words: list[str]) -> str:
    said = "\n".join(f"    {line}" for line in words[-12:]) or "    (it said nothing)"
    return f"{what}; everything was stopped again. Its last lines:\n{said}"
