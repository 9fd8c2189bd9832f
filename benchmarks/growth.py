"""Does a turn take longer in a long conversation, among many conversations, in a shop of many orders?

    .venv/bin/python benchmarks/growth.py --quick       # 20,000 conversations, 200,000 orders: some minutes
    .venv/bin/python benchmarks/growth.py               # a million conversations, ten million orders: long, and 8 GB of disk

The product runs as `tuika up` runs it, once; between measurements its databases are filled beside it.
Invariants: what is printed as a ratio compares the same turns of the same buyers; nothing is left running or on disk.
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
from turnbench.driver import Tally, one_by_one, rehearse, take_turn
from turnbench.report import percentile
from turnbench.tuika_stack import TuikaStack, tuika_stack
from turnbench.world import ORDER, SMALL_TALK, Kind, buyers

from tuika.errors import TuikaError
from tuika.settings import ROOT

EARLY, LATE = range(6, 16), range(191, 201)  # turns around the tenth, and the last ten of two hundred
FLAT = 1.2
CONVERSATIONS_TALKED = 25
Row = dict[str, Any]


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    folder = Path(tempfile.mkdtemp(prefix="tuika-growth-", dir=options.folder))
    try:
        with tuika_stack(
            folder=folder / "tuika", log=ROOT / "var/bench/logs/growth.log", tell=_tell
        ) as stack:
            found = _measured(stack, folder / "tuika", options)
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
    return 1 if any(row["ratio"] > FLAT for row in found if row["bound"]) else 0


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


def _measured(stack: TuikaStack, folder: Path, options: argparse.Namespace) -> list[Row]:
    rehearse(stack)
    found = [_in_one_conversation(stack, kind) for kind in (ORDER, SMALL_TALK)]
    before = _turn_ms(stack)
    steps: tuple[tuple[str, int, tuple[tuple[str, tuple[Copies, ...]], ...]], ...] = (
        ("conversations", options.conversations, (("tuika.db", CONVERSATIONS), ("rasa.db", SENDERS))),
        ("orders", options.orders, (("demo-shop.db", ORDERS),)),
    )
    for name, count, files in steps:
        for file, kinds in files:
            fill(folder / file, kinds, first=0, last=count, tell=_tell)
        now = _turn_ms(stack)
        found.append(_row(f"a turn among {count:,} {name}", before, now))
    return found


def _in_one_conversation(stack: TuikaStack, kind: Kind) -> Row:
    _tell(f"two hundred turns in one conversation: {kind.name}")
    tally, buyer = Tally(), buyers()[-1]
    talk = stack.open(buyer)
    try:
        for _ in range(200):
            take_turn(talk, buyer, kind, tally)
    finally:
        talk.close()
    if tally.wrong:
        raise SystemExit(f"a turn was answered wrongly: {tally.wrong[0]}")
    times = [turn.ms for turn in tally.turns]
    early = percentile([times[at] for at in EARLY if at < len(times)], 0.5) or 0.0
    late = percentile([times[at - 1] for at in LATE if at <= len(times)], 0.5) or 0.0
    return _row(f"{kind.name}: turn 200 beside turn 10", early, late)


def _turn_ms(stack: TuikaStack) -> float:
    """p50 of a turn with an action, one buyer after the other."""
    time.sleep(2.0)  # what was written beside it reaches the disk
    tally = one_by_one(stack, CONVERSATIONS_TALKED)
    if tally.wrong:
        raise SystemExit(f"a turn was answered wrongly: {tally.wrong[0]}")
    return percentile(tally.action_ms(), 0.5) or 0.0


def _row(label: str, before: float, after: float, *, bound: bool = True) -> Row:
    return {"label": label, "before_ms": before, "after_ms": after, "ratio": after / before, "bound": bound}


def _line(row: Row) -> str:
    return f"{row['label']:44} {row['before_ms']:7.1f} ms -> {row['after_ms']:7.1f} ms   x {row['ratio']:.2f}"


def _tell(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True, file=sys.stderr)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
