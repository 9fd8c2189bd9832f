"""Chinese words by their sound: what a canned reply is found by when its pinyin is typed."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin

MAX_CHARACTERS = 40


def pinyin_keys(text: str) -> str:
    """``退款进度`` → ``tuikuanjindu tkjd``; other characters stand for themselves, blanks are left out."""
    short = "".join(text.split())[:MAX_CHARACTERS]
    whole = "".join(lazy_pinyin(short)).lower()
    initials = "".join(lazy_pinyin(short, style=Style.FIRST_LETTER)).lower()
    return " ".join(dict.fromkeys((whole, initials)))
