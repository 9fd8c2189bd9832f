"""What a person typed, made fit to be kept.

Invariants: no control character but the line break, no invisible character and no half of a surrogate pair
is left; whatever can be seen stays as it was typed; a text's length is measured after NFKC, as rules read it.
"""

from __future__ import annotations

import unicodedata

_BREAKS = frozenset("\r\x0b\x0c\x85\u2028\u2029")
_DROPPED = frozenset({"Cc", "Cf", "Cs"})
# letters, marks and symbols by their category, yet nothing to see: fillers and blanks that look empty
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def clean(text: str) -> str:
    """``text`` without control and invisible characters, outer blanks cut off."""
    joined = text.replace("\r\n", "\n")
    return "".join(_kept(character) for character in joined).strip()


def measured(text: str) -> int:
    """How many characters ``text`` counts."""
    return len(unicodedata.normalize("NFKC", text))


def _kept(character: str) -> str:
    if character == "\n" or character in _BREAKS:
        return "\n"
    if character == "\t":
        return " "
    if character in _UNSEEN or unicodedata.category(character) in _DROPPED:
        return ""
    return character
