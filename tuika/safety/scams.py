"""Signs of fake customer service in a text.

Invariants: the patterns are data with a version, one list a tactic; they are matched against the text without
blanks, punctuation, full width and the usual disguises (薇, vx, 扣扣, 保正金, baozhengjin …), so that spelling a
word apart or otherwise hides nothing; a signal says what was seen, not who is guilty. Plain talk about refunds and
a question about what is usual give no signal.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cache

from tuika.safety.combined import combined
from tuika.safety.folding import plain, seen
from tuika.safety.homophones import restore
from tuika.safety.patterns import DISGUISES, PATTERNS, VERSION
from tuika.safety.patterns_told import PLAIN, SOMEBODY, TOLD
from tuika.safety.tactics import Signal, Tactic

MAX_SCANNED = 8_000
_IN_GENERAL = re.compile(
    r"会不会|会让我|会打电话|是不是要|需不需要|要不要|用不用|是否(?:需要|会)|还要.{0,6}吗|要(?:先)?交.{0,6}(?:吗|还是)|能不能加|有没有.{0,4}群|收.{0,6}费吗"
)
_PLUS = re.compile(r"\+\s?(?:[vV](?![a-uw-zA-UW-Z])|[薇微威](?![信新博利尔]))")
_APART = re.compile(r"[^\w]+|_+")
_SOMEONE = re.compile(r"有人|有个|对方|自称|他(?!们平台)|她|打电话给我|来电|短信|加我|骗|刚才|刚刚|昨")


@dataclass(frozen=True, slots=True)
class _Compiled:
    disguises: tuple[tuple[re.Pattern[str], str], ...]
    plain: re.Pattern[str]
    somebody: re.Pattern[str]
    rules: tuple[tuple[Tactic, re.Pattern[str], re.Pattern[str]], ...]


@cache
def _compiled() -> _Compiled:
    def either(patterns: tuple[str, ...]) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{p})" for p in patterns))

    told = {tactic: either(tuple(map(_within, patterns))) for tactic, patterns in TOLD.items()}
    return _Compiled(
        disguises=tuple((re.compile(pattern), word) for pattern, word in DISGUISES),
        plain=either(PLAIN),
        somebody=re.compile(SOMEBODY),
        rules=tuple((t, either(PATTERNS[t]), told[t]) for t in Tactic),
    )


def _within(pattern: str) -> str:
    """A told pattern stays inside one clause."""
    return pattern.replace(".{", "[^|]{")


def normalise(text: str) -> str:
    """The text as the sure patterns read it: without anything between its letters."""
    return undisguised(plain(_spelt_out(text)))


def _clauses(text: str) -> str:
    """The text as the told patterns read it: clauses with bars between them; a word spelt apart is one clause."""
    parts = [p for p in (plain(each) for each in _APART.split(_spelt_out(text))) if p]
    joined = ""
    for before, part in itertools.pairwise(["", *parts]):
        glued = not before or len(part) == 1 or len(before) == 1 or (before[-1] + part[0]).isascii()
        joined += part if glued else f"|{part}"
    return undisguised(joined)


def _spelt_out(text: str) -> str:
    return _PLUS.sub("加微信", seen(text[:MAX_SCANNED]))


def undisguised(text: str) -> str:
    """``text`` (as ``folding.plain`` gives it) with this trade's words in their own characters."""
    result = restore(text)
    for pattern, word in _compiled().disguises:
        result = pattern.sub(word, result)
    return result


def scan(text: str) -> tuple[Signal, ...]:
    """Every tactic that shows, at most once each, in the order of the list."""
    rules = _compiled()
    normal = rules.plain.sub("·", normalise(text))
    if _IN_GENERAL.search(normal) and not _SOMEONE.search(normal):
        return ()
    somebody = rules.somebody.search(normal) is not None
    clauses = rules.plain.sub("·", _clauses(text)) if somebody else ""
    together = combined(normal)
    signals = (
        _stronger(_signal(tactic, sure.search(normal), told, clauses, somebody), together.get(tactic))
        for tactic, sure, told in rules.rules
    )
    return tuple(signal for signal in signals if signal)


def _signal(
    tactic: Tactic, typical: re.Match[str] | None, told: re.Pattern[str], clauses: str, somebody: bool
) -> Signal | None:
    if typical:
        return Signal(tactic, typical.group(), sure=somebody)
    match = told.search(clauses)
    return Signal(tactic, match.group(), sure=False) if match else None


def _stronger(one: Signal | None, other: Signal | None) -> Signal | None:
    if one is None or other is None:
        return one or other
    return other if other.sure and not one.sure else one


__all__ = ["VERSION", "Signal", "Tactic", "normalise", "scan", "undisguised"]
