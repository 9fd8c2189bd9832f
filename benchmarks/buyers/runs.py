"""Runs on disk, so that a long measurement can be played in parts and joined.

Invariants: a line a run; what is read back makes the same tables as what was played; a scenario that no longer exists is an
error that names it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from .judge import Verdict
from .load import BadScenario
from .model import Scenario
from .play import Outcome


def part_of(scenarios: Sequence[Scenario], part: str) -> list[Scenario]:
    """The ``2/8`` part: every eighth scenario, beginning with the second. Raises ValueError."""
    index, _, count = part.partition("/")
    if not (index.isdigit() and count.isdigit() and 1 <= int(index) <= int(count)):
        raise ValueError(f"a part is named like 2/8, not {part!r}")
    return list(scenarios[int(index) - 1 :: int(count)])


def save(outcomes: Iterable[Outcome], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for outcome in outcomes:
            row = {
                "id": outcome.scenario.id,
                "seed": outcome.seed,
                "verdict": asdict(outcome.verdict),
                "turns": outcome.turns,
                "seconds": [round(s, 4) for s in outcome.seconds],
                "transcript": outcome.transcript,
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def load(paths: Iterable[Path], scenarios: Iterable[Scenario]) -> list[Outcome]:
    """The runs of several files, in order. Raises BadScenario."""
    known = {scenario.id: scenario for scenario in scenarios}
    return [_outcome(line, path, known) for path in paths for line in path.read_text("utf-8").splitlines()]


def _outcome(line: str, path: Path, known: dict[str, Scenario]) -> Outcome:
    row = json.loads(line)
    if row["id"] not in known:
        raise BadScenario(f"{path.name}: no scenario is called {row['id']!r} any more; play this part again")
    return Outcome(
        known[row["id"]],
        row["seed"],
        Verdict(**row["verdict"]),
        row["turns"],
        row["seconds"],
        row["transcript"],
    )
