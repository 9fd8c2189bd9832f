"""The Chinese working calendar: public holidays, make-up working days, hours of support.

Invariants: all reckoning is in Beijing time; working days keep the time of day; a year whose holidays are
not published yet is reckoned by weekdays and flagged as an estimate; hours of support are the desk's own, so that
what people pay by hand is due while they are there.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import chinese_calendar

from tuika.clock import shanghai
from tuika.handoff.hours import SupportHours

_DAY = timedelta(days=1)


def is_working_day(day: date) -> tuple[bool, bool]:
    """Whether work is done on that day, and whether this is only an estimate."""
    try:
        return bool(chinese_calendar.is_workday(day)), False
    except NotImplementedError:
        return day.weekday() < 5, True


class ChineseWorkCalendar:
    def __init__(self, support: SupportHours) -> None:
        self._support = support

    def add_working_days(self, moment: datetime, days: int) -> tuple[datetime, bool]:
        local, estimate = shanghai(moment), False
        left = days
        while left > 0:
            local += _DAY
            working, guessed = is_working_day(local.date())
            estimate = estimate or guessed
            left -= working
        return local.astimezone(moment.tzinfo), estimate

    def add_support_hours(self, moment: datetime, hours: int) -> datetime:
        return self._support.add(moment, timedelta(hours=hours)).astimezone(moment.tzinfo)
