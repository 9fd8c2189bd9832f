"""When people are at the desk, and what that lets us promise.

Invariants: hours are Beijing time, which has no summer time; working days have theirs, days of rest by the Chinese
calendar (weekends and holidays, without make-up days) may have others or none; opening is inclusive and closing
exclusive; opening equal to closing means around the clock; hours may run past midnight into the next day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from tuika.clock import SHANGHAI, shanghai
from tuika.errors import SettingsError

DAY = 24 * 60
FARTHEST = 40  # days; no holiday is longer
CLOSED = "closed"


def _no_rest(day: date) -> bool:
    """Every day is like every other."""
    return False


@dataclass(frozen=True, slots=True)
class SupportHours:
    """Minutes of the day, 0 to 1440. ``rest``: those of days of rest; None: nobody is there then."""

    opens: int
    closes: int
    rest: tuple[int, int] | None = (0, 0)
    is_rest: Callable[[date], bool] = field(default=_no_rest, compare=False)

    @classmethod
    def from_settings(
        cls, opens: str, closes: str, *, rest: str = "", is_rest: Callable[[date], bool] = _no_rest
    ) -> SupportHours:
        """From ``09:00`` and ``21:00`` (``24:00`` is midnight). Raises SettingsError.

        ``rest``: ``10:00-18:00``, ``closed``, or nothing for the same hours as on working days.
        """
        plain = (_minutes("support_opens", opens) % DAY, _minutes("support_closes", closes) % DAY)
        if not rest:
            return cls(*plain, rest=plain)
        if rest == CLOSED:
            return cls(*plain, rest=None, is_rest=is_rest)
        begin, _, end = rest.partition("-")
        other = (_minutes("support_rest", begin) % DAY, _minutes("support_rest", end) % DAY)
        return cls(*plain, rest=other, is_rest=is_rest)

    @property
    def always(self) -> bool:
        return self.opens == self.closes and self._alike

    @property
    def text(self) -> str:
        if self.always:
            return "全天 24 小时（北京时间）"
        working = _named(self.opens, self.closes)
        if self._alike:
            return f"每天 {working}（北京时间）"
        rest = f"休息日 {_named(*self.rest)}" if self.rest else "休息日不上班"
        return f"工作日 {working}，{rest}（北京时间）"

    def is_open(self, moment: datetime) -> bool:
        return self.always or any(begin <= moment < end for begin, end in self._shifts(moment, days=2))

    def next_opening(self, moment: datetime) -> datetime:
        """``moment`` itself while open, else when the desk opens next."""
        if self.is_open(moment):
            return moment
        later = (begin for begin, _end in self._shifts(moment) if begin > moment)
        return next(later, moment + timedelta(days=FARTHEST)).astimezone(moment.tzinfo)

    def closing(self, moment: datetime) -> datetime:
        """The end of the hours that ``moment`` is in, or that come next."""
        if self.always:
            return _next(moment, self.closes)
        start = self.next_opening(moment)
        ends = (end for begin, end in self._shifts(start) if begin <= start < end)
        return next(ends, start + timedelta(days=1)).astimezone(moment.tzinfo)

    def add(self, moment: datetime, working: timedelta) -> datetime:
        """The instant by which ``working`` support time has passed since ``moment``."""
        if self.always:
            return moment + working
        start = self.next_opening(moment)
        while True:
            left = self.closing(start) - start
            if working <= left:
                return start + working
            working -= left
            start = self.next_opening(self.closing(start))

    @property
    def _alike(self) -> bool:
        return self.is_rest is _no_rest or self.rest == (self.opens, self.closes)

    def _shifts(self, moment: datetime, *, days: int = FARTHEST) -> Iterator[tuple[datetime, datetime]]:
        """From the day before ``moment`` on, whose hours may run past midnight."""
        first = shanghai(moment).date() - timedelta(days=1)
        for number in range(days):
            day = first + timedelta(days=number)
            hours = self.rest if self.is_rest(day) else (self.opens, self.closes)
            if hours is None:
                continue
            begin, end = _at(day, hours[0]), _at(day, hours[1])
            yield begin, end if end > begin else end + timedelta(days=1)


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(*divmod(minute, 60)), tzinfo=SHANGHAI)


def _next(moment: datetime, minute: int) -> datetime:
    """The first instant after ``moment`` at that minute of a day."""
    today = _at(shanghai(moment).date(), minute)
    found = today if today > moment else today + timedelta(days=1)
    return found.astimezone(moment.tzinfo)


def _named(opens: int, closes: int) -> str:
    return "全天" if opens == closes else f"{_clock(opens)}–{_clock(closes or DAY)}"


def _minutes(name: str, text: str) -> int:
    hours, _, minutes = text.partition(":")
    if hours.isdigit() and minutes.isdigit() and int(minutes) < 60 and int(hours) * 60 + int(minutes) <= DAY:
        return int(hours) * 60 + int(minutes)
    raise SettingsError(f"{name} 应为 00:00 到 24:00 之间的时间，现在是 {text!r}")


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


def beijing(moment: datetime, *, now: datetime) -> str:
    """``今天 21:00``, ``明天 09:30`` or ``11月24日 09:30``."""
    local, today = shanghai(moment), shanghai(now).date()
    days = (local.date() - today).days
    name = {0: "今天", 1: "明天"}.get(days, f"{local.month}月{local.day}日")
    return f"{name} {local:%H:%M}"
