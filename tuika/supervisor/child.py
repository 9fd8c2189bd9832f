"""One child process: started on a leash, read line by line, stopped with its whole group.

Invariants: a child and what it starts share one process group of their own, so that Ctrl-C in the terminal
reaches the supervisor alone; nothing of a group outlives the child that led it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tuika.supervisor.leash import leashed

TAIL_LINES = 25
Sink = Callable[[str, str], None]
"""Takes the child's name and one line that it printed; called from reader threads."""


def always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """What to run and how to tell that it is ready. ``ready`` must answer within about a second."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    ready: Callable[[], bool] = field(default=always)


class Child:
    """A running process of a :class:`ChildSpec`."""

    def __init__(self, spec: ChildSpec, sink: Sink) -> None:
        self.spec = spec
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._sink = sink
        self._process = subprocess.Popen(
            leashed(spec.command),
            env=dict(spec.env),
            cwd=spec.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        self._reader = threading.Thread(target=self._read, name=f"log-{spec.name}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_code(self) -> int | None:
        """None while it runs. What is left of a dead child's group is killed before its number is freed."""
        if self._process.returncode is None and self._has_ended():
            self.signal(signal.SIGKILL)
            self._process.wait()
            self._reader.join(timeout=1.0)
        return self._process.returncode

    def signal(self, number: signal.Signals) -> None:
        """To the whole group; a group that is gone already is fine."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def _has_ended(self) -> bool:
        # WNOWAIT leaves the process to be waited for, so that its number cannot be given to another meanwhile.
        ended = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return ended is not None

    def _read(self) -> None:
        assert self._process.stdout is not None
        stream: IO[bytes] = self._process.stdout
        with stream:
            for raw in stream:
                line = raw.decode("utf-8", "replace").rstrip()
                self.tail.append(line)
                self._sink(self.spec.name, line)
