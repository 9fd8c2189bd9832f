"""From what was counted to a table side by side and a JSON document.

Invariant: a ratio above 1 always means that Tuika does better, whichever way the number counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from turnbench.driver import Load, Tally
from turnbench.stack import Facts
from turnbench.world import CYCLE


@dataclass(frozen=True)
class Measured:
    """Everything that was counted on one stack."""

    name: str
    facts: Facts
    alone: Tally
    late: Tally
    late_turn: int
    loads: tuple[Load, ...]
    memory_mb: float

    @property
    def wrong(self) -> list[str]:
        return [*self.alone.wrong, *self.late.wrong, *(w for load in self.loads for w in load.tally.wrong)]

    @property
    def turns(self) -> int:
        return sum(
            len(tally.turns) for tally in (self.alone, self.late, *(load.tally for load in self.loads))
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. ``ratio`` is None where a number is missing or zero."""

    label: str
    unit: str
    more_is_better: bool
    tuika: float | None
    stock: float | None

    @property
    def ratio(self) -> float | None:
        if not self.tuika or not self.stock:
            return None
        return self.tuika / self.stock if self.more_is_better else self.stock / self.tuika


def percentile(values: Sequence[float], part: float) -> float | None:
    """The smallest value that at least ``part`` of the values do not exceed; None of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)] if ordered else None


def rows(tuika: Measured | None, stock: Measured | None) -> list[Row]:
    ours, theirs = _numbers(tuika), _numbers(stock)
    return [
        Row(
            label,
            unit,
            more,
            ours.get(label, (unit, more, None))[2],
            theirs.get(label, (unit, more, None))[2],
        )
        for label, (unit, more, _) in (ours or theirs).items()
    ]


def _numbers(measured: Measured | None) -> dict[str, tuple[str, bool, float | None]]:
    """Label → unit, whether more is better, value."""
    if measured is None:
        return {}
    found: dict[str, tuple[str, bool, float | None]] = {}

    def add(label: str, unit: str, value: float | None, *, more: bool = False) -> None:
        found[label] = (unit, more, value)

    add("turn with an action, p50", "ms", percentile(measured.alone.action_ms(), 0.5))
    add("turn with an action, p95", "ms", percentile(measured.alone.action_ms(), 0.95))
    for kind in CYCLE:
        add(f"  {kind.name}, p50", "ms", percentile(measured.alone.ms(kind), 0.5))
        add(f"  {kind.name}, p95", "ms", percentile(measured.alone.ms(kind), 0.95))
    if measured.late.turns:
        add(
            f"order status about the {measured.late_turn}th turn, p50",
            "ms",
            percentile(measured.late.ms(), 0.5),
        )
    for load in measured.loads:
        add(f"turns per second, {load.buyers} buyers", "1/s", load.per_second, more=True)
        add(f"  a turn, p50, {load.buyers} buyers", "ms", percentile(load.tally.ms(), 0.5))
        add(f"  a turn, p95, {load.buyers} buyers", "ms", percentile(load.tally.ms(), 0.95))
        add(f"  processor time a turn, {load.buyers} buyers", "ms", sum(load.cpu_ms_a_turn.values()) or None)
    add("from start to ready", "s", measured.facts.start_s)
    add("memory of all processes (shared pages counted in each)", "MB", measured.memory_mb or None)
    add("model file", "MB", measured.facts.model_mb)
    return found


def parts(measured: Sequence[Measured]) -> list[str]:
    """Which process used the processor, a line a side and load."""
    return [
        f"processor time a turn, {load.buyers} buyers, {m.name}: "
        + ", ".join(f"{name} {ms:.1f} ms" for name, ms in load.cpu_ms_a_turn.items())
        for m in measured
        for load in m.loads
    ]


def table(wanted: Sequence[Row]) -> list[str]:
    width = max(len(row.label) for row in wanted)
    head = f"{'':{width}}  {'Tuika':>9}  {'stock':>9}        times better"
    return [head, *(_line(row, width) for row in wanted)]


def _line(row: Row, width: int) -> str:
    ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
    return f"{row.label:{width}}  {_shown(row.tuika):>9}  {_shown(row.stock):>9} {row.unit:3}  {ratio:>12}"


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def document(
    *, machine: dict[str, Any], plan: dict[str, Any], measured: Sequence[Measured], wanted: Sequence[Row]
) -> dict[str, Any]:
    """Everything, for ``--json``."""
    return {
        "benchmark": "turn",
        "machine": machine,
        "plan": plan,
        "stacks": {m.name: _stack(m) for m in measured},
        "rows": [
            {
                "label": row.label.strip(),
                "unit": row.unit,
                "tuika": _rounded(row.tuika),
                "stock": _rounded(row.stock),
                "times_better": _rounded(row.ratio),
            }
            for row in wanted
        ],
    }


def _stack(measured: Measured) -> dict[str, Any]:
    return {
        **asdict(measured.facts),
        "turns": measured.turns,
        "wrong": len(measured.wrong),
        "processor_ms_a_turn": {
            f"{load.buyers} buyers": {name: _rounded(ms) for name, ms in load.cpu_ms_a_turn.items()}
            for load in measured.loads
        },
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
