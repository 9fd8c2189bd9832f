"""Days, weeks and months as people name them, counted from a day: ``前天``, ``上个礼拜三``, ``11月3号``, ``上个月底``.

Invariants: pure; what is past is preferred where the words leave the year or month open; a date that does not exist is
None. A :class:`Span` is half open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from tuika.orders.numerals import SMALL, small_number

_NEAR = {"大前": -3, "前": -2, "昨": -1, "今": 0, "当": 0, "明": 1, "后": 2, "大后": 3}
_WEEKDAY = {c: n for n, c in enumerate("一二三四五六日")} | {"天": 6} | {str(n + 1): n for n in range(7)}
_WEEK = r"(?:周|礼拜|星期)"
_PART = {"初": (1, 11), "中": (11, 21), "底": (21, 32), "末": (21, 32)}
DAY = "|".join(
    (
        r"(?P<near>大前|前|昨|今|明|大后|后)(?:天|日(?!期)|儿个?|(?=[早晚晨夜]))",
        rf"(?P<ago>{SMALL}|几|半)(?P<unit>天|日|个?{_WEEK}|个?月)(?:之|以)?前",
        rf"(?:(?P<year>20[0-9]{{2}})年|(?P<years>今|去|前)年)?(?P<month>{SMALL})月份?(?P<day>{SMALL})(?:号|日)?(?![0-9元块])",
        rf"(?P<which>上上|上|这|本|当)个?月(?:(?P<mday>{SMALL})(?:号|日)|(?P<part>[初中底末]))?",
        rf"(?:(?P<weeks>上+|这|本|下)(?:个|一)?|(?<![一两每整半])){_WEEK}(?P<weekday>[一二三四五六日天1-7](?![0-9]|个))",
        rf"(?P<whole>上+|这|本|下)(?:个|一)?{_WEEK}(?P<end>末)?(?![一二三四五六日天])",
        rf"(?P<bare>{SMALL})(?:号|日)(?!楼|店|线|码|卡|位|服|机|区)",
        r"(?P<iso>20[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2})(?![0-9])",
        r"(?<![0-9.:/-])(?P<slash>[0-9]{1,2}[/.-][0-9]{1,2})(?=号|日|那天|当天|下午|上午|晚|早|中午|凌晨|买|下单|拍)",
    )
)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``first`` up to, not including, ``last``."""

    first: date
    last: date

    @classmethod
    def of(cls, day: date | None, days: int = 1) -> Span | None:
        return None if day is None else cls(day, day + timedelta(days=days))


def span_of(found: re.Match[str], today: date) -> Span | None:
    """The days that a match of :data:`DAY` names."""
    said = found.groupdict()
    if said["near"]:
        return Span.of(today + timedelta(days=_NEAR[said["near"]]))
    if said["ago"]:
        return _ago(said["ago"], said["unit"], today)
    if said["month"]:
        return Span.of(_in_year(said, today))
    if said["which"]:
        return _month(said, today)
    if said["weekday"]:
        return Span.of(_weekday(said["weekday"], said["weeks"], today))
    if said["whole"]:
        monday = _monday(said["whole"], today)
        return Span.of(monday + timedelta(days=5), 2) if said["end"] else Span.of(monday, 7)
    if said["bare"]:
        return Span.of(_latest(small_number(said["bare"]), today))
    return Span.of(_written(said["iso"] or said["slash"], today))


def _ago(count: str, unit: str, today: date) -> Span | None:
    if count in ("几", "半"):
        return None
    number = small_number(count)
    if number is None:
        return None
    if unit.endswith("月"):
        return Span.of(today - timedelta(days=30 * number + 10), 21)
    if unit in ("天", "日"):
        return Span.of(today - timedelta(days=number))
    return Span.of(today - timedelta(days=7 * number + 3), 7)


def _in_year(said: dict[str, str | None], today: date) -> date | None:
    month, day = small_number(said["month"] or ""), small_number(said["day"] or "")
    if said["year"]:
        return _date(int(said["year"]), month, day)
    if said["years"]:
        return _date(today.year - {"今": 0, "去": 1, "前": 2}[said["years"]], month, day)
    this = _date(today.year, month, day)
    return this if this is not None and this <= today else _date(today.year - 1, month, day)


def _month(said: dict[str, str | None], today: date) -> Span | None:
    back = {"上上": 2, "上": 1}.get(said["which"] or "", 0)
    year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
    first, after = date(year, month + 1, 1), date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    if said["mday"]:
        return Span.of(_date(year, month + 1, small_number(said["mday"])))
    if said["part"]:
        begins, ends = _PART[said["part"]]
        return Span(first.replace(day=begins), min(after, first + timedelta(days=ends - 1)))
    return Span(first, after)


def _monday(which: str, today: date) -> date:
    weeks = {"这": 0, "本": 0, "下": 1}.get(which, -len(which))
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def _weekday(said: str, weeks: str | None, today: date) -> date:
    """Without a word for the week: the latest such day, today included."""
    if weeks:
        return _monday(weeks, today) + timedelta(days=_WEEKDAY[said])
    return today - timedelta(days=(today.weekday() - _WEEKDAY[said]) % 7)


def _latest(day: int | None, today: date) -> date | None:
    """The latest such day of a month that is not in the future."""
    for back in range(3):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        found = _date(year, month + 1, day)
        if found is not None and found <= today:
            return found
    return None


def _written(text: str | None, today: date) -> date | None:
    numbers = [int(n) for n in re.findall("[0-9]+", text or "")]
    if len(numbers) == 3:
        return _date(*numbers)
    this = _date(today.year, *numbers) if len(numbers) == 2 else None
    return this if this is None or this <= today else _date(today.year - 1, *numbers)


def _date(year: int, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None


__all__ = ["DAY", "Span", "span_of"]
