"""Signs of fake customer service in a text.

Invariants: the patterns are data with a version, one list a tactic; they are matched against the text without
blanks, punctuation, full width and the usual disguises (薇, vx, 扣扣 …), so that spelling a word apart hides
nothing; a signal says what was seen, not who is guilty. Plain talk about refunds gives no signal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tuika.safety.folding import plain
from tuika.safety.patterns import DISGUISES, PATTERNS, VERSION
from tuika.safety.tactics import Tactic

MAX_SCANNED = 8_000


@dataclass(frozen=True, slots=True)
class Signal:
    """``matched``: the words that gave it away, normalised."""

    tactic: Tactic
    matched: str


_COMPILED: tuple[tuple[Tactic, re.Pattern[str]], ...] = tuple(
    (tactic, re.compile("|".join(f"(?:{p})" for p in patterns))) for tactic, patterns in PATTERNS.items()
)
_DISGUISES = tuple((re.compile(pattern), word) for pattern, word in DISGUISES)


def normalise(text: str) -> str:
    """The text as the patterns read it."""
    result = plain(text[:MAX_SCANNED])
    for pattern, word in _DISGUISES:
        result = pattern.sub(word, result)
    return result


def scan(text: str) -> tuple[Signal, ...]:
    """Every tactic that shows, at most once each, in the order of the list."""
    normal = normalise(text)
    found = ((tactic, pattern.search(normal)) for tactic, pattern in _COMPILED)
    return tuple(Signal(tactic, match.group()) for tactic, match in found if match)


__all__ = ["VERSION", "Signal", "Tactic", "normalise", "scan"]
