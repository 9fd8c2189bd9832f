"""Sums of money in a message, as integer fen.

Invariants: pure; a number counts as money only with a unit, a currency sign or a verb of paying before it;
"5分钟", "50点", "3天" are not money; sums above 10 million yuan are taken for something else.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Iterator, Optional, Tuple

from .numerals import CHARACTERS, parse_number

_MAX_FEN = 1_000_000_000
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,8}(?:\.\d{1,2})?"
_NUMBER = rf"(?:(?:{_ARABIC})万?|[{CHARACTERS}]{{1,9}})"
_YUAN = r"(?:元钱?|块钱?|圆|(?:rmb|cny|yuan)(?![a-z])|人民币|大洋|米(?=[,,。\s!?]|$))"
_PATTERN = re.compile(
    # the digits of a longer identifier must not be read as a sum
    rf"(?<![A-Za-z0-9.])(?:"
    rf"(?P<sign>[¥￥])\s*(?P<signed>{_ARABIC})"
    rf"|(?P<yuan>{_NUMBER})\s*{_YUAN}(?:(?P<jiao>[{CHARACTERS}\d])(?:毛|角)?(?:(?P<fen>[{CHARACTERS}\d])分)?(?![天个张次月年号条小钟\d]))?"
    rf"|(?P<only_jiao>[{CHARACTERS}\d]{{1,2}})(?:毛|角)(?:钱|(?P<jiao_fen>[{CHARACTERS}\d])分?|(?![色落度]))"
    rf"|(?P<only_fen>[{CHARACTERS}\d]{{1,2}})分钱"
    rf"|(?P<letter>\d{{1,6}})r(?![a-z0-9])"
    rf")",
    re.IGNORECASE,
)
_VERB = re.compile(
    rf"(?:退|付|花|扣|转|收|少|差|补|赔|余|共|剩|价|亏|欠)(?:了|给?我|过|到|款)?\s?(?P<bare>{_ARABIC})(?![\d.:/%A-Za-z-])"
    r"(?!\s*(?:个|张|次|天|小时|分|秒|号|月|年|日|点|周|星期|岁|位|人|件|单|条|台|份|折|倍|卡|万|千|百|q|Q|钻|级|G|g|块|元|遍|回|家|笔))"
)
_VERB_CHINESE = re.compile(
    rf"(?:退|付|花|扣|转|收|补|赔|亏)(?:了|给?我|过)?(?P<bare>[{CHARACTERS}]*[十百千万][{CHARACTERS}]*)(?![{CHARACTERS}])"
    r"(?![个张次天小分秒号月年日点周星岁位人件单条台份折倍卡级遍回家笔块元多几])"
)


def find_amounts(text: str) -> Iterator[Tuple[int, int, int]]:
    """Yield (fen, start, end) in no particular order; overlaps are settled by the caller."""
    for match in _PATTERN.finditer(text):
        fen = _fen_of(match)
        if fen is not None and 0 < fen <= _MAX_FEN:
            yield fen, match.start(), match.end()
    for pattern in (_VERB, _VERB_CHINESE):
        for match in pattern.finditer(text):
            fen = _to_fen(match.group("bare"))
            if fen is not None and 0 < fen <= _MAX_FEN:
                yield fen, match.start("bare"), match.end("bare")


def _to_fen(number: Optional[str], scale: int = 100) -> Optional[int]:
    value = parse_number(number) if number else None
    return None if value is None else int((value * scale).to_integral_value())


def _fen_of(match: "re.Match[str]") -> Optional[int]:
    named = match.groupdict()
    if named["signed"]:
        return _to_fen(named["signed"])
    if named["letter"]:
        return _to_fen(named["letter"])
    if named["only_fen"]:
        return _to_fen(named["only_fen"], 1)
    parts = [
        (named["yuan"], 100),
        (named["jiao"] or named["only_jiao"], 10),
        (named["fen"] or named["jiao_fen"], 1),
    ]
    total = Decimal(0)
    for number, scale in parts:
        if number:
            value = parse_number(number)
            if value is None:
                return None
            total += value * scale
    return int(total.to_integral_value())
