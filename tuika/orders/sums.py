"""Sums of money as people say them, in fen: ``49.5元``, ``四十九块五``, ``两千三``, ``八十七``.

Invariants: pure; a number with a unit is always a sum; one without is a sum only where ``bare`` says that money is
what was asked for or spoken of, and then only a Chinese numeral of two characters or more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from tuika.orders.numerals import DIGIT

_UNIT = {"十": 10, "百": 100, "千": 1000}
_CN = "".join(DIGIT) + "".join(_UNIT) + "万"
_WITH_UNIT = re.compile(
    rf"(?P<whole>[0-9]{{1,7}}(?:\.[0-9]{{1,2}})?万?|[{_CN}]{{1,9}})\s*(?:元|块|圆|rmb)钱?(?P<jiao>[0-9{''.join(DIGIT)}])?(?:毛|角)?(?![0-9天个张次月年])",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?<![{_CN}第十每])[{_CN}]{{2,9}}(?![{_CN}天个张次月年号点分秒位单笔条份小周日岁遍级])")
_MOST = 10_000_000_00


def sums_in(text: str, *, bare: bool = False) -> tuple[int, ...]:
    """Every sum in ``text``, in fen, in order of appearance."""
    plain = unicodedata.normalize("NFKC", text).lower().replace(",", "")
    found = [(m.start(), _with_unit(m)) for m in _WITH_UNIT.finditer(plain)]
    if bare:
        taken = [m.span() for m in _WITH_UNIT.finditer(plain)]
        found += [(start, fen) for start, fen in _bare(plain) if not any(a <= start < b for a, b in taken)]
    return tuple(fen for _, fen in sorted(found) if 0 < fen <= _MOST)


def _bare(plain: str) -> Iterator[tuple[int, int]]:
    for match in _BARE.finditer(plain):
        value = _chinese(match.group())
        if value is not None and any(c in _UNIT or c == "万" for c in match.group()):
            yield match.start(), value * 100


def _with_unit(match: re.Match[str]) -> int:
    whole = match["whole"]
    if whole[0].isdigit() and whole[0].isascii():
        factor = 10_000 if whole.endswith("万") else 1
        yuan, _, part = whole.rstrip("万").partition(".")
        fen = (int(yuan) * 100 + int(f"{part:0<2}" if part else 0)) * factor
    else:
        value = _chinese(whole)
        fen = -1 if value is None else value * 100
    jiao = match["jiao"]
    if fen >= 0 and jiao:
        fen += 10 * (int(jiao) if jiao.isascii() else DIGIT[jiao])
    return fen


def _chinese(text: str) -> int | None:
    """``两千三`` is 2,300, ``一百零五`` 105, ``三五`` 35."""
    if all(c in DIGIT for c in text):
        return int("".join(str(DIGIT[c]) for c in text))
    head, mark, tail = text.partition("万")
    if mark:
        high, low = _section(head or "一", 1), _section(tail, 10_000)
        return None if high is None or low is None else high * 10_000 + low
    return _section(text, 1)


def _section(text: str, after: int) -> int | None:
    """Below ten thousand; a last digit without a unit counts the next lower one of ``after``."""
    total, digit, last, zero = 0, None, after, False
    for c in text:
        if c in _UNIT:
            total += (1 if digit is None else digit) * _UNIT[c]
            last, digit, zero = _UNIT[c], None, False
        elif c in DIGIT and not digit:
            digit = DIGIT[c]
            zero = zero or digit == 0
        else:
            return None
    if digit is None:
        return total
    return total + (digit if zero or last <= 10 else digit * (last // 10))


__all__ = ["sums_in"]
