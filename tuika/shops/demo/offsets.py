"""Times of a fixture: offsets from the moment of loading, or RFC 3339.

Invariants: an offset has one unit (``s m h d``); results are aware and in UTC; what cannot be read raises
``ValueError`` with a Chinese sentence that says what is expected.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_OFFSET = re.compile(r"([+-]?)([0-9]{1,9})([smhd])")
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_LONGEST = timedelta(days=3660)
_EXPECTED_MOMENT = (
    "应写成相对时间（如 -45m、-3d、+2h，只用一个单位）或带时区的时间（如 2026-11-23T10:00:00+08:00）"
)
_EXPECTED_DURATION = "应写成时长（如 45m、2h、3d，只用一个单位，不带负号）"


def parse_moment(text: str, *, now: datetime) -> datetime:
    """The instant that ``text`` names, counted from ``now`` where it is an offset."""
    step = _step(text)
    if step is not None:
        if abs(step) > _LONGEST:
            raise ValueError("相差不能超过十年")
        return now.astimezone(UTC) + step
    if not _RFC3339.fullmatch(text):
        raise ValueError(_EXPECTED_MOMENT)
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("没有这个时间") from None


def parse_duration(text: str) -> timedelta:
    """A length of time such as ``2h``; zero is one."""
    step = _step(text)
    if step is None or text.startswith("-"):
        raise ValueError(_EXPECTED_DURATION)
    if step > _LONGEST:
        raise ValueError("时长不能超过十年")
    return step


def _step(text: str) -> timedelta | None:
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    sign, count, unit = match.groups()
    step = timedelta(**{_UNITS[unit]: int(count)})
    return -step if sign == "-" else step
