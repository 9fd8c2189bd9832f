"""Every check and every layer of tests, in the order in which a failure is found soonest; one closing line.

Invariants: a layer whose folder is missing or holds no test has failed (nothing drops out in silence); all
layers run even when one fails, so that one run tells everything; the exit code is 0 only when all passed.
Name layers to run only those: ``scripts/test_all.py unit storage``.
"""

from __future__ import annotations

import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
REPORTS = ROOT / ".tools" / "reports"
ENGINE_PYTHON = ROOT / "engine" / ".venv" / "bin" / "python"
WORKERS = "2"


@dataclass(frozen=True, slots=True)
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


@dataclass(frozen=True, slots=True)
class Layer:
    """One call of pytest: its folders, whose Python, and whether its tests may run side by side."""

    name: str
    folders: tuple[str, ...]
    parallel: bool = False
    engine: bool = False
    tries: int = 1
    """Browser tests run beside pages that refresh themselves: those that fail are tried again, and named."""

    def command(self, report: Path, *, failed_only: bool = False) -> list[str]:
        python = ENGINE_PYTHON if self.engine else BIN / "python"
        side_by_side = ["-n", WORKERS] if self.parallel else []
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
    Layer("fast", tuple(f"tests/{name}" for name in FAST), parallel=True),
    Layer("engine", ("tests",), engine=True),
    Layer("nlu", ("tests/nlu",)),
    Layer("attack", ("tests/attack",)),
    Layer("nodes", ("tests/nodes",)),
    Layer("crash", ("tests/crash",)),
    Layer("conversations", ("tests/conversations",)),
    Layer("buyers", ("tests/buyers",)),
    Layer("e2e", ("tests/e2e",), tries=3),
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
    for layer in layers:
        counts = _layer(layer)
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


def _layer(layer: Layer) -> Counts:
    missing = [folder for folder in layer.folders if not any((layer.cwd / folder).rglob("test_*.py"))]
    if missing:
        print(f"\n== {layer.name}: no tests in {', '.join(missing)}", flush=True)
        return Counts(failed=len(missing))
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{layer.name}.xml"
    report.unlink(missing_ok=True)
    code = 0

    def run() -> bool:
        nonlocal code
        code = _run(layer.command(report), layer.cwd)
        return code == 0

    _timed(layer.name, run)
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


def _run(command: list[str], cwd: Path) -> int:
    try:
        return subprocess.run(command, cwd=cwd, check=False).returncode
    except OSError as error:
        print(f"cannot run {command[0]}: {error}", file=sys.stderr)
        return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
