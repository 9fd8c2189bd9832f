"""Messages in which there is nothing to understand: keys hit at random, mere sounds, marks without words.

Invariants: pure; made to be believed over the engine, which finds a likeness for anything, so that what might be a word
(``tk``, ``嗯嗯嗯``, ``哈哈``) is left to it.
"""

from __future__ import annotations

import re

from tuika.intake.reading import normal

_SOUNDS = frozenset(
    "叽咕噜哇啦呜嘟哒咚嗒啪嘎嘣咿呀哟喔嗷嗡嘀嗖轰哗唰咔嚓滴噗嘭咣啵呱吱喵汪嘤咩哞咻唧坡库嘞噻嘚啵嘛哩哐铛叮"
)
_MARKS = re.compile(r"[^\w\u4e00-\u9fff]|_")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}")
_NO_SYLLABLE = re.compile(r"q(?![iuq])")  # neither pinyin nor English
_SAME = re.compile(r"(.)\1{3,}")
_MEANS_SOMETHING = frozenset("哈嗯好对是行呵")
MOSTLY = 0.6


def gibberish(text: str) -> bool:
    """Whether nobody could say what is meant."""
    plain = _MARKS.sub("", normal(text))
    if not plain:
        return bool(text.strip())
    if plain.isascii():
        words = re.findall(r"[a-z]{4,}", normal(text))
        return plain.isalpha() and bool(words) and all(_random_keys(word) for word in words)
    if _SAME.fullmatch(plain):
        return plain[0] not in _MEANS_SOMETHING
    sounds = sum(c in _SOUNDS for c in plain)
    return len(plain) >= 3 and len(set(plain)) > 1 and sounds / len(plain) >= MOSTLY


def _random_keys(letters: str) -> bool:
    runs = any(letters[i : i + 4] in row for row in _ROWS for i in range(len(letters) - 3))
    runs = runs or (len(letters) >= 5 and _NO_SYLLABLE.search(letters) is not None)
    return runs or _CONSONANTS.search(letters) is not None or _SAME.search(letters) is not None


__all__ = ["gibberish"]
