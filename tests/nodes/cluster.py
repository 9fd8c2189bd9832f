"""Two hubs as processes on one PostgreSQL and one Redis, and a buyer who may speak to either.

Invariants: hubs are born by the crash suite's nursery, so that they start quickly and die for real; what they write to
their logs is shown when one of them does not come up.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from tests.crash.house import Nursery, free_ports
from tests.nodes.conftest import until
from tests.nodes.rasa import EchoRasa
from tuika.bootstrap import Services
from tuika.settings import load_settings
from tuika.storage.migrate import upgrade

Json = dict[str, Any]


@dataclass
class Cluster:
    """``more``: settings that all hubs get besides."""

    nursery: Nursery
    folder: Path
    rasa: EchoRasa
    more: dict[str, str]
    pids: dict[str, int] = field(default_factory=dict)
    bases: dict[str, str] = field(default_factory=dict)

    @cached_property
    def services(self) -> Services:
        """Our own look into the rows."""
        return Services(load_settings(self.environment(1, 2)))

    def environment(self, port: int, action_port: int) -> dict[str, str]:
        return {
            "TUIKA_DEMO": "true",
            "TUIKA_DATA": str(self.folder),
            "TUIKA_PORT": str(port),
            "TUIKA_ACTION_PORT": str(action_port),
            "TUIKA_ENGINE_URL": self.rasa.url,
            "TUIKA_LIMITS": '{"messages_per_minute": 10000, "sessions_per_minute": 10000}',
            **self.more,
        }

    def start(self, *names: str) -> None:
        """Hubs of these names, at new addresses; returns when they are up."""
        for name in names:
            port, action_port = free_ports(2)
            self._bear(name, "hub", self.environment(port, action_port))
            self.bases[name] = f"http://127.0.0.1:{port}"
        for name in names:
            until(lambda name=name: self._is_up(name))

    def start_worker(self, name: str) -> None:
        self._bear(name, "worker", self.environment(1, 2))

    def kill(self, name: str) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pids.pop(name), signal.SIGKILL)

    def end(self) -> None:
        for name in list(self.pids):
            self.kill(name)

    def buyer(self, hub: str) -> Buyer:
        """Somebody who opened his session at ``hub``."""
        opened = httpx.post(
            f"{self.bases[hub]}/api/v1/sessions", json={"platform": "generic"}, timeout=30, trust_env=False
        )
        assert opened.status_code == 201, opened.text
        return Buyer(self, opened.json())

    def _bear(self, name: str, role: str, env: dict[str, str]) -> None:
        log = str(self.folder / f"{name}.log")
        self.pids[name] = self.nursery.bear({"role": role, "env": env, "seed": 0, "rasa": True, "log": log})

    def _is_up(self, name: str) -> bool:
        try:
            return httpx.get(self.bases[name] + "/healthz", trust_env=False).status_code == 200
        except httpx.TransportError:
            log = self.folder / f"{name}.log"
            assert Path(f"/proc/{self.pids[name]}").exists(), log.read_text("utf-8")
            return False


class Buyer:
    def __init__(self, cluster: Cluster, opened: Json) -> None:
        self._cluster = cluster
        self.id = str(opened["conversation_id"])
        self.headers = {"Authorization": f"Bearer {opened['session_token']}"}

    def say(self, hub: str, text: str, client_id: str | None = None) -> httpx.Response:
        return httpx.post(
            self._path(hub, "messages"),
            json={"client_id": client_id or str(uuid.uuid4()), "text": text},
            headers=self.headers,
            timeout=60,
            trust_env=False,
        )

    def said(self, hub: str) -> list[Json]:
        answer = httpx.get(self._path(hub, "messages"), headers=self.headers, timeout=30, trust_env=False)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["messages"])

    @contextmanager
    def listening(self, hub: str, after: int = 0) -> Iterator[list[Json]]:
        """The stream of events at ``hub``: what came so far, growing while the block runs."""
        heard: list[Json] = []
        with ExitStack() as stack:
            client = stack.enter_context(httpx.Client(timeout=None, trust_env=False))
            answer = stack.enter_context(
                client.stream(
                    "GET", self._path(hub, "events"), headers={**self.headers, "Last-Event-ID": str(after)}
                )
            )
            assert answer.status_code == 200
            gone = threading.Event()
            stack.callback(gone.set)
            threading.Thread(target=_read, args=(answer, heard, gone), daemon=True).start()
            yield heard

    def _path(self, hub: str, tail: str) -> str:
        return f"{self._cluster.bases[hub]}/api/v1/conversations/{self.id}/{tail}"


def _read(answer: httpx.Response, heard: list[Json], gone: threading.Event) -> None:
    with suppress(httpx.HTTPError, httpx.StreamError):
        for line in answer.iter_lines():
            if gone.is_set():
                return
            if line.startswith("data: "):
                heard.append(json.loads(line.removeprefix("data: ")))


@contextmanager
def cluster(nursery: Nursery, folder: Path, database: str, **more: str) -> Iterator[Cluster]:
    upgrade(database)
    rasa = EchoRasa()
    made = Cluster(nursery, folder, rasa, {"TUIKA_DATABASE_URL": database, **more})
    made.services.desk.ensure_demo_users()
    try:
        yield made
    finally:
        made.end()
        rasa.close()
        made.services.database.engine.dispose()
