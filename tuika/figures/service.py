"""Reading the facts of a time and reckoning its figures.

Invariant: reads only; a time is at most :data:`LONGEST` days, so that a page always answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from tuika.clock import SHANGHAI, Clock, shanghai
from tuika.errors import InputError
from tuika.figures.model import Facts, Figures, Misunderstood
from tuika.figures.reckon import reckon

LONGEST = 92
SPANS = (1, 7, 30, 90)


@dataclass(frozen=True, slots=True)
class Span:
    """Beijing days, both included."""

    first: date
    last: date

    @property
    def begin(self) -> datetime:
        return datetime.combine(self.first, time(0), SHANGHAI)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(0), SHANGHAI)


class FactRepository(Protocol):
    def facts(self, begin: datetime, end: datetime, *, platform: str | None = None) -> Facts: ...
    def misunderstood(
        self, begin: datetime, end: datetime, *, platform: str | None = None, limit: int = 1000
    ) -> Sequence[Misunderstood]:
        """Newest first."""
        ...


class FigureStore(Protocol):
    @property
    def facts(self) -> FactRepository: ...


class FigureService:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def span(self, days: int) -> Span:
        """The last ``days`` days, today included. Raises InputError."""
        if not 1 <= days <= LONGEST:
            raise InputError(f"统计时间最长 {LONGEST} 天", field="days")
        today = shanghai(self._clock.now()).date()
        return Span(today - timedelta(days=days - 1), today)

    def figures(self, uow: FigureStore, span: Span, *, platform: str | None = None) -> Figures:
        facts = uow.facts.facts(span.begin, span.end, platform=platform)
        return reckon(facts, first=span.first, last=span.last)

    def misunderstood(
        self, uow: FigureStore, span: Span, *, platform: str | None = None, limit: int = 1000
    ) -> Sequence[Misunderstood]:
        """What the bot did not understand: material for new training messages."""
        return uow.facts.misunderstood(span.begin, span.end, platform=platform, limit=limit)
