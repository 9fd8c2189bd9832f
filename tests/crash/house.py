"""The processes of a run and where they keep their things.

Invariants: one nursery serves all runs of a harness; a run begins with empty stores and ends with no process of its own
left; a process that is killed is dead before another takes its place.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any

from sqlalchemy import delete

from tests.crash.stack import CrashServices
from tests.databases import postgres_schema
from tuika.settings import ROOT, Settings, load_settings
from tuika.storage.migrate import upgrade
from tuika.storage.tables import metadata
from tuika.supervisor.engine import serving_command, serving_environment

Json = dict[str, Any]


def free_ports(count: int) -> list[int]:
    """Below the range from which connections take theirs: a port must stay free while its process is dead."""
    found: list[int] = []
    while len(found) < count:
        port = random.randint(20_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found.append(port)
    return found


class Nursery:
    """The forking helper, as a child of ours."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert self._process.stdout and self._process.stdout.readline() == "ready\n"

    def bear(self, order: Json) -> int:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(10)


class House:
    """``database``: sqlite or postgresql; ``model``: Rasa's, for runs with Rasa."""

    def __init__(self, nursery: Nursery, folder: Path, database: str, url: str, model: Path | None) -> None:
        self._nursery = nursery
        self.folder = folder
        self.database = database
        self._model = model
        port, engine, action = free_ports(3)
        self.env = {
            "TUIKA_DEMO": "true",
            "TUIKA_DATA": str(folder),
            "TUIKA_DATABASE_URL": url,
            "TUIKA_PORT": str(port),
            "TUIKA_ENGINE_URL": f"http://127.0.0.1:{engine}",
            "TUIKA_ACTION_PORT": str(action),
            "TUIKA_LIMITS": '{"messages_per_minute": 1000, "sessions_per_minute": 100000}',
        }
        self.settings: Settings = load_settings(self.env)
        self.pids: dict[str, int] = {}
        self._hands = RLock()  # one at a time kills and starts
        self._rasa: subprocess.Popen[bytes] | None = None
        self.seed = 0
        self.with_rasa = False

    @cached_property
    def services(self) -> CrashServices:
        """Our own look into the stores, with a shop that behaves."""
        return CrashServices(self.settings, None)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    def prepare(self) -> None:
        upgrade(self.settings.url)
        self.services.desk.ensure_demo_users()

    def wipe(self) -> None:
        """Everything empty but the desk's accounts."""
        with self.services.uow() as uow:
            for table in reversed(metadata.sorted_tables):
                if table.name not in ("desk_users",):
                    uow.connection.execute(delete(table))
        self.services.demo_shop.clear()
        self.services.demo_clock.reset()
        shutil.rmtree(self.folder / "logs", ignore_errors=True)
        (self.folder / "logs").mkdir()

    # -- life and death --

    def start(self, role: str) -> None:
        with self._hands:
            if role == "rasa":
                self._start_rasa()
                return
            log = str(self._log(role))
            order = {"role": role, "env": self.env, "seed": self.seed, "rasa": self.with_rasa, "log": log}
            self.pids[role] = self._nursery.bear(order)

    def kill(self, role: str) -> None:
        """SIGKILL, and gone."""
        with self._hands:
            self._kill(role)

    def again(self, role: str) -> None:
        """Dead by our hand, and alive again."""
        with self._hands:
            self._kill(role)
            self.start(role)

    def revive(self) -> dict[str, str]:
        """What ended without our doing is started again, as the supervisor would; its last words by role."""
        with self._hands:
            words = {role: self._last_words(role) for role in self.died()}
            for role in words:
                del self.pids[role]
                self.start(role)
        return words

    def _log(self, role: str) -> Path:
        return self.folder / "logs" / f"{role}.log"

    def _last_words(self, role: str) -> str:
        lines = self._log(role).read_text("utf-8", "replace").strip().splitlines()
        return " / ".join(lines[-3:])[-600:]

    def _kill(self, role: str) -> None:
        pid = self.pids.pop(role)
        with suppress(ProcessLookupError):
            (os.killpg if role == "rasa" else os.kill)(pid, signal.SIGKILL)
        if role == "rasa" and self._rasa is not None:
            self._rasa.wait(10)
            return
        deadline = time.monotonic() + 10
        while _alive(pid):
            assert time.monotonic() < deadline, f"{role} {pid} does not die"
            time.sleep(0.002)

    def end(self) -> None:
        for role in list(self.pids):
            self.kill(role)

    def died(self) -> list[str]:
        """Roles that ended without our doing."""
        return [role for role, pid in self.pids.items() if not _alive(pid)]

    def _start_rasa(self) -> None:
        assert self._model is not None, "a run with Rasa needs a model"
        log = (self.folder / "logs" / "rasa.log").open("ab")
        self._rasa = subprocess.Popen(
            serving_command(self.settings, self._model),
            env=serving_environment(self.settings, {**os.environ, **self.env}),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()
        self.pids["rasa"] = self._rasa.pid


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@contextmanager
def house(nursery: Nursery, folder: Path, database: str, model: Path | None = None) -> Iterator[House]:
    """Stores and processes over one database, used run after run."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        url = f"sqlite:///{folder / 'tuika.db'}"
        if database == "postgresql":
            url = stack.enter_context(postgres_schema())
        made = House(nursery, folder, database, url, model)
        made.prepare()
        stack.callback(made.services.database.engine.dispose)
        stack.callback(made.end)
        yield made
