"""Tuika as `tuika up` runs it: Rasa, the hub in demo mode and the worker, on a data folder of their own.

Invariants: nothing of a Tuika that runs on this machine is touched (own ports, own folder, own secrets); the
only setting that differs from the demo's is how many messages a buyer may send in a minute.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tuika.settings import Settings, load_settings
from tuika.storage.migrate import upgrade
from tuika.supervisor.product import children
from tuika.supervisor.rasa_training import train_with_rasa
from tuika.training import ensure_model
from turnbench.stack import Children, Facts, Usage, free_port, without_ours
from turnbench.wire import Wire
from turnbench.world import BuyerRow, buyers, fixture

NO_LIMIT = {"messages_per_minute": 1_000_000, "sessions_per_minute": 1_000_000}


class TuikaTalk:
    """A conversation through the buyers' API."""

    def __init__(self, port: int, user_token: str) -> None:
        self._wire = Wire(port)
        session = self._wire.post("/api/v1/sessions", {"platform": "generic", "user_token": user_token})
        self._path = f"/api/v1/conversations/{session['conversation_id']}/messages"
        self._headers = {"Authorization": f"Bearer {session['session_token']}"}

    def say(self, words: str) -> str:
        answer = self._wire.post(self._path, {"client_id": str(uuid.uuid4()), "text": words}, self._headers)
        return "\n".join(_text_of(message) for message in answer["messages"])

    def close(self) -> None:
        self._wire.close()


def _text_of(message: dict[str, Any]) -> str:
    card = message.get("card")
    return str(message["text"]) + (json.dumps(card, ensure_ascii=False) if card else "")


class TuikaStack:
    name = "Tuika"

    def __init__(self, port: int, running: Children, facts: Facts) -> None:
        self.facts = facts
        self._port = port
        self._running = running
        self._tokens = _prepare(port)

    def open(self, buyer: BuyerRow) -> TuikaTalk:
        return TuikaTalk(self._port, self._tokens[buyer.id])

    def usage(self) -> Usage:
        return self._running.usage()


def _prepare(port: int) -> dict[str, str]:
    """Load the world through the demo's door; a signed token for each buyer."""
    wire = Wire(port)
    try:
        wire.send("POST", "/api/v1/demo/orders", fixture().encode(), {"Content-Type": "application/yaml"})
        return {b.id: wire.get(f"/api/v1/demo/token?buyer={b.id}")["token"] for b in buyers()}
    finally:
        wire.close()


@contextmanager
def tuika_stack(*, folder: Path, log: Path, tell: Callable[[str], None]) -> Iterator[TuikaStack]:
    """Runs while the context is open. Raises TrainingFailed, BenchmarkFailed."""
    model = ensure_model(os.environ, tell, train_with_rasa)
    environ = environment(folder)
    settings = load_settings(environ)
    upgrade(settings.url)
    with Children(_specs(settings, model, environ), log) as running:
        facts = Facts(start_s=running.start_s, train_s=None, model_mb=model.stat().st_size / 1e6)
        yield TuikaStack(settings.port, running, facts)


def _specs(settings: Settings, model: Path, environ: dict[str, str]) -> list[Any]:
    return list(children(settings, model, environ))


def environment(folder: Path) -> dict[str, str]:
    folder.mkdir(parents=True)
    no_file = folder / "settings.yml"
    no_file.write_text("", "utf-8")
    return {
        **without_ours(os.environ),
        "TUIKA_SETTINGS": str(no_file),  # not the tuika.yml that may lie in the project
        "TUIKA_DEMO": "1",
        "TUIKA_DATA": str(folder),
        "TUIKA_PORT": str(free_port()),
        "TUIKA_ACTION_PORT": str(free_port()),
        "TUIKA_ENGINE_URL": f"http://127.0.0.1:{free_port()}",
        "TUIKA_LIMITS": json.dumps(NO_LIMIT),
    }
