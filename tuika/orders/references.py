"""Order numbers and payment serials, recognised exactly in what a buyer writes.

Invariants: a candidate is a matter of form, a shop's answer is the truth; spans point into the text as
given, however full-width it was; candidates do not overlap and come most specific first. A mobile
number, a QQ number, a case number and a dashed card key are no candidates.

Formats (domain/shops.md, section 0): KM + 12 digits; DJ + 20 digits, ``-01`` for a child order; 28-digit
serials of Alipay (20…) and WeChat (4200…); 16 upper-case alphanumerics; 18 digits; a time and 5 characters;
27 characters made by a browser; 2-4 letters and 6-24 digits; any other number of 12-32 digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

MAX_REFERENCE = 64


class ReferenceKind(StrEnum):
    ORDER_NO = "order_no"
    PAYMENT_SERIAL = "payment_serial"
    NUMBER = "number"  # may be either


@dataclass(frozen=True, slots=True)
class Reference:
    """A candidate. ``value`` is canonical; ``literal`` keeps the dashes as written; ``span`` is in the text."""

    value: str
    literal: str
    kind: ReferenceKind
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Format:
    kind: ReferenceKind
    pattern: re.Pattern[str]
    as_typed: bool = False  # matched against the text before upper-casing


_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))
_UNSEEN = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
_MOBILE = re.compile(r"(?:86)?1[3-9][0-9]{9}")
_CASE_NO = re.compile(r"RF[0-9A-Z]{8}")
_NOT_ORDERS = frozenset({"QQ", "VX", "WX", "TEL", "PH", "ID", "UID", "NO", "RMB", "CNY", "USD", "USDT"})

_SEP = "[ -]?"
_START, _END = "(?<![0-9A-Z])", "(?![0-9A-Z@])"
_ALONE_START, _ALONE_END = r"(?<![0-9A-Z])(?<![0-9A-Z][ -])", "(?![ -]?[0-9A-Z@])"


def _grouped(count: int) -> str:
    return f"(?:{_SEP}[0-9]){{{count}}}"


def _format(kind: ReferenceKind, pattern: str, *, as_typed: bool = False) -> _Format:
    return _Format(kind, re.compile(pattern), as_typed)


_ORDER, _SERIAL, _NUMBER = ReferenceKind.ORDER_NO, ReferenceKind.PAYMENT_SERIAL, ReferenceKind.NUMBER
_FORMATS: tuple[_Format, ...] = (
    _format(_ORDER, rf"{_START}KM[0-9]{{12}}{_END}"),
    _format(_ORDER, rf"{_START}DJ[0-9]{{20}}(?:-[0-9]{{2}})?{_END}"),
    _format(_SERIAL, rf"{_START}(?:20[0-9]{{26}}|4200[0-9]{{24}}){_END}"),
    _format(_ORDER, rf"{_START}K{_SEP}M{_grouped(12)}{_END}"),
    _format(_ORDER, rf"{_START}D{_SEP}J{_grouped(20)}(?:-[0-9]{{2}})?{_END}"),
    _format(_SERIAL, rf"{_ALONE_START}(?=2{_SEP}0|4{_SEP}2{_SEP}0{_SEP}0)[0-9]{_grouped(27)}{_ALONE_END}"),
    _format(
        _ORDER,
        r"(?<![0-9A-Za-z])(?<![0-9A-Za-z]-)(?=[A-Z]*[0-9])(?=[0-9]*[A-Z])[0-9A-Z]{16}(?![0-9A-Za-z@])",
        as_typed=True,
    ),
    _format(_ORDER, rf"{_START}[0-9]{{18}}{_END}"),
    _format(_ORDER, rf"{_ALONE_START}[0-9]{_grouped(17)}{_ALONE_END}"),
    _format(_ORDER, rf"{_START}20[0-9]{{12}}[0-9A-Z]{{5}}{_END}"),
    _format(_ORDER, rf"{_START}(?=[A-Z]*[0-9])[0-9A-Z]{{27}}{_END}"),
    _format(_ORDER, rf"{_START}[A-Z]{{2,4}}-?[0-9]{{6,24}}(?:-[0-9]{{1,6}})*{_END}"),
    _format(_ORDER, r"(?<![0-9A-Za-z])[A-Z]{2,4} [0-9]{6,24}(?![0-9A-Za-z@])", as_typed=True),
    _format(_NUMBER, rf"{_START}[0-9]{{12,32}}{_END}"),
)


def normalise_reference(text: str) -> str:
    """Full width, case, blanks and invisible characters folded away; dashes are kept as ``-``."""
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return "".join(c for c in folded if not c.isspace() and c not in _UNSEEN).upper()


def find_references(text: str) -> tuple[Reference, ...]:
    """All candidates in ``text``, most specific first, then in order of appearance."""
    folded, origin = _fold(text)
    upper = "".join(c.upper() if c.isascii() else c for c in folded)
    taken: list[tuple[int, int]] = []
    found: list[Reference] = []
    for form in _FORMATS:
        for match in form.pattern.finditer(folded if form.as_typed else upper):
            start, end = match.span()
            if any(start < right and left < end for left, right in taken) or _foreign(match.group()):
                continue
            taken.append((start, end))
            span = (origin[start], origin[end - 1] + 1)
            literal = match.group().replace(" ", "").upper()
            found.append(Reference(_canonical(literal), literal, form.kind, span))
    return tuple(found)


def _fold(text: str) -> tuple[str, list[int]]:
    """The text folded character by character, with the index each character came from."""
    shown = [_plain(c) for c in text]
    if max(map(len, shown), default=1) == 1 and _UNSEEN.isdisjoint(text):
        return "".join(shown), list(range(len(text)))
    pairs = list(_folded_characters(text))
    return "".join(c for c, _ in pairs), [index for _, index in pairs]


def _folded_characters(text: str) -> Iterator[tuple[str, int]]:
    for index, character in enumerate(text):
        if character in _UNSEEN:
            continue
        for folded in _plain(character):
            yield folded, index


@cache
def _plain(character: str) -> str:
    return unicodedata.normalize("NFKC", character).translate(_DASHES)


def _canonical(literal: str) -> str:
    squeezed = literal.replace("-", "")
    if squeezed.startswith("DJ") and len(squeezed) == 24:
        return f"{squeezed[:-2]}-{squeezed[-2:]}"
    return squeezed


def _foreign(found: str) -> bool:
    """Whether this is something else that has the form of a number: a phone, a QQ number, a case number."""
    parts = re.split("[ -]", found)
    letters = re.match("[A-Za-z]*", found)
    prefix = letters.group().upper() if letters else ""
    squeezed = "".join(parts)
    return (
        any(_MOBILE.fullmatch(part) for part in parts)
        or (prefix in _NOT_ORDERS and squeezed[len(prefix) :].isdigit())
        or _CASE_NO.fullmatch(squeezed.upper()) is not None
    )
