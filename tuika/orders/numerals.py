"""Small numbers as people write them: ``3``, ``三``, ``十一``, ``二十三``, ``两``.

Invariants: pure; None for what is no number; below one hundred (days, hours and minutes need no more).
"""

from __future__ import annotations

DIGIT = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
CHINESE = "".join(DIGIT) + "十"
SMALL = rf"(?:[0-9]{{1,2}}|[{CHINESE}]{{1,3}})"


def small_number(text: str) -> int | None:
    """The number that ``text`` is."""
    if text.isascii():
        return int(text) if text.isdigit() else None
    tens, mark, ones = text.partition("十")
    if not mark:
        digits = [DIGIT.get(c) for c in text]
        return None if not digits or None in digits else int("".join(str(d) for d in digits))
    high = DIGIT.get(tens) if tens else 1
    low = DIGIT.get(ones) if ones else 0
    return None if high is None or low is None else high * 10 + low


__all__ = ["CHINESE", "DIGIT", "SMALL", "small_number"]
