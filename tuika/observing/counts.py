"""The numbers of rows that say how the product stands. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

type Labelled = dict[tuple[str, ...], float]
"""A count for each combination of label values."""


@dataclass(frozen=True, slots=True)
class Counts:
    """``due_lag_s``: seconds since the oldest overdue row became due; 0 where none is."""

    conversations: Labelled = field(default_factory=dict)
    turns_open: Labelled = field(default_factory=dict)
    cases: Labelled = field(default_factory=dict)
    handoffs: Labelled = field(default_factory=dict)
    due_overdue: Labelled = field(default_factory=dict)
    due_failed: Labelled = field(default_factory=dict)
    calls_open: Labelled = field(default_factory=dict)
    deliveries: Labelled = field(default_factory=dict)
    arrivals_open: Labelled = field(default_factory=dict)
    readings_open: Labelled = field(default_factory=dict)
    due_lag_s: float = 0.0

    def by_name(self) -> dict[str, Labelled]:
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "due_lag_s"}
