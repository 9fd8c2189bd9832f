"""When something happened, as buyers say it: ``上个礼拜三晚上八点多``, ``昨天下午``, ``11月3号``, ``半小时前``.

Invariants: pure; counted from the instant that is passed in, in Beijing time; a moment is a half-open stretch of time as
wide as the words leave it; spans point into the text as :func:`plain_of` folds it; nothing is guessed where the words
name no time. ``denied`` moments are those that the buyer takes back (``不是昨天，是前天``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tuika.clock import SHANGHAI
from tuika.orders.calendar_words import DAY, Span, span_of
from tuika.orders.numerals import SMALL, small_number

_READ = 600  # characters; who dates a purchase does so early


class Precision(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    PART = "part"  # of a day: morning, evening ...
    DAY = "day"
    STRETCH = "stretch"  # several days: a week, a month, the end of a month


@dataclass(frozen=True, slots=True)
class Moment:
    """From ``start`` up to, not including, ``end``; ``at`` and ``until`` are offsets into the folded text."""

    start: datetime
    end: datetime
    precision: Precision
    at: int
    until: int
    denied: bool = False

    def holds(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def days(self) -> Moment:
        """The same, widened to whole days."""
        first = _midnight(self.start.date())
        last = _midnight((self.end - timedelta(microseconds=1)).date() + timedelta(days=1))
        wide = self.precision if self.precision is Precision.STRETCH else Precision.DAY
        return Moment(first, last, wide, self.at, self.until, self.denied)


_PARTS = {
    "凌晨": (0, 6), "半夜": (22, 30), "深夜": (22, 30), "大半夜": (22, 30), "清早": (5, 9), "一大早": (5, 9), "大早上": (5, 9),
    "早晨": (5, 10), "早上": (5, 11), "早": (5, 11), "晨": (5, 10), "上午": (6, 12), "中午": (11, 14), "下午": (12, 18),
    "傍晚": (17, 20), "晚上": (18, 24), "夜里": (18, 24), "晚": (18, 24), "夜": (18, 24),
}  # fmt: skip
_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "夜里", "晚", "夜"})
_PART = "|".join(sorted(_PARTS, key=len, reverse=True))
_CLOCK = (
    rf"(?P<hour>{SMALL})(?:点钟?|時|时)(?:(?P<half>半)|(?P<quarter>[一三13])刻|(?P<minute>{SMALL})分?(?![0-9天个块元张]))?"
    r"|(?P<digital>[0-2]?[0-9]:[0-5][0-9])(?::[0-5][0-9])?(?![0-9])"
)
_FUZZ = r"(?P<fuzz>多|左右|前后|来钟|过|出头)?"
_MOMENT = re.compile(rf"(?:{DAY})?(?:的?(?P<part_of_day>{_PART}))?(?:的?(?:{_CLOCK})(?!数|卡|券){_FUZZ})?")
_AGO = re.compile(
    rf"(?P<count>{SMALL}|半|一)(?:个)?(?P<more>半)?(?P<unit>小时|钟头|分钟|分)(?:之|以)?前|(?P<now>刚才|刚刚|方才)"
)
_DENIED = re.compile(r"(?:(?<!是)不是|并非|不在)[^，。,]{0,2}$")


def plain_of(text: str) -> str:
    """The text that spans point into: one width, no blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text[:_READ]))


def moments_in(text: str, now: datetime) -> tuple[Moment, ...]:
    """Every time that ``text`` names, in order of appearance; ``now`` must be aware."""
    plain, local = plain_of(text), now.astimezone(SHANGHAI)
    return tuple(sorted(_found(plain, local), key=lambda moment: moment.at))


def _found(plain: str, now: datetime) -> Iterator[Moment]:
    taken: list[tuple[int, int]] = []
    for match in _AGO.finditer(plain):
        taken.append(match.span())
        yield _ago(match, now)
    for match in _MOMENT.finditer(plain):
        at, until = match.span()
        if at == until or any(at < right and left < until for left, right in taken):
            continue
        moment = _moment(match, now)
        if moment is not None:
            start, end, precision = moment
            denied = _DENIED.search(plain[max(0, at - 5) : at]) is not None
            yield Moment(start, end, precision, at, until, denied)


def _ago(match: re.Match[str], now: datetime) -> Moment:
    if match["now"]:
        return Moment(now - timedelta(hours=1), now, Precision.HOUR, *match.span())
    count = 0.5 if match["count"] == "半" else float(small_number(match["count"]) or 0)
    hours = match["unit"] in ("小时", "钟头")
    back = timedelta(minutes=(count + (0.5 if match["more"] else 0)) * (60 if hours else 1))
    slack = max(timedelta(minutes=5), back / 4)
    return Moment(now - back - slack, now - back + slack, Precision.HOUR, *match.span())


def _moment(match: re.Match[str], now: datetime) -> tuple[datetime, datetime, Precision] | None:
    day = next((match[name] for name in _DAY_GROUPS if match[name]), None)
    clock, part = match["hour"] or match["digital"], match["part_of_day"]
    if day is None and (not clock or match.group() == "一点"):
        return None  # "晚上" alone may be any evening; "一点" is a little
    span = span_of(match, now.date()) if day else Span.of(now.date())
    if span is None:
        return None
    if not clock and not part:
        several = span.last - span.first > timedelta(days=1)
        return _midnight(span.first), _midnight(span.last), Precision.STRETCH if several else Precision.DAY
    if not clock:
        low, high = _PARTS[part]
        return _hours(span.first, low), _hours(span.first, high), Precision.PART
    found = _clocked(match, span.first)
    if found is None or day is not None:
        return found
    start, end, precision = found  # a time without a day is the last time that it was so late
    back = timedelta(days=1 if start > now else 0)
    return start - back, end - back, precision


_DAY_GROUPS = ("near", "ago", "month", "which", "weekday", "whole", "bare", "iso", "slash")


def _clocked(match: re.Match[str], day: date) -> tuple[datetime, datetime, Precision] | None:
    if match["digital"]:
        hour, minute = (int(n) for n in match["digital"].split(":")[:2])
        exact = True
    else:
        hour = small_number(match["hour"]) if match["hour"] else None  # type: ignore[assignment]
        minute, exact = _minutes(match)
    if hour is None or hour > 24 or minute > 59:
        return None
    hour = _on_the_day(hour, match["part_of_day"])
    start = _hours(day, hour) + timedelta(minutes=minute)
    if match["fuzz"] in ("左右", "前后"):
        return start - timedelta(minutes=30), start + timedelta(minutes=30), Precision.HOUR
    if exact and not match["fuzz"]:
        return start, start + timedelta(minutes=1), Precision.MINUTE
    return start, start + timedelta(minutes=60 - minute if minute else 60), Precision.HOUR


def _minutes(match: re.Match[str]) -> tuple[int, bool]:
    """Minutes after the hour, and whether the words name them."""
    if match["half"]:
        return 30, True
    if match["quarter"]:
        return {"一": 15, "1": 15, "三": 45, "3": 45}[match["quarter"]], True
    said = small_number(match["minute"]) if match["minute"] else None
    return (0, False) if said is None else (said, True)


def _on_the_day(hour: int, part: str | None) -> int:
    """The hour of 24 (beyond: of the next day)."""
    if part in _AFTERNOON and 0 < hour <= 12:
        return hour + 12 if hour < 12 or part in ("晚上", "夜里", "晚", "夜") else 12
    if part == "中午" and hour < 11:
        return hour + 12
    if part == "凌晨" and hour == 12:
        return 0
    if part in ("半夜", "深夜", "大半夜"):
        return 24 + hour % 12 if hour % 12 < 6 else hour % 12 + 12
    if part is None and 0 < hour < 7:
        return hour + 12  # people who do not say otherwise are awake
    return hour


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def _hours(day: date, hour: int) -> datetime:
    return _midnight(day) + timedelta(hours=hour)


__all__ = ["Moment", "Precision", "moments_in", "plain_of"]
