"""Choices without buttons: shown as numbers, answered with a number or the words themselves.

Invariants: numbers run from 1 over all choices of a message; what a number means is what was last shown; a
text that is no number of the menu and no title is a text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from tuika.channels.model import MenuItem

MOST = 20
_NUMBER = re.compile(r"(?:选|选择|回复)?\s*第?\s*(\d{1,2})\s*(?:[.、。号项)个]|号?吧)?")
_CIRCLED = {chr(0x2460 + index): str(index + 1) for index in range(MOST)}
_WORDS = {word: str(number) for number, word in enumerate("一二三四五六七八九十", 1)}


def numbered(text: str, menu: Sequence[MenuItem]) -> str:
    """The text with its choices as a numbered list."""
    if not menu:
        return text
    lines = [f"{number}  {item.title}" for number, item in enumerate(menu, 1)]
    return "\n".join(
        (text, "", f"回复数字选择（1–{len(menu)}）：" if len(menu) > 1 else "回复数字选择：", *lines)
    )


def chosen(text: str, menu: Sequence[MenuItem]) -> MenuItem | None:
    """The choice that a typed text names, if any."""
    typed = text.strip()
    for item in menu:
        if typed == item.title:
            return item
    number = _number(typed)
    return menu[number - 1] if number is not None and 1 <= number <= len(menu) else None


def _number(typed: str) -> int | None:
    one = _CIRCLED.get(typed) or _WORDS.get(typed) or unicodedata.normalize("NFKC", typed)
    match = _NUMBER.fullmatch(one)
    return int(match.group(1)) if match else None
