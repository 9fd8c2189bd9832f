"""Chinese and Arabic numerals to numbers, as buyers write sums of money.

Invariants: pure; returns None for what is not a number; never guesses a unit (callers know it).
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Optional

DIGITS = {
    "零": 0, "〇": 0, "一": 1, "壹": 1, "二": 2, "两": 2, "俩": 2, "贰": 2, "三": 3, "叁": 3, "四": 4, "肆": 4,
    "五": 5, "伍": 5, "六": 6, "陆": 6, "七": 7, "柒": 7, "八": 8, "捌": 8, "九": 9, "玖": 9,
}  # fmt: skip
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
TEN_THOUSAND = "万萬"
CHARACTERS = "".join(DIGITS) + "".join(UNITS) + TEN_THOUSAND


def parse_number(text: str) -> Optional[Decimal]:
    """Read "1,299.5", "1.2万", "一百二", "两千零五" or "三五"; None when it is no number."""
    text = text.replace(",", "").strip()
    factor = Decimal(1)
    if text and text[-1] in TEN_THOUSAND and text[0].isascii():
        text, factor = text[:-1], Decimal(10_000)
    if text and text[0].isascii():
        try:
            return Decimal(text) * factor
        except InvalidOperation:
            return None
    value = _parse_chinese(text)
    return None if value is None else Decimal(value)


def _parse_chinese(text: str) -> Optional[int]:
    if not text or any(char not in CHARACTERS for char in text):
        return None
    if all(char in DIGITS for char in text):  # read digit by digit: "三五" is 35
        return int("".join(str(DIGITS[char]) for char in text))
    for mark in TEN_THOUSAND:
        if mark in text:
            head, _, tail = text.partition(mark)
            high, low = _below_ten_thousand(head or "一"), _below_ten_thousand(tail, after=10_000)
            return None if high is None or low is None else high * 10_000 + low
    return _below_ten_thousand(text)


def _below_ten_thousand(text: str, after: int = 1) -> Optional[int]:
    """`after` is the unit that came before: in "一百二" the bare 二 counts tens, in "一万二" thousands."""
    total, digit, last_unit, zero_seen = 0, None, after, False
    for char in text:
        if char in UNITS:
            total += (1 if digit is None else digit) * UNITS[char]
            last_unit, digit, zero_seen = UNITS[char], None, False
        elif char in DIGITS:
            if digit:
                return None  # "一百二三" names a range, not a number
            digit = DIGITS[char]
            zero_seen = zero_seen or digit == 0
        else:
            return None
    if digit is not None:
        total += digit if zero_seen or last_unit <= 10 else digit * (last_unit // 10)
    return total
