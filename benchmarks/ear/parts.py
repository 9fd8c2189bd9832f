"""The parts of the measurement, each kept as a file, so that one can be measured anew without the others.

Invariants: a part is whole or absent (written by rename) and says which commit and when it was measured; the engine's own
tools do the measuring, in the engine's environment.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tuika.intake.certainty import FALLBACK
from tuika.settings import ROOT
from tuika.supervisor.engine import quiet_environment

STORE = ROOT / "var" / "bench" / "nlu"
PYTHON = ROOT / "engine" / ".venv" / "bin" / "python"
TOOLS = ROOT / "engine" / "tools"
DEV = ROOT / "tests" / "nlu" / "dev.tsv"
STRANGERS = ROOT / "tests" / "nlu" / "strangers.tsv"

LIMITS = ("--threshold", str(FALLBACK))


class Failed(Exception):
    """A tool ended with an error; the message is what it said last."""


def tool(name: str, *arguments: str | Path, threads: int | None = None) -> None:
    """Run one of the engine's tools; what it tells on the way goes to standard error."""
    environ = quiet_environment(os.environ)
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        environ.pop(variable, None)
        if threads is not None:
            environ[variable] = str(threads)
    if os.environ.get("PYTHONPATH"):
        environ["PYTHONPATH"] = os.environ["PYTHONPATH"]
    command = [str(PYTHON), str(TOOLS / name), *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=environ, check=False)
    if done.returncode != 0:
        raise Failed(f"{name} ended with code {done.returncode}; what it said is above")


def understanding(blind: Sequence[Path], folds: int) -> dict[str, Any]:
    """Random folds, voices left out, and the sets that are never trained on."""
    return _json(
        lambda out: tool(
            "evaluate.py", "data", *_checks([DEV, *blind]), *LIMITS, "--folds", str(folds), "--json", out
        )
    )


def sets_alone(blind: Sequence[Path]) -> dict[str, Any]:
    """Only the sets that are never trained on: one fit."""
    return _json(
        lambda out: tool("evaluate.py", "data", *_checks([DEV, *blind]), *LIMITS, "--quick", "--json", out)
    )


def outside(folder: Path) -> dict[str, Any]:
    found = _json(lambda out: tool("evaluate.py", "--smp", folder, "--json", out))
    smp: dict[str, Any] = found["smp"]
    return smp


def comparison(blind: Sequence[Path], smp: Path | None, step: int) -> dict[str, Any]:
    more = ["--smp", str(smp)] if smp else []
    return _json(
        lambda out: tool("compare.py", "data", *_checks(blind), *more, "--step", str(step), "--json", out)
    )


def _checks(paths: Sequence[Path]) -> list[str]:
    return [word for path in paths for word in ("--check", str(path))]


def _json(run: Callable[[Path], None]) -> dict[str, Any]:
    STORE.mkdir(parents=True, exist_ok=True)
    out = STORE / f".{os.getpid()}.json"
    try:
        run(out)
        loaded: dict[str, Any] = json.loads(out.read_text("utf-8"))
    finally:
        out.unlink(missing_ok=True)
    return loaded


def keep(name: str, found: dict[str, Any]) -> None:
    """Keep a part with the commit and the time it belongs to."""
    STORE.mkdir(parents=True, exist_ok=True)
    document = {"commit": commit(), "at": datetime.now(UTC).isoformat(timespec="minutes"), **found}
    made = STORE / f"{name}.json.new"
    made.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    made.replace(STORE / f"{name}.json")


def kept(name: str) -> dict[str, Any] | None:
    try:
        loaded: dict[str, Any] = json.loads((STORE / f"{name}.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    return loaded


def commit() -> str:
    """With a plus sign where the working tree differs from it."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty=+"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return said.stdout.strip() or "unknown"
