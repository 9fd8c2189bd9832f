"""``python -m benchmarks.buyers``: play the scenarios and print how reliably they end as they should.

    .venv/bin/python -m benchmarks.buyers                     # starts a product of its own on free ports
    .venv/bin/python -m benchmarks.buyers --only scam -v      # one class, id or prefix; transcripts of what failed
    .venv/bin/python -m benchmarks.buyers --seeds 4 --out docs

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


def main(argv: list[str]) -> int:
    options = _options(argv)
    scenarios = [s for s in load_all() if _wanted(s, options.only)]
    if not scenarios:
        print(f"no scenario, class or prefix is called {', '.join(options.only)}", file=sys.stderr)
        return 2
    with _stack(options.base) as stack:
        outcomes = list(_outcomes(stack, scenarios, options.seeds, verbose=options.verbose))
    print(table(outcomes))
    if options.out:
        write(outcomes, Path(options.out))
    return 1 if floors_missed(outcomes) else 0


def _outcomes(stack: Stack, scenarios: list[Scenario], seeds: int, *, verbose: bool) -> Iterator[Outcome]:
    for scenario in scenarios:
        for seed in range(seeds):
            outcome = play(stack, scenario, seed)
            if not outcome.passed:
                said = "; ".join(outcome.verdict.wrong + outcome.verdict.violations)
                print(f"FAILED {scenario.id} seed {seed}: {said}", flush=True)
                if verbose:
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
    parser.add_argument("-v", "--verbose", action="store_true", help="print the talk of what failed")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
