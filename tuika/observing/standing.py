"""How things stand, counted from rows when Prometheus asks.

Invariants: reads only, one snapshot for all numbers; asked more often than every ``FRESH`` seconds it answers from
memory, so that several scrapers cost no more than one; a database that is away leaves these series out and says so
in ``tuika_standing_up``, it does not fail the scrape.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Protocol

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tuika.observing.counts import Counts

log = structlog.get_logger(__name__)
FRESH = 5.0

_HELP = {
    "conversations": ("Conversations that people wait in or serve", ("owner",)),
    "turns_open": ("Messages of buyers not answered yet", ("state",)),
    "cases": ("Open refund cases by state", ("state",)),
    "handoffs": ("Open handoffs and tickets", ("kind", "state", "urgent")),
    "due_overdue": ("Due rows whose time has come, by kind", ("kind",)),
    "due_failed": ("Due rows given up after too many tries", ("kind",)),
    "calls_open": ("Calls to shops and messages to people that are not settled yet", ("kind",)),
    "deliveries": ("Words on their way to channels", ("channel", "state")),
    "arrivals_open": ("Messages of channels not taken in yet", ("channel",)),
    "readings_open": ("Uploads waiting to be read", ()),
    "listeners": ("Open event streams of this process", ()),
}


class Reader(Protocol):
    """Counts rows in one snapshot; due rows by the product's clock."""

    def __call__(self, now: datetime) -> Counts: ...


class Standing(Collector):
    def __init__(
        self,
        read: Reader,
        *,
        now: Callable[[], datetime],
        listeners: Callable[[], int],
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._now = now
        self._listeners = listeners
        self._timer = timer
        self._lock = threading.Lock()
        self._kept: tuple[float, Counts | None] = (float("-inf"), None)

    def describe(self) -> Iterable[Metric]:
        """Named without reading: registering must not touch the database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        counts = self._counts()
        yield GaugeMetricFamily(
            "tuika_standing_up", "Whether the rows could be counted", value=float(counts is not None)
        )
        yield _gauge("listeners", {(): float(self._listeners())})
        if counts is None:
            return
        for name, values in counts.by_name().items():
            yield _gauge(name, values)
        yield GaugeMetricFamily(
            "tuika_due_lag_seconds", "How long the oldest due row has waited", value=counts.due_lag_s
        )

    def _counts(self) -> Counts | None:
        with self._lock:
            at, kept = self._kept
            if self._timer() - at >= FRESH:
                kept = self._fresh()
                self._kept = (self._timer(), kept)
            return kept

    def _fresh(self) -> Counts | None:
        try:
            return self._read(self._now())
        except Exception as error:
            log.warning("metrics.standing_unknown", error=type(error).__name__)
            return None


def _gauge(name: str, values: dict[tuple[str, ...], float]) -> GaugeMetricFamily:
    text, labels = _HELP[name]
    family = GaugeMetricFamily(f"tuika_{name}", text, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(list(key), value)
    return family


def reader(units: Any) -> Reader:
    """Counts through the unit of work."""

    def read(now: datetime) -> Counts:
        with units.reading() as uow:
            counts: Counts = uow.standing.counts(now)
            return counts

    return read
