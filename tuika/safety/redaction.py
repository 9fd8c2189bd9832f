"""Takes secrets out of a text and leaves numbered placeholders.

Invariants: what ``known`` calls an order or payment number is never touched; every other occurrence of a value
that was taken out is taken out too; the same value gets the same placeholder; a placeholder that the writer
typed himself is not used again. The rest of the text stays as it was, to the character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from tuika.orders.references import find_references
from tuika.safety.folding import UNSEEN, Folded, fold, with_digits
from tuika.safety.secret_kinds import Candidate, SecretKind
from tuika.safety.secrets import candidates

Span = tuple[int, int]
LEAST_REPEATED = 4


@dataclass(frozen=True, slots=True)
class Secret:
    """``value`` is the secret itself (full width folded): it belongs in the vault and nowhere else."""

    kind: SecretKind
    value: str
    placeholder: str

    def __repr__(self) -> str:
        return f"Secret({self.placeholder})"


@dataclass(frozen=True, slots=True)
class Redacted:
    text: str
    secrets: tuple[Secret, ...] = ()


def redact(text: str, *, known: Callable[[str], bool]) -> Redacted:
    """``text`` without its secrets. ``known`` says whether a value is a real order or payment number."""
    folded = with_digits(fold(text))
    safe = _known_spans(folded, known)
    chosen = _choose(folded.text, safe, known)
    if not chosen:
        return Redacted(text)
    secrets = _named(folded.text, chosen, text)
    spans = _all_places(folded.text, chosen, secrets, safe)
    return Redacted(_cut(folded, spans), tuple(secrets.values()))


def _known_spans(folded: Folded, known: Callable[[str], bool]) -> list[Span]:
    """Where known references stand in the folded text."""
    return [r.span for r in find_references(folded.text) if known(r.value) or known(r.literal)]


def _choose(text: str, safe: list[Span], known: Callable[[str], bool]) -> list[Candidate]:
    """Candidates that count: none overlaps a known reference or a more certain candidate."""
    chosen: list[Candidate] = []
    for candidate in candidates(text):
        taken = [*safe, *(c.span for c in chosen)]
        if any(_overlap(candidate.span, span) for span in taken):
            continue
        value = text[slice(*candidate.span)]
        if not (known(value) or known(value.upper()) or known(value.replace(" ", "").upper())):
            chosen.append(candidate)
    return sorted(chosen, key=lambda c: c.span)


def _named(text: str, chosen: list[Candidate], source: str) -> dict[str, Secret]:
    """One secret a value, numbered by kind in order of appearance."""
    source = unicodedata.normalize("NFKC", source)
    secrets: dict[str, Secret] = {}
    last: dict[SecretKind, int] = {}
    for candidate in chosen:
        value = text[slice(*candidate.span)]
        if value in secrets:
            continue
        number = last.get(candidate.kind, 0) + 1
        while f"〔{candidate.kind.label}{number}〕" in source:
            number += 1
        last[candidate.kind] = number
        secrets[value] = Secret(candidate.kind, value, f"〔{candidate.kind.label}{number}〕")
    return secrets


def _all_places(
    text: str, chosen: list[Candidate], secrets: dict[str, Secret], safe: list[Span]
) -> list[tuple[Span, str]]:
    """Every place to cut, with what to put there: the candidates, and their values wherever they recur."""
    places = [(c.span, secrets[text[slice(*c.span)]].placeholder) for c in chosen]
    for value, secret in sorted(secrets.items(), key=lambda item: -len(item[0])):
        if len(value) < LEAST_REPEATED:
            continue
        for match in re.finditer(re.escape(value), text, re.IGNORECASE):
            if not any(_overlap(match.span(), span) for span in [*safe, *(p for p, _ in places)]):
                places.append((match.span(), secret.placeholder))
    return sorted(places)


def _cut(folded: Folded, places: list[tuple[Span, str]]) -> str:
    source, parts, position = folded.source, [], 0
    for (start, end), placeholder in places:
        left, right = folded.span(start, end)
        parts += [source[position : max(left, position)], placeholder]
        position = max(right, position)
        while position < len(source) and source[position] in UNSEEN:
            position += 1  # what was drawn around the last character
    return "".join([*parts, source[position:]])


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
