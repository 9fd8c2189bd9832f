"""Long texts in parts, cut where a reader would pause.

Invariants: the parts joined are the text, but for blanks at the cuts; no part measures more than the limit;
a cut falls at a line's end if there is one, else at a sentence's end, else at a comma, else where it must,
and never inside a character or between a base character and its marks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

_ENDS = ("\n", "。！？!?；;…", "，,、：: ")
_CLOSING = "”’」』）)】》"


def split(text: str, limit: int, measure: Callable[[str], int] = len) -> list[str]:
    """``text`` in parts of at most ``limit`` by ``measure``. Raises ValueError for a limit under 8."""
    if limit < 8:
        raise ValueError("a limit under 8 leaves no room for a sentence")
    parts = []
    rest = text.strip()
    while measure(rest) > limit:
        cut = _cut(rest, _most(rest, limit, measure))
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [part for part in (*parts, rest) if part]


def _most(text: str, limit: int, measure: Callable[[str], int]) -> int:
    """How many characters of ``text`` fit."""
    low, high = 1, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= limit else (low, middle - 1)
    return low


def _cut(text: str, most: int) -> int:
    """Where to cut within the first ``most`` characters: late, but not in the first third if it can be helped."""
    for ends in _ENDS:
        found = _last_end(text, most, ends)
        if found > most // 3:
            return found
    return _whole(text, most)


def _last_end(text: str, most: int, ends: str) -> int:
    for place in range(most, 0, -1):
        if text[place - 1] in ends and not (place < len(text) and text[place] in _CLOSING):
            return place
        if text[place - 1] in _CLOSING and place > 1 and text[place - 2] in ends:
            return place
    return 0


def _whole(text: str, most: int) -> int:
    """``most``, moved back so that no mark is torn from its character."""
    place = most
    while place > 1 and place < len(text) and _clings(text[place - 1], text[place]):
        place -= 1
    return place if place > 1 else most


def _clings(before: str, character: str) -> bool:
    joins = "\u200d\ufe0f"
    return unicodedata.combining(character) != 0 or character in joins or before == "\u200d"
