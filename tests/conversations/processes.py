"""Rasa and the hub, started once for the whole session and stopped with it.

Invariants: everything they write lies in a folder that the session throws away; they listen on free loopback
ports; a process that ends or is not ready in time fails the session with the last lines it printed.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import httpx

from tuika.settings import ROOT, load_settings
from tuika.supervisor.engine import HEALTH, serving_command, serving_environment
from tuika.supervisor.rasa_training import train_with_rasa
from tuika.training import ensure_model

READY_S = 120.0
HUB = Path(__file__).with_name("serve_hub.py")


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Rasa and a hub over an empty database in ``folder``; gives the hub's address."""
    environ = {**os.environ, **_environment(folder)}
    settings = load_settings(environ)
    model = _model()
    base = f"http://{settings.host}:{settings.port}"
    with (
        _process(
            "rasa", serving_command(settings, model), serving_environment(settings, environ), folder
        ) as rasa,
        _process("hub", (sys.executable, str(HUB)), environ, folder) as hub,
    ):
        _await(settings.engine_url + HEALTH, rasa, hub)
        _await(base + "/readyz", rasa, hub)
        yield base


def _model() -> Path:
    """The model of the present data; ``TUIKA_TEST_MODEL`` names another one, for a quick look."""
    named = os.environ.get("TUIKA_TEST_MODEL")
    if named:
        return Path(named).resolve()
    return ensure_model(os.environ, lambda line: print(line, file=sys.stderr, flush=True), train_with_rasa)


def _environment(folder: Path) -> dict[str, str]:
    port, engine, action = _free_ports(3)
    return {
        "TUIKA_DEMO": "true",
        "TUIKA_DATA": str(folder / "var"),
        "TUIKA_HOST": "127.0.0.1",
        "TUIKA_PORT": str(port),
        "TUIKA_ENGINE_URL": f"http://127.0.0.1:{engine}",
        "TUIKA_ACTION_PORT": str(action),
        "TUIKA_LIMITS": '{"messages_per_minute": 1000, "sessions_per_minute": 100000}',
        "TUIKA_LOG_LEVEL": "warning",
        "PYTHONPATH": str(ROOT),
    }


def _free_ports(count: int) -> list[int]:
    with _sockets(count) as bound:
        return [each.getsockname()[1] for each in bound]


@contextmanager
def _sockets(count: int) -> Iterator[list[socket.socket]]:
    bound = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        yield bound
    finally:
        for each in bound:
            each.close()


class _Child:
    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name, self.process, self.log = name, process, log

    def require_alive(self) -> None:
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self.process.returncode}\n{self.tail()}")

    def tail(self) -> str:
        lines = self.log.read_text("utf-8", "replace").splitlines()
        return "\n".join(f"  {self.name} | {line}" for line in lines[-40:])


@contextmanager
def _process(name: str, command: tuple[str, ...], env: Mapping[str, str], folder: Path) -> Iterator[_Child]:
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        child = _Child(name, _start(command, env, output), log)
        try:
            yield child
        finally:
            _stop(child.process)


def _start(command: tuple[str, ...], env: Mapping[str, str], output: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, env=dict(env), cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    for sign, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return


def _await(url: str, *children: _Child) -> None:
    """Until ``url`` answers 200."""
    deadline = time.monotonic() + READY_S
    pause = threading.Event()
    said = ""
    while time.monotonic() < deadline:
        for child in children:
            child.require_alive()
        try:
            answer = httpx.get(url, timeout=5, trust_env=False)
            said = f"{answer.status_code} {answer.text[:300]}"
            if answer.status_code == 200:
                return
        except httpx.HTTPError as error:
            said = repr(error)
        pause.wait(0.1)
    tails = "\n".join(child.tail() for child in children)
    raise RuntimeError(f"{url} was not ready in {READY_S:.0f} s: {said}\n{tails}")


__all__ = ["running"]
