"""``python -m benchmarks.buyers``: play the scenarios and print how reliably they end as they should.

    .venv/bin/python -m benchmarks.buyers                     # starts a product of its own on free ports
    .venv/bin/python -m benchmarks.buyers --only scam -v      # one class, id or prefix; transcripts of what failed
    .venv/bin/python -m benchmarks.buyers --seeds 4 --out docs
    .venv/bin/python -m benchmarks.buyers --seeds 8 --part 3/8 --save 3.jsonl   # a part of a long measurement, and
    .venv/bin/python -m benchmarks.buyers --join ?.jsonl --out docs             # all of them as one report

Exit code 1 when a floor is missed. Invariant: one product, one scenario at a time; its clock and shop are shared.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conversations.harness import Stack
from tests.conversations.processes import running

from .load import load_all
from .model import Scenario
from .play import Outcome, play
from .report import floors_missed, table, write
from .runs import load, part_of, save


def main(argv: list[str]) -> int:
    options = _options(argv)
    if options.join:
        outcomes = load([Path(name) for name in options.join], load_all())
    else:
        scenarios = [s for s in part_of(load_all(), options.part) if _wanted(s, options.only)]
        if not scenarios:
            print(f"no scenario, class or prefix is called {', '.join(options.only)}", file=sys.stderr)
            return 2
        with _stack(options.base) as stack:
            outcomes = list(_outcomes(stack, scenarios, options.seeds, verbose=options.verbose))
    if options.save:
        save(outcomes, Path(options.save))
    print(table(outcomes))
    if options.out:
        write(outcomes, Path(options.out))
    return 1 if floors_missed(outcomes) else 0


def _outcomes(stack: Stack, scenarios: list[Scenario], seeds: int, *, verbose: int) -> Iterator[Outcome]:
    for scenario in scenarios:
        for seed in range(seeds):
            outcome = play(stack, scenario, seed)
            if not outcome.passed or outcome.verdict.repeats:
                said = "; ".join(outcome.verdict.wrong + outcome.verdict.violations)
                twice = f" | said twice: {outcome.verdict.repeats}" if outcome.verdict.repeats else ""
                word = "REPEATS" if outcome.passed else "FAILED"
                secret = scenario.held and verbose < 2  # whoever mends by them holds them back no longer
                print(
                    f"{word} {scenario.id} seed {seed}{':' if not secret else ''} {'' if secret else said + twice}",
                    flush=True,
                )
                if verbose and not (scenario.held and verbose < 2):
                    print(outcome.transcript, flush=True)
            yield outcome


@contextmanager
def _stack(base: str | None) -> Iterator[Stack]:
    """A running product at ``base``, or one of our own."""
    with tempfile.TemporaryDirectory(prefix="buyers-") as folder:
        if base is not None:
            stack = Stack(base, Path(folder))
            yield stack
            stack.close()
            return
        with running(Path(folder)) as own:
            stack = Stack(own, Path(folder) / "var")
            yield stack
            stack.close()


def _wanted(scenario: Scenario, only: list[str]) -> bool:
    return not only or any(scenario.kind == name or scenario.id.startswith(name) for name in only)


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.buyers", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--base", help="address of a product in demo mode that runs already")
    parser.add_argument("--seeds", type=int, default=1, help="runs a scenario, each with another surface")
    parser.add_argument("--only", nargs="*", default=[], help="classes, ids or their beginnings")
    parser.add_argument("--out", help="folder for buyers.md, buyers.svg and buyers.json")
    parser.add_argument("--part", default="1/1", help="of the scenarios, such as 2/8")
    parser.add_argument("--save", help="file for the runs, to be joined")
    parser.add_argument("--join", nargs="+", help="saved runs to report on; nothing is played")
    parser.add_argument(
        "-v",
        "--verbose",
        action="count",
        default=0,
        help="print the talk of what failed (-vv: of the held back, too)",
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
