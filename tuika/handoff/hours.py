"""When people are at the desk, and what that lets us promise.

Invariants: hours are the same every day, in Beijing time, which has no summer time; opening is inclusive and
closing exclusive; opening equal to closing means around the clock; hours may run past midnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tuika.clock import SHANGHAI, shanghai
from tuika.errors import SettingsError

DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class SupportHours:
    """Minutes of the day, 0 to 1440."""

    opens: int
    closes: int

    @classmethod
    def from_settings(cls, opens: str, closes: str) -> SupportHours:
        """From ``09:00`` and ``21:00`` (``24:00`` is midnight). Raises SettingsError."""
        return cls(_minutes("support_opens", opens) % DAY, _minutes("support_closes", closes) % DAY)

    @property
    def always(self) -> bool:
        return self.opens == self.closes

    @property
    def text(self) -> str:
        if self.always:
            return "全天 24 小时（北京时间）"
        return f"每天 {_clock(self.opens)}–{_clock(self.closes or DAY)}（北京时间）"

    def is_open(self, moment: datetime) -> bool:
        local = shanghai(moment)
        minute = local.hour * 60 + local.minute
        if self.always:
            return True
        if self.opens < self.closes:
            return self.opens <= minute < self.closes
        return minute >= self.opens or minute < self.closes

    def next_opening(self, moment: datetime) -> datetime:
        """``moment`` itself while open, else when the desk opens next."""
        return moment if self.is_open(moment) else _next(moment, self.opens)

    def closing(self, moment: datetime) -> datetime:
        """The end of the hours that ``moment`` is in, or that come next."""
        return _next(self.next_opening(moment), self.closes)

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


def _next(moment: datetime, minute: int) -> datetime:
    """The first instant after ``moment`` at that minute of a day."""
    local = shanghai(moment)
    hours, minutes = divmod(minute, 60)
    today = datetime.combine(local.date(), time(hours, minutes), tzinfo=SHANGHAI)
    found = today if today > local else today + timedelta(days=1)
    return found.astimezone(moment.tzinfo)


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
