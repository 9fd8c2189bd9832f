"""How the engine trains, starts and parses: seconds, megabytes, milliseconds.

Invariants: the training is a real one into a folder of its own, with nothing cached; the engine is started with the
command of the product on a free port of loopback and is gone afterwards; every wait is bounded.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from ear.parts import PYTHON, TOOLS, Failed
from tuika.settings import ROOT, load_settings
from tuika.supervisor.child import Child, ChildSpec
from tuika.supervisor.engine import HEALTH, answers, quiet_environment, serving_command, serving_environment
from tuika.supervisor.rasa_training import train_with_rasa

READY_LIMIT_S, STOP_LIMIT_S = 180.0, 15.0
ASKED = 300


def serving(messages: Path) -> dict[str, Any]:
    """Trains, starts, asks. Raises Failed."""
    with tempfile.TemporaryDirectory(prefix="tuika-nlu-") as folder:
        workshop = Path(folder)
        os.environ["RASA_CACHE_DIRECTORY"] = str(workshop / "cache")  # what was learnt before is no training
        began = time.monotonic()
        try:
            train_with_rasa(workshop, "measured", lambda text: print(f"  {text}", flush=True))
        finally:
            del os.environ["RASA_CACHE_DIRECTORY"]
        trained = time.monotonic() - began
        model = workshop / "measured.tar.gz"
        return {
            "train_s": round(trained, 1),
            "model_mb": round(model.stat().st_size / 1e6, 1),
            "parse": _parsing(model, messages),
            **_running(model, messages, workshop),
        }


def _parsing(model: Path, messages: Path) -> dict[str, Any]:
    done = subprocess.run(
        [str(PYTHON), str(TOOLS / "parsing.py"), str(model), str(messages)],
        cwd=ROOT,
        env=quiet_environment(os.environ),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode != 0:
        raise Failed(f"parsing.py: {done.stderr[-2000:]}")
    loaded: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return loaded


def _running(model: Path, messages: Path, workshop: Path) -> dict[str, Any]:
    """`rasa run` as the product runs it: seconds until it answers, memory after some hundred messages."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = load_settings(
        {
            "TUIKA_SETTINGS": str(_nothing(workshop)),  # not the tuika.yml that may lie in the project
            "TUIKA_DEMO": "1",
            "TUIKA_DATA": str(workshop),
            "TUIKA_ENGINE_URL": f"http://127.0.0.1:{port}",
        }
    )
    spec = ChildSpec(
        "rasa", serving_command(settings, model), serving_environment(settings, os.environ), ROOT
    )
    began = time.monotonic()
    child = Child(spec, lambda _name, _line: None)
    try:
        while not answers(f"http://127.0.0.1:{port}{HEALTH}"):
            if child.exit_code() is not None or time.monotonic() - began > READY_LIMIT_S:
                raise Failed("rasa run did not come up: " + " ".join(child.tail)[-1500:])
            time.sleep(0.05)  # it listens when it is ready: there is no event to wait for
        ready = time.monotonic() - began
        for line in messages.read_text("utf-8").splitlines()[:ASKED]:
            _ask(port, settings.engine_token, line.split("\t")[0])
        return {"ready_s": round(ready, 1), "resident_mb": _resident_mb(child.pid)}
    finally:
        _stop(child)


def _nothing(workshop: Path) -> Path:
    file = workshop / "settings.yml"
    file.write_text("", "utf-8")
    return file


def _stop(child: Child) -> None:
    child.signal(signal.SIGTERM)
    began = time.monotonic()
    while child.exit_code() is None:
        if time.monotonic() - began > STOP_LIMIT_S:
            child.signal(signal.SIGKILL)
        time.sleep(0.05)


def _ask(port: int, token: str, text: str) -> None:
    """One message in a conversation of its own. What the dialogue says without its action server is not asked here."""
    body = json.dumps({"sender": f"n-{time.monotonic_ns()}", "message": text}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/webhooks/tuika/webhook",
        data=body,
        headers={"X-Tuika-Engine-Token": token, "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            response.read()
    except OSError:
        pass  # an action that nobody answers is a 500: parsed all the same


def _resident_mb(pid: int) -> int:
    """Memory of the process and its children, in MB; 0 where there is no /proc."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            facts = dict(line.split(":", 1) for line in status.read_text("utf-8").splitlines() if ":" in line)
        except OSError:
            continue
        if int(facts["Pid"]) == pid or int(facts["PPid"]) == pid:
            total += int(facts.get("VmRSS", "0 kB").split()[0]) // 1024
    return total
