"""The Chinese working calendar: public holidays, make-up working days, hours of support.

Invariants: all reckoning is in Beijing time; working days keep the time of day; a year whose holidays neither the
library nor the operator's file knows is reckoned by weekdays and flagged as an estimate. Support is open every day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import chinese_calendar

from tuika.clock import SHANGHAI, shanghai
from tuika.refunds.holidays import HolidayYear

_DAY = timedelta(days=1)


class WorkDays:
    """On which days work is done. ``years``: what the operator's file says; it wins over the library."""

    def __init__(self, years: Mapping[int, HolidayYear] | None = None) -> None:
        self._years = dict(years or {})

    def is_working(self, day: date) -> tuple[bool, bool]:
        """Whether work is done on that day, and whether this is only an estimate."""
        if (known := self._years.get(day.year)) is not None:
            return known.is_working(day), False
        try:
            return bool(chinese_calendar.is_workday(day)), False
        except NotImplementedError:
            return day.weekday() < 5, True

    def knows(self, year: int) -> bool:
        """Whether that year's holidays are known."""
        return not self.is_working(date(year, 7, 1))[1]


class ChineseWorkCalendar:
    """``opens``/``closes``: hours of support in Beijing time, such as ``09:00``; equal: around the clock."""

    def __init__(self, opens: str = "09:00", closes: str = "21:00", *, days: WorkDays | None = None) -> None:
        self._opens = time.fromisoformat(opens)
        self._closes = time.fromisoformat(closes)
        self._days = days or WorkDays()

    def add_working_days(self, moment: datetime, days: int) -> tuple[datetime, bool]:
        local, estimate = shanghai(moment), False
        left = days
        while left > 0:
            local += _DAY
            working, guessed = self._days.is_working(local.date())
            estimate = estimate or guessed
            left -= working
        return local.astimezone(moment.tzinfo), estimate

    def add_support_hours(self, moment: datetime, hours: int) -> datetime:
        left = timedelta(hours=hours)
        at = shanghai(moment)
        while True:
            opens, closes = self._shift(at.date())
            begin = max(at, opens)
            if begin < closes and begin + left <= closes:
                return (begin + left).astimezone(moment.tzinfo)
            left -= max(timedelta(0), closes - begin)
            at = datetime.combine(at.date() + _DAY, time(0), SHANGHAI)

    def _shift(self, day: date) -> tuple[datetime, datetime]:
        opens = datetime.combine(day, self._opens, SHANGHAI)
        if self._opens == self._closes:
            start = datetime.combine(day, time(0), SHANGHAI)
            return start, start + _DAY
        closes = datetime.combine(day, self._closes, SHANGHAI)
        return opens, closes if closes > opens else closes + _DAY
