"""Counts of rows as gauges: read once in a while, honest when the database is away."""

from __future__ import annotations

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, generate_latest

from tuika.observing.counts import Counts
from tuika.observing.standing import Standing

NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Rows:
    def __init__(self) -> None:
        self.reads = 0
        self.away = False

    def __call__(self, now: datetime) -> Counts:
        self.reads += 1
        if self.away:
            raise OSError("no route to the database")
        return Counts(
            turns_open={("accepted",): 2.0}, handoffs={("handoff", "waiting", "yes"): 1.0}, due_lag_s=7
        )


def standing(rows: Rows, time: list[float]) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Standing(rows, now=lambda: NOW, listeners=lambda: 3, timer=lambda: time[0]))
    return registry


def test_registering_reads_nothing() -> None:
    rows = Rows()
    standing(rows, [0.0])
    assert rows.reads == 0


def test_counts_become_gauges() -> None:
    registry = standing(Rows(), [0.0])
    assert registry.get_sample_value("tuika_turns_open", {"state": "accepted"}) == 2.0
    labels = {"kind": "handoff", "state": "waiting", "urgent": "yes"}
    assert registry.get_sample_value("tuika_handoffs", labels) == 1.0
    assert registry.get_sample_value("tuika_due_lag_seconds") == 7.0
    assert registry.get_sample_value("tuika_listeners") == 3.0


def test_scrapes_close_together_read_once() -> None:
    rows, time = Rows(), [100.0]
    registry = standing(rows, time)
    generate_latest(registry)
    time[0] = 104.9
    generate_latest(registry)
    assert rows.reads == 1
    time[0] = 105.0
    generate_latest(registry)
    assert rows.reads == 2


def test_a_database_away_leaves_the_rest_of_the_scrape() -> None:
    rows = Rows()
    rows.away = True
    registry = standing(rows, [0.0])
    assert registry.get_sample_value("tuika_standing_up") == 0.0
    assert registry.get_sample_value("tuika_listeners") == 3.0
    assert "tuika_turns_open" not in generate_latest(registry).decode()
