"""Stages as Prometheus series: how often, how long, how they ended.

Invariants: one registry a process, its own (several services may live in one test process); labels come from code,
never from what a buyer or a shop sent, so that the number of series is bounded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Histogram

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Meters:
    """A :class:`~tuika.stages.Stages` that counts and times."""

    def __init__(
        self, registry: CollectorRegistry | None = None, *, timer: Callable[[], float] = time.perf_counter
    ) -> None:
        self.registry = registry or CollectorRegistry()
        self._timer = timer
        self._seconds = Histogram(
            "tuika_stage_seconds",
            "Seconds in a stage of the work, by how it ended",
            ("stage", "kind", "outcome"),
            buckets=BUCKETS,
            registry=self.registry,
        )

    @contextmanager
    def __call__(
        self, stage: str, kind: str = "", *, about: Mapping[str, str] | None = None
    ) -> Iterator[None]:
        begun, outcome = self._timer(), "ok"
        try:
            yield
        except BaseException as error:
            outcome = type(error).__name__
            raise
        finally:
            self._seconds.labels(stage, kind, outcome).observe(self._timer() - begun)
