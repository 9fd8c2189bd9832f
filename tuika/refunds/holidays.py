"""One year of the working calendar as the State Council's notice gives it.

Invariants: every day lies in its year; a make-up working day is a Saturday or Sunday; the fixed holidays (1 January,
1 May, 1 to 3 October) and as many days as a year has by law are there, so that a notice copied by half is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

SATURDAY = 5
LONGEST = 20  # days of one range; no holiday is longer
STATUTORY = 13  # days a year since 2025; weekends beside them make more, never fewer
_FIXED = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
_FORM = "应是日期（2027-01-01）或一段日期（2027-02-05..2027-02-11）"


class HolidayYear(BaseModel):
    """``holidays``: days without work, weekends within them or not; ``workdays``: weekend days that are worked."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    year: int = Field(ge=2004, le=2100)
    holidays: frozenset[date]
    workdays: frozenset[date] = frozenset()
    source: str = Field(default="", max_length=200)

    @field_validator("holidays", "workdays", mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        """Ranges as single days; a day that is written twice is an error."""
        if isinstance(value, frozenset):
            return value
        if not isinstance(value, list):
            raise ValueError("应是列表")
        days = [day for entry in value for day in _days(entry)]
        twice = sorted({day for day in days if days.count(day) > 1})
        if twice:
            raise ValueError(f"写了两次：{_listed(twice)}")
        return frozenset(days)

    @model_validator(mode="after")
    def _whole(self) -> HolidayYear:
        for wrong in self._problems():
            raise ValueError(wrong)
        return self

    def _problems(self) -> Iterator[str]:
        if strangers := [day for day in self.holidays | self.workdays if day.year != self.year]:
            yield f"不在 {self.year} 年：{_listed(strangers)}"
        if both := self.holidays & self.workdays:
            yield f"既是 holidays 又是 workdays：{_listed(both)}"
        if odd := [day for day in self.workdays if day.weekday() < SATURDAY]:
            yield f"workdays 只写要上班的周六、周日，这些不是：{_listed(odd)}"
        if lost := [day for day in self._fixed() if day not in self.holidays]:
            yield f"holidays 里没有 {_listed(lost)}，通知像是没有抄全"
        if len(self.holidays) < STATUTORY:
            yield f"holidays 只有 {len(self.holidays)} 天，法定节假日一年有 {STATUTORY} 天，通知像是没有抄全"

    def _fixed(self) -> list[date]:
        return [date(self.year, month, day) for month, day in _FIXED]

    def is_working(self, day: date) -> bool:
        """Whether work is done on a day of this year."""
        return day in self.workdays or (day.weekday() < SATURDAY and day not in self.holidays)


def _days(entry: Any) -> Iterator[date]:
    if isinstance(entry, date):
        yield entry
        return
    first, _, last = str(entry).partition("..")
    try:
        begin = date.fromisoformat(first.strip())
        end = date.fromisoformat(last.strip()) if last else begin
    except ValueError:
        raise ValueError(f"{entry!r} {_FORM}") from None
    if not begin <= end <= begin + timedelta(days=LONGEST):
        raise ValueError(f"{entry!r} 先后颠倒，或长过 {LONGEST} 天")
    for number in range((end - begin).days + 1):
        yield begin + timedelta(days=number)


def _listed(days: Any) -> str:
    return "、".join(day.isoformat() for day in sorted(days)[:5])
