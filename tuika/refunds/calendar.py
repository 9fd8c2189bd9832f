"""The Chinese working calendar: public holidays, make-up working days, hours of support.

Invariants: all reckoning is in Beijing time; working days keep the time of day; a year whose holidays neither the
library nor the operator's file knows is reckoned by weekdays and flagged as an estimate; hours of support are the
desk's own, so that what people pay by hand is due while they are there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import chinese_calendar

from tuika.clock import shanghai
from tuika.handoff.hours import SupportHours
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
    def __init__(self, support: SupportHours, days: WorkDays | None = None) -> None:
        self._support = support
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
        return self._support.add(moment, timedelta(hours=hours)).astimezone(moment.tzinfo)
