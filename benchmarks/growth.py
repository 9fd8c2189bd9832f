"""Does a turn take longer in a long conversation, among many conversations, in a shop of many orders?

    .venv/bin/python benchmarks/growth.py --quick       # 20,000 conversations, 200,000 orders: some minutes
    .venv/bin/python benchmarks/growth.py               # a million conversations, ten million orders: long, and 8 GB of disk

The product runs as `tuika up` runs it, twice: one stays small, the other's databases are filled beside it, and turns
are taken here and there by turns. Invariants: what is printed as a ratio compares the same turns of the same buyers at the
same time; nothing is left running or on disk.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import Any

from growthbench.filling import CONVERSATIONS, ORDERS, SENDERS, Copies, fill
from turnbench import machine
from turnbench.driver import Tally, rehearse, take_turn
from turnbench.errors import BenchmarkFailed
from turnbench.report import percentile
from turnbench.tuika_stack import TuikaStack, tuika_stack
from turnbench.world import CYCLE, ORDER, SMALL_TALK, Kind, buyers

from tuika.errors import TuikaError
from tuika.settings import ROOT

EARLY, LATE = 10, range(191, 211)
OLD = 3  # conversations of two hundred turns
WARM, PAIRS = 20, 60  # conversations on each side: uncounted, counted
FLAT = 1.2
Row = dict[str, Any]


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    folder = Path(tempfile.mkdtemp(prefix="tuika-growth-", dir=options.folder))
    logs = ROOT / "var/bench/logs"
    try:
        with (
            tuika_stack(folder=folder / "small", log=logs / "growth-small.log", tell=_tell) as small,
            tuika_stack(folder=folder / "grown", log=logs / "growth-grown.log", tell=_tell) as grown,
        ):
            found = _measured(small, grown, folder / "grown", options)
    except TuikaError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; nothing is running", file=sys.stderr)
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    about = machine.describe()
    print("\n" + "\n".join([*machine.lines(about), "", *(_line(row) for row in found)]))
    if options.json is not None:
        options.json.write_text(
            json.dumps({"machine": about, "rows": found}, ensure_ascii=False, indent=1), "utf-8"
        )
    return 1 if any(row["ratio"] > FLAT for row in found) else 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/growth.py",
        description="Measure a turn as a conversation, the number of conversations and the number of orders grow. "
        "Exit code 1 where a turn takes more than 1.2 times as long.",
    )
    parser.add_argument("--conversations", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--orders", type=int, default=10_000_000, metavar="N")
    parser.add_argument("--quick", action="store_true", help="20,000 conversations and 200,000 orders")
    parser.add_argument(
        "--folder", type=Path, help="where the databases lie meanwhile (the full run needs 8 GB)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers to FILE")
    options = parser.parse_args(arguments)
    if options.quick:
        options.conversations, options.orders = 20_000, 200_000
    return options


def _measured(small: TuikaStack, grown: TuikaStack, folder: Path, options: argparse.Namespace) -> list[Row]:
    for stack in (small, grown):
        rehearse(stack)
    found = [_in_one_conversation(small, kind) for kind in (ORDER, SMALL_TALK)]
    found.append(_beside("the same product twice", small, grown))
    steps: tuple[tuple[str, int, tuple[tuple[str, tuple[Copies, ...]], ...]], ...] = (
        ("conversations", options.conversations, (("tuika.db", CONVERSATIONS), ("rasa.db", SENDERS))),
        ("orders", options.orders, (("demo-shop.db", ORDERS),)),
    )
    for name, count, files in steps:
        for file, kinds in files:
            fill(folder / file, kinds, first=0, last=count, tell=_tell)
        os.sync()  # what was written beside the product reaches the disk before the clock runs
        found.append(_beside(f"among {count:,} {name}", small, grown))
    return found


def _in_one_conversation(stack: TuikaStack, kind: Kind) -> Row:
    """Turn 10 of young conversations beside turns around the two hundredth of old ones, one here, one there."""
    _tell(f"turns around the two hundredth beside tenth ones: {kind.name}")
    buyer, tally, early, late = buyers()[-1], Tally(), Tally(), Tally()
    for _ in range(OLD):
        old = stack.open(buyer)
        for _ in range(LATE.start - 1):
            take_turn(old, buyer, kind, tally)
        for _ in LATE:
            young = stack.open(buyer)
            for _ in range(EARLY - 1):
                take_turn(young, buyer, kind, tally)
            take_turn(young, buyer, kind, early)
            young.close()
            take_turn(old, buyer, kind, late)
        old.close()
    _all_answered(tally, early, late)
    return _row(f"{kind.name}: turn 200 beside turn 10", early.ms(), late.ms())


def _beside(label: str, small: TuikaStack, grown: TuikaStack) -> Row:
    """A cycle of turns here, the same there, so that whatever disturbs disturbs both."""
    _tell(f"{label}: {PAIRS} conversations on each side")
    tallies = Tally(), Tally()
    for number in range(PAIRS + WARM):
        if number == WARM:
            tallies = Tally(), Tally()
        buyer = buyers()[number % len(buyers())]
        sides = list(zip((small, grown), tallies, strict=True))
        for stack, tally in sides if number % 2 else reversed(sides):
            talk = stack.open(buyer)
            for kind in CYCLE:
                take_turn(talk, buyer, kind, tally)
            talk.close()
    _all_answered(*tallies)
    return _row(label, tallies[0].action_ms(), tallies[1].action_ms())


def _all_answered(*tallies: Tally) -> None:
    for tally in tallies:
        if tally.wrong:
            raise BenchmarkFailed(f"a turn was answered wrongly: {tally.wrong[0]}")


def _row(label: str, before: list[float], after: list[float]) -> Row:
    """Medians, and the middle half of each side, since a machine that does other work spreads them."""
    first, second = percentile(before, 0.5) or 0.0, percentile(after, 0.5) or 0.0
    return {
        "label": label,
        "turns": len(after),
        "before_ms": first,
        "after_ms": second,
        "ratio": second / first,
        "spread_ms": [percentile(times, share) for times in (before, after) for share in (0.25, 0.75)],
    }


def _line(row: Row) -> str:
    low, high, late_low, late_high = row["spread_ms"]
    return (
        f"{row['label']:42} {row['before_ms']:5.1f} ms ({low:.1f}-{high:.1f}) -> {row['after_ms']:5.1f} ms "
        f"({late_low:.1f}-{late_high:.1f})   x {row['ratio']:.2f}   {row['turns']} turns"
    )


def _tell(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True, file=sys.stderr)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
