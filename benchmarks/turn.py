"""How long a full turn takes and how many fit into a second: Tuika beside a stock Rasa, on this machine.

Run it with the project's own environment, on a machine that has nothing else to do:

    .venv/bin/python benchmarks/turn.py            # about five minutes, and once several more for stock models
    .venv/bin/python benchmarks/turn.py --quick    # a smoke test, under two minutes; not for quoting

Invariants: the two stacks are never up at once; every phase is bounded; whatever happens, Ctrl-C included,
no child is left; only loopback is used. benchmarks/README.md says how to read the table.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from turnbench import machine
from turnbench.driver import Load, long_conversation, one_by_one, rehearse, together
from turnbench.errors import BenchmarkFailed
from turnbench.report import Measured, document, parts, rows, table
from turnbench.stack import Stack
from turnbench.stock_project import FULL, QUICK, Effort
from turnbench.stock_stack import stock_stack
from turnbench.tuika_stack import tuika_stack

from tuika.errors import TuikaError
from tuika.settings import ROOT

STORE = ROOT / "var" / "bench"
MOST_WRONG = 0.01


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    conversations: int
    long_turns: int
    concurrent: tuple[int, ...]
    seconds: float
    stock: Effort


FULL_PLAN = Plan(conversations=50, long_turns=100, concurrent=(8, 16), seconds=20.0, stock=FULL)
QUICK_PLAN = Plan(conversations=4, long_turns=20, concurrent=(8, 16), seconds=3.0, stock=QUICK)


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with _alone():
            return _benchmark(options)
    except TuikaError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; nothing is running", file=sys.stderr)
        return 130


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/turn.py",
        description="Measure a full turn (message → hub → Rasa → action → reply) and turns per second, for Tuika "
        "and for a stock Rasa, one after the other on this machine. Leave the machine alone meanwhile.",
    )
    parser.add_argument("--quick", action="store_true", help="a smoke test: small models, few turns")
    parser.add_argument("--only", choices=("tuika", "stock"), help="one side alone, without ratios")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything to FILE")
    return parser.parse_args(arguments)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _alone() -> Iterator[None]:
    """Two benchmarks at once would measure each other."""
    STORE.mkdir(parents=True, exist_ok=True)
    with (STORE / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BenchmarkFailed("another benchmark is running; wait for it to end") from None
        yield


def _benchmark(options: argparse.Namespace) -> int:
    plan = QUICK_PLAN if options.quick else FULL_PLAN
    began = time.monotonic()
    about = machine.describe()
    _warn_if_busy(about["load_before"], about["cores"])
    folder = Path(tempfile.mkdtemp(prefix="tuika-bench-"))
    try:
        tuika = None if options.only == "stock" else _side(_tuika(folder), plan)
        stock = None if options.only == "tuika" else _side(_stock(folder, plan), plan)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    wanted = rows(tuika, stock)
    measured = [each for each in (tuika, stock) if each is not None]
    print("\n" + "\n".join([*machine.lines(about), "", *table(wanted), "", *parts(measured)]))
    print(f"\n{_closing(measured, options.quick)} Took {time.monotonic() - began:.0f} s.")
    if options.json is not None:
        taken = {"taken_at": datetime.now(UTC).isoformat(timespec="seconds"), "quick": options.quick}
        whole = document(machine=about, plan=taken | asdict(plan), measured=measured, wanted=wanted)
        options.json.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 1 if any(_too_wrong(each) for each in measured) else 0


def _tuika(folder: Path) -> AbstractContextManager[Stack]:
    return tuika_stack(folder=folder / "tuika", log=STORE / "logs" / "tuika.log", tell=_tell)


def _stock(folder: Path, plan: Plan) -> AbstractContextManager[Stack]:
    return stock_stack(
        store=STORE / "stock",
        folder=folder / "stock",
        log=STORE / "logs" / "stock.log",
        effort=plan.stock,
        tell=_tell,
    )


def _side(stack_of: AbstractContextManager[Stack], plan: Plan) -> Measured:
    """Bring one stack up, measure it, take it down."""
    with stack_of as stack:
        _tell(f"{stack.name} is up after {stack.facts.start_s:.0f} s")
        rehearse(stack)
        _tell(f"{stack.name}: one buyer after the other")
        alone = one_by_one(stack, plan.conversations)
        late = long_conversation(stack, plan.long_turns)
        loads = tuple(_load(stack, concurrent, plan.seconds) for concurrent in plan.concurrent)
        memory = stack.usage().memory_mb
        return Measured(stack.name, stack.facts, alone, late, plan.long_turns, loads, memory)


def _load(stack: Stack, concurrent: int, seconds: float) -> Load:
    _tell(f"{stack.name}: {concurrent} buyers at once for {seconds:.0f} s")
    return together(stack, concurrent, seconds)


def _warn_if_busy(load: float, cores: int) -> None:
    if load > 0.3 * cores:
        _tell(f"this machine is busy (load {load} on {cores} cores): the numbers will be worse than they are")


def _closing(measured: list[Measured], quick: bool) -> str:
    said = [f"{m.name}: {m.turns} turns counted, {len(m.wrong)} wrong or failed." for m in measured]
    said += [f"First of {m.name}'s: {m.wrong[0]}" for m in measured if m.wrong]
    if any(_too_wrong(m) for m in measured):
        said.append("Too many wrong turns: these numbers mean nothing.")
    if quick:
        said.append("A quick run, not for quoting.")
    return " ".join(said)


def _too_wrong(measured: Measured) -> bool:
    return len(measured.wrong) > MOST_WRONG * max(1, measured.turns)


def _tell(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True, file=sys.stderr)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
