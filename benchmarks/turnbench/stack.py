"""What the driver needs of a stack, and what a stack is made of: children in groups of their own.

Invariants: leaving the context leaves no child behind; a stack that does not get ready ends the benchmark
with the last lines of the child that failed; what children print is kept in a log file.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from tuika.supervisor.child import Child, ChildSpec
from turnbench.errors import BenchmarkFailed
from turnbench.world import BuyerRow

START_LIMIT_S = 420.0  # half a minute on a machine that is left alone
STOP_LIMIT_S = 12.0


class Talk(Protocol):
    """One conversation of one buyer."""

    def say(self, words: str) -> str:
        """Everything that was answered, as one text."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a stack before it is measured."""

    start_s: float
    train_s: float | None
    model_mb: float


class Stack(Protocol):
    name: str

    @property
    def facts(self) -> Facts: ...
    def open(self, buyer: BuyerRow) -> Talk: ...
    def usage(self) -> Usage: ...


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor seconds spent so far by each part of a stack, memory held now by all (Linux; else zeros)."""

    cpu: Mapping[str, float]
    memory_mb: float


class Children:
    """Started in order, ready together, stopped together. Use it in the main thread (the leash is held there)."""

    def __init__(self, specs: Sequence[ChildSpec], log: Path) -> None:
        self._specs = specs
        self._log_path = log
        self._children: list[Child] = []
        self._cleanup = ExitStack()
        self.start_s = 0.0

    def __enter__(self) -> Self:
        self._log_path.parent.mkdir(parents=True, exist_ok=True)
        log = self._cleanup.enter_context(self._log_path.open("w", buffering=1, encoding="utf-8"))
        began = time.monotonic()
        try:
            for spec in self._specs:
                self._children.append(Child(spec, lambda name, line: print(f"{name} | {line}", file=log)))
            self._wait(began)
        except BaseException:
            self.stop()
            raise
        self.start_s = time.monotonic() - began
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def usage(self) -> Usage:
        return usage_of({child.pid: child.spec.name for child in self._children})

    def stop(self) -> None:
        """TERM to every group, KILL to what is left."""
        _signal(self._children, signal.SIGTERM)
        _wait_for_end(self._children, STOP_LIMIT_S)
        _signal(self._children, signal.SIGKILL)
        _wait_for_end(self._children, STOP_LIMIT_S)
        self._children = []
        self._cleanup.close()

    def _wait(self, began: float) -> None:
        waiting = list(self._children)
        while waiting:
            for child in self._children:
                if child.exit_code() is not None:
                    raise BenchmarkFailed(self._told(child, f"{child.spec.name} ended before it was ready"))
            if time.monotonic() - began > START_LIMIT_S:
                raise BenchmarkFailed(self._told(waiting[0], f"{waiting[0].spec.name} did not get ready"))
            waiting = [child for child in waiting if not child.spec.ready()]
            time.sleep(0.2)

    def _told(self, child: Child, what: str) -> str:
        said = "\n".join(f"    {line}" for line in list(child.tail)[-12:])
        return f"{what}. Its last lines (all of them in {self._log_path}):\n{said}"


def _signal(children: Sequence[Child], number: signal.Signals) -> None:
    for child in children:
        if child.exit_code() is None:
            child.signal(number)


def _wait_for_end(children: Sequence[Child], limit_s: float) -> None:
    deadline = time.monotonic() + limit_s
    while any(child.exit_code() is None for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)


def usage_of(groups: Mapping[int, str]) -> Usage:
    """Sums over /proc of every process whose process group is one of ``groups``."""
    ticks, pages = dict.fromkeys(groups.values(), 0), 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        name = groups.get(int(fields[2]))
        if name is not None:
            ticks[name] += sum(int(field) for field in fields[11:15])
            pages += int(fields[21])
    second = os.sysconf("SC_CLK_TCK")
    return Usage(
        {name: sum_ / second for name, sum_ in ticks.items()}, pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    )


def free_port() -> int:
    """A port that nothing on loopback listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def without_ours(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without settings of a Tuika that the caller may run."""
    return {name: value for name, value in environ.items() if not name.startswith("TUIKA_")}
