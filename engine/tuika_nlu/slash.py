"""Typed text that would be obeyed as a Rasa command, made harmless.

Rasa reads a message that begins with "/" as an intent at full confidence (`/intent{"slot": ...}`), before any
classifier is asked. Invariant: `neutralize(text)`, after NFKC and any stripping of blank, invisible and control
characters, never begins with a slash; every other text comes back unchanged.
"""

from __future__ import annotations

import unicodedata

HARMLESS_SLASH = "\u2215"  # DIVISION SLASH: looks the same, and NFKC leaves it alone


def neutralize(text: str) -> str:
    """Replace the leading slashes, of any width; drop the blanks and invisible characters that hid them."""
    slashes, rest = 0, 0
    for offset, char in enumerate(text):
        folded = unicodedata.normalize("NFKC", char)
        if folded.startswith("/"):
            slashes, rest = slashes + 1, offset + 1
        elif not _is_ignorable(folded):
            break
    return HARMLESS_SLASH * slashes + text[rest:] if slashes else text


def _is_ignorable(folded: str) -> bool:
    """True for what some step on the way might strip: blanks, controls, formats, combining and filler marks."""
    return all(
        char.isspace() or unicodedata.category(char)[0] in "CMZ" or char in "\u115f\u1160\u3164\u2800"
        for char in folded
    )
