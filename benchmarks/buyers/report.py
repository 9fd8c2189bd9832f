"""Figures of a run: pass^k by class, turns, handoffs, violations, time a turn; as a table, a page and a picture.

``pass^k`` is the chance that k runs of one scenario all pass, estimated without bias from n runs of which c passed by
C(c, k) / C(n, k), and averaged over scenarios.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path
from statistics import mean, quantiles

from .picture import picture
from .play import Outcome

FLOOR_1, FLOOR_4 = 0.93, 0.85
HELD = "(held back)"  # scenarios of all classes that nothing was mended by


@dataclass(frozen=True, slots=True)
class Line:
    """One class, or all of them."""

    name: str
    scenarios: int
    runs: int
    powers: dict[int, float]
    turns: float
    false_handoffs: int
    missed_handoffs: int
    violations: int
    repeats: int


def lines(outcomes: Sequence[Outcome]) -> list[Line]:
    """A line a class, and the last for all."""
    kinds = sorted({o.scenario.kind for o in outcomes})
    by_kind = [_line(k, [o for o in outcomes if o.scenario.kind == k]) for k in kinds]
    held = [o for o in outcomes if o.scenario.held]
    apart = [_line(HELD, held)] if held and len(held) < len(outcomes) else []
    return [*by_kind, *apart, _line("all", outcomes)]


def _line(name: str, outcomes: Sequence[Outcome]) -> Line:
    ids = sorted({o.scenario.id for o in outcomes})
    runs = max(sum(o.scenario.id == i for o in outcomes) for i in ids)
    return Line(
        name=name,
        scenarios=len(ids),
        runs=runs,
        powers={k: _power(outcomes, ids, k) for k in (1, 2, 4, 8) if k <= runs},
        turns=mean(o.turns for o in outcomes),
        false_handoffs=sum(o.verdict.false_handoffs for o in outcomes),
        missed_handoffs=sum(o.verdict.missed_handoffs for o in outcomes),
        violations=sum(len(o.verdict.violations) for o in outcomes),
        repeats=sum(bool(o.verdict.repeats) for o in outcomes),
    )


def _power(outcomes: Sequence[Outcome], ids: list[str], k: int) -> float:
    shares = []
    for each in ids:
        mine = [o for o in outcomes if o.scenario.id == each]
        passed = sum(o.passed for o in mine)
        shares.append(comb(passed, k) / comb(len(mine), k))
    return mean(shares)


def times(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """p50 and p95 of a turn, in milliseconds."""
    spent = [s * 1000 for o in outcomes for s in o.seconds]
    cuts = quantiles(spent, n=20) if len(spent) > 1 else spent * 19
    return cuts[9], cuts[18]


def floors_missed(outcomes: Sequence[Outcome]) -> bool:
    whole = lines(outcomes)[-1]
    low = whole.powers[1] < FLOOR_1 or whole.powers.get(4, 1.0) < FLOOR_4
    return low or whole.violations > 0 or whole.repeats > 0


def table(outcomes: Sequence[Outcome]) -> str:
    """A Markdown table with its caption."""
    told = lines(outcomes)
    powers = list(told[-1].powers)
    head = [
        "class",
        "scenarios",
        *(f"pass^{k}" for k in powers),
        "turns",
        "false / missed handoffs",
        "violations",
    ]
    rows = [
        [
            line.name,
            str(line.scenarios),
            *(f"{line.powers[k]:.3f}" for k in powers),
            f"{line.turns:.1f}",
            f"{line.false_handoffs} / {line.missed_handoffs}",
            str(line.violations),
        ]
        for line in told
    ]
    body = [head, ["---"] * len(head), *rows]
    p50, p95 = times(outcomes)
    empty = {o.scenario.id for o in outcomes if o.scenario.ends_without_case}
    note = (
        f"{told[-1].runs} runs a scenario; {len(empty)} of {told[-1].scenarios} scenarios end with no case; "
        f"a turn takes {p50:.0f} ms (median), {p95:.0f} ms (p95); the same text twice in {told[-1].repeats} talks."
    )
    return "\n".join("| " + " | ".join(row) + " |" for row in body) + "\n\n" + note


def write(outcomes: Sequence[Outcome], folder: Path) -> None:
    """``buyers.md``, ``buyers.svg`` and the single runs as ``buyers.json``, in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "buyers.svg").write_text(picture(lines(outcomes)), "utf-8")
    (folder / "buyers.md").write_text(_page(outcomes), "utf-8")
    runs = [
        {
            "id": o.scenario.id,
            "class": o.scenario.kind,
            "seed": o.seed,
            "passed": o.passed,
            "turns": o.turns,
            "wrong": o.verdict.wrong,
            "violations": o.verdict.violations,
            "repeats": o.verdict.repeats,
        }
        for o in outcomes
    ]
    (folder / "buyers.json").write_text(json.dumps(runs, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _page(outcomes: Sequence[Outcome]) -> str:
    failed = sorted({o.scenario.id for o in outcomes if not o.passed})
    return _PAGE.format(table=table(outcomes), failed="、".join(failed) or "none")


_PAGE = """# Simulated buyers

Written by `python -m benchmarks.buyers`; `benchmarks/buyers/README.md` says how it is measured.

![pass^k by class](buyers.svg)

{table}

Scenarios that failed in at least one run: {failed}.
"""
