"""The product as an operator starts it on several nodes, and a way to find its parts.

Invariants: it is ``tuika up --nodes N``, nothing else; parts are found by their commands among the children of that
one process, so that nothing else on the machine can be hit.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from benchmarks.chaos.servers import free_port, until

ROOT = Path(__file__).resolve().parents[2]
_MARKS = {"hub": "tuika.cli serve", "worker": "tuika.cli worker", "rasa": "/rasa run"}
_OPEN = build_opener(ProxyHandler({}))


class Product:
    def __init__(self, folder: Path, *, nodes: int, database_url: str, redis_url: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._command = [sys.executable, "-m", "tuika.cli", "up", "--demo", "--nodes", str(nodes)]
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TUIKA_")},
            "TUIKA_DEMO": "true",
            "TUIKA_DATA": str(folder / "data"),
            "TUIKA_PORT": str(self.port),
            "TUIKA_ACTION_PORT": str(free_port()),
            "TUIKA_ENGINE_URL": f"http://127.0.0.1:{free_port()}",
            "TUIKA_DATABASE_URL": database_url,
            "TUIKA_REDIS_URL": redis_url,
            "TUIKA_LIMITS": json.dumps({"messages_per_minute": 1_000_000, "sessions_per_minute": 1_000_000}),
            "TUIKA_LOG_LEVEL": "warning",
            "PYTHONPATH": str(ROOT),
        }
        if "TUIKA_MODELS" in os.environ:
            self._environment["TUIKA_MODELS"] = os.environ["TUIKA_MODELS"]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = (self._folder / "product.log").open("ab")
        self._process = subprocess.Popen(
            self._command, env=self._environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        until(self._ready, "the product", limit=300)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def parts(self) -> dict[str, list[int]]:
        """Pids by part."""
        assert self._process is not None
        found: dict[str, list[int]] = {part: [] for part in _MARKS}
        for pid in _children(self._process.pid):
            command = _command_of(pid)
            for part, mark in _MARKS.items():
                if mark in command and "leash.py" not in command:
                    found[part].append(pid)
        return found

    def post(self, path: str, body: Any) -> Any:
        raw = json.dumps(body, ensure_ascii=False).encode()
        request = Request(self.url + path, raw, {"Content-Type": "application/json"}, method="POST")
        with _OPEN.open(request, timeout=120) as answer:
            return json.loads(answer.read() or b"null")

    def get(self, path: str) -> Any:
        with _OPEN.open(self.url + path, timeout=30) as answer:
            return json.loads(answer.read())

    def wait_until_quiet(self, limit: float) -> float:
        """Until no message is unanswered and no due row is late; how long that took."""
        began = time.monotonic()
        until(self._quiet, "quiet", limit)
        return time.monotonic() - began

    def environment(self) -> dict[str, str]:
        return dict(self._environment)

    def _quiet(self) -> bool:
        try:
            with _OPEN.open(self.url + "/metrics", timeout=10) as answer:
                text = answer.read().decode()
        except OSError:
            return False
        waiting = [
            line for line in text.splitlines() if line.startswith(("tuika_turns_open{", "tuika_due_overdue{"))
        ]
        return "tuika_standing_up 1.0" in text and not waiting

    def _ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(f"the product ended: see {self._folder / 'product.log'}")
        try:
            return bool(self.get("/readyz")["ok"])
        except (OSError, ValueError, KeyError):
            return False


def _children(pid: int) -> list[int]:
    """All below it."""
    found: list[int] = []
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                parent = int((each / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            if parent == pid:
                found += [int(each.name), *_children(int(each.name))]
    return found


def _command_of(pid: int) -> str:
    try:
        return (
            (Path("/proc") / str(pid) / "cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode("utf-8", "replace")
        )
    except OSError:
        return ""
