"""The day on which something was bought, as people say it: ``昨天那单``, ``前天买的``, ``21号下的``, ``上周三拍的``.

Invariants: pure; a day counts only where the words tie it to a purchase; what names no day is an empty set.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

_NEAR = {"今": 0, "昨": 1, "前": 2}
_NUMBER = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2}
_WEEKDAY = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_BOUGHT = r"[^，。,.!！？?]{0,6}?(?:买|下[的单]|拍|付|充|订|[的那]?(?:一|这|那)?(?:单|笔|个|张))"
_SAID = re.compile(
    r"(?P<far>大前天)|(?P<near>[今昨前])(?:天|日|儿|早|晚|晨)"
    r"|(?P<ago>[0-9]{1,2}|[一二两三四五六七八九十])(?:天|日)(?:之)?前"
    r"|(?:(?P<month>[0-9]{1,2})月)?(?P<day>[0-9]{1,2})(?:号|日)(?!楼|店|线)"
    r"|(?P<last>上(?:个)?)?(?:周|礼拜|星期)(?P<week>[一二三四五六日天])"
)


def days_in(text: str, today: date) -> frozenset[date]:
    """Days of a purchase that ``text`` names, counted from ``today``."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    found = set()
    for match in _SAID.finditer(plain):
        if re.match(_BOUGHT, plain[match.end() :]):
            found.add(_day(match, today))
    return frozenset(day for day in found if day is not None)


def _day(match: re.Match[str], today: date) -> date | None:
    if match["far"]:
        return today - timedelta(days=3)
    if match["near"]:
        return today - timedelta(days=_NEAR[match["near"]])
    if match["ago"]:
        ago = match["ago"]
        return today - timedelta(days=int(ago) if ago.isascii() else _NUMBER[ago])
    if match["week"]:
        return _weekday(_WEEKDAY[match["week"]], today, last=bool(match["last"]))
    return _dated(int(match["day"]), int(match["month"]) if match["month"] else None, today)


def _weekday(weekday: int, today: date, *, last: bool) -> date:
    """The latest such day before today; ``last``: that of the week before this one."""
    if last:
        return today - timedelta(days=today.weekday() + 7 - weekday)
    return today - timedelta(days=(today.weekday() - weekday) % 7)


def _dated(day: int, month: int | None, today: date) -> date | None:
    """The latest such date that is not in the future."""
    year = today.year
    months = [(year, month), (year - 1, month)] if month else _months_back(today)
    for candidate_year, candidate_month in months:
        try:
            found = date(candidate_year, candidate_month or 1, day)
        except ValueError:
            continue
        if found <= today:
            return found
    return None


def _months_back(today: date) -> list[tuple[int, int | None]]:
    before = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    return [(today.year, today.month), before]


__all__ = ["days_in"]
