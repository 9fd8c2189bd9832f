"""Every check and every layer of tests, in the order in which a failure is found soonest; one closing line.

Invariants: a layer whose folder is missing or holds no test has failed (nothing drops out in silence); all
layers run even when one fails, so that one run tells everything; the exit code is 0 only when all passed.
Layers that keep one processor busy run two at a time, and each prints what it found when it ends.
Name layers to run only those: ``scripts/test_all.py unit storage``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
REPORTS = ROOT / ".tools" / "reports"
ENGINE_PYTHON = ROOT / "engine" / ".venv" / "bin" / "python"
LANES = 2
SPEAKING = Lock()


@dataclass(frozen=True, slots=True)
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


@dataclass(frozen=True, slots=True)
class Layer:
    """One call of pytest: its folders, whose Python, and how many of its tests may run side by side."""

    name: str
    folders: tuple[str, ...]
    workers: int = 1
    """May be more than there are processors: tests wait for disks, clocks and pages."""
    engine: bool = False
    beside: bool = False
    """Keeps one processor busy and measures no time: may run beside another such layer."""
    tries: int = 1
    """Browser tests run beside pages that refresh themselves: those that fail are tried again, and named."""

    def command(self, report: Path, *, failed_only: bool = False) -> list[str]:
        python = ENGINE_PYTHON if self.engine else BIN / "python"
        side_by_side = ["-n", str(self.workers), "--dist", "worksteal"] if self.workers > 1 else []
        chosen = ["--last-failed", "--last-failed-no-failures=none"] if failed_only else []
        return [
            str(python),
            "-m",
            "pytest",
            "-q",
            f"--junitxml={report}",
            *side_by_side,
            *chosen,
            *self.folders,
        ]

    @property
    def cwd(self) -> Path:
        return ROOT / "engine" if self.engine else ROOT


FAST = ("unit", "contract", "storage", "actions", "architecture", "web")
LAYERS = (
    Layer("fast", tuple(f"tests/{name}" for name in FAST), workers=3),
    Layer("crash", ("tests/crash",), beside=True),  # the longest of its kind first
    Layer("conversations", ("tests/conversations",), beside=True),
    Layer("buyers", ("tests/buyers",), beside=True),
    Layer("attack", ("tests/attack",), beside=True),
    Layer("nlu", ("tests/nlu",), beside=True),
    Layer("nodes", ("tests/nodes",), beside=True),
    Layer("engine", ("tests",), engine=True, beside=True),
    Layer("e2e", ("tests/e2e",), workers=2, tries=3),
)
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("format", (f"{BIN}/ruff", "format", "--check", ".")),
    ("lint", (f"{BIN}/ruff", "check", ".")),
    ("types", (f"{BIN}/mypy",)),
    ("imports", (f"{BIN}/lint-imports", "--no-cache")),
    ("train", (f"{BIN}/tuika", "train")),
)


def main(names: list[str]) -> int:
    layers = _chosen(names)
    if layers is None:
        return 2
    total, broken = Counts(), []
    for name, command in STEPS if not names else ():
        if not _timed(name, lambda command=command: _run(list(command), ROOT) == 0):
            broken.append(name)
    for layer, counts in _all(layers):
        total += counts
        if counts.failed:
            broken.append(layer.name)
    if broken:
        print(f"\nnot passed: {', '.join(broken)}")
    failed = max(total.failed, len(broken))
    skipped = f", {total.skipped} skipped" if total.skipped else ""
    print(f"{total.passed} passed, {failed} failed{skipped}", flush=True)
    return 1 if failed else 0


def _chosen(names: list[str]) -> tuple[Layer, ...] | None:
    """The layers that were named; a part of the fast layer counts as a layer of its own."""
    if not names:
        return LAYERS
    known = {layer.name: layer for layer in LAYERS}
    known.update({name: Layer(name, (f"tests/{name}",)) for name in FAST})
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no such layer: {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return None
    return tuple(known[name] for name in names)


def _all(layers: tuple[Layer, ...]) -> list[tuple[Layer, Counts]]:
    """Each in turn, but those that may run beside others two at a time."""
    side_by_side = [layer for layer in layers if layer.beside]
    done: list[tuple[Layer, Counts]] = []
    for layer in layers:
        if not layer.beside or len(side_by_side) == 1:
            done.append((layer, _layer(layer)))
        elif layer is side_by_side[0]:
            print(f"\n== two at a time: {', '.join(each.name for each in side_by_side)}", flush=True)
            with ThreadPoolExecutor(LANES) as lanes:
                done += zip(side_by_side, lanes.map(partial(_layer, kept=True), side_by_side), strict=True)
    return done


def _layer(layer: Layer, *, kept: bool = False) -> Counts:
    """Runs it; ``kept``: what it says is shown when it has ended, so that two do not speak at once."""
    missing = [folder for folder in layer.folders if not any((layer.cwd / folder).rglob("test_*.py"))]
    if missing:
        print(f"\n== {layer.name}: no tests in {', '.join(missing)}", flush=True)
        return Counts(failed=len(missing))
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{layer.name}.xml"
    report.unlink(missing_ok=True)
    began = time.monotonic()
    print(f"== {layer.name}: begun" if kept else f"\n== {layer.name}", flush=True)
    with tempfile.TemporaryFile() as said:
        code = _run(layer.command(report), layer.cwd, said if kept else None)
        with SPEAKING:
            if kept:
                print(f"\n== {layer.name}", flush=True)
                said.seek(0)
                shutil.copyfileobj(said, sys.stdout.buffer)
            print(
                f"== {layer.name}: {'FAILED' if code else 'ok'} in {time.monotonic() - began:.0f} s",
                flush=True,
            )
    counts = _counted(report)
    for number in range(2, layer.tries + 1):
        if not counts.failed:
            break
        print(f"== {layer.name}: {counts.failed} failed, tried again ({number} of {layer.tries})", flush=True)
        report.unlink(missing_ok=True)
        code = _run(layer.command(report, failed_only=True), layer.cwd)
        again = _counted(report)
        if not again.passed + again.failed:
            break  # nothing ran: the first verdict stands
        counts = Counts(counts.passed + again.passed, again.failed, counts.skipped)
    if code != 0 and not counts.failed:
        return counts + Counts(failed=1)
    return counts


def _counted(report: Path) -> Counts:
    """What a JUnit report says; a report that was not written counts as nothing."""
    if not report.exists():
        return Counts()
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))

    def total(name: str) -> int:
        return sum(int(suite.get(name, 0)) for suite in suites)

    failed, skipped = total("failures") + total("errors"), total("skipped")
    return Counts(passed=total("tests") - failed - skipped, failed=failed, skipped=skipped)


def _timed(name: str, work: Callable[[], bool]) -> bool:
    print(f"\n== {name}", flush=True)
    began = time.monotonic()
    ok = work()
    print(f"== {name}: {'ok' if ok else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
    return ok


def _run(command: list[str], cwd: Path, said: IO[bytes] | None = None) -> int:
    """Its exit code; what it says goes to ``said``, else where ours goes."""
    try:
        return subprocess.run(command, cwd=cwd, check=False, stdout=said, stderr=said).returncode
    except OSError as error:
        print(f"cannot run {command[0]}: {error}", file=sys.stderr)
        return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
