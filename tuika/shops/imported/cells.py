"""What one cell of a table says.

Invariants: a bad value is never guessed at, ``Bad`` says what is wrong with it; nothing in a cell is executed.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from tuika.money import Money
from tuika.orders.references import MAX_REFERENCE, normalise_reference

MOST_FEN = 10**12
_KEPT_DIGITS = 15  # a spreadsheet's number holds no more
_TIMES = (
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d"),
    *("%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日"),
    *("%Y.%m.%d %H:%M:%S", "%Y.%m.%d %H:%M", "%Y.%m.%d"),
)
_YEARS = range(2000, 2100)
_AS_TEXT = re.compile(r'="(.*)"')  # how exports keep a spreadsheet from taking digits for a number
_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.I)
_SERIAL_DAY = re.compile(r"[3-7]\d{4}(?:\.\d+)?")  # days since 1900: the years 1982 to 2119
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_YUAN = {"", "CNY", "RMB", "人民币", "元", "¥", "￥"}
_LOST = "请把这一列设为文本后重新导出"


class Bad(Exception):
    """What is wrong with one cell."""


def written(cell: Any) -> str:
    """A cell as its reader saw it: whole numbers without ``.0``. Raises Bad for a formula that was never reckoned."""
    text = as_it_is(cell)
    if text.startswith("="):
        raise Bad(f"{text[:40]} 是公式，没有算好的值；请复制后“选择性粘贴”为数值再导出")
    if text.upper() in _ERRORS:
        raise Bad(f"{text} 是表格软件算错的结果")
    return text


def as_it_is(cell: Any) -> str:
    """A contact or a password: whatever it is, since nothing of it may be told."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip().lstrip("\t'")
    kept = _AS_TEXT.fullmatch(text)
    return kept[1].strip() if kept else text


def needed(cell: Any) -> str:
    text = written(cell)
    if not text:
        raise Bad("不能为空")
    if len(text) > 200:
        raise Bad("超过 200 个字")
    return text


def number(cell: Any) -> str:
    """An order or payment number, whole. Raises Bad where a spreadsheet has made it shorter."""
    if isinstance(cell, float) and abs(cell) >= 10**_KEPT_DIGITS:
        raise Bad(f"被表格软件存成了数字，第 {_KEPT_DIGITS} 位以后已经丢失；{_LOST}")
    text = needed(cell)
    if _SCIENTIFIC.fullmatch(text):
        raise Bad(f"{text} 是科学计数法，原来的号码已经丢失；{_LOST}")
    if text.isdecimal() and len(text) >= 18 and not text[_KEPT_DIGITS:].strip("0"):
        raise Bad(f"{text} 第 {_KEPT_DIGITS} 位以后全是 0，多半被表格软件截过；{_LOST}")
    if len(normalise_reference(text)) > MAX_REFERENCE:
        raise Bad(f"超过 {MAX_REFERENCE} 个字符")
    return text


def number_or_nothing(cell: Any) -> str:
    return number(cell) if written(cell) else ""


def yuan_only(cell: Any) -> str:
    """The currency's name, where it is the one that is dealt with here."""
    text = written(cell)
    if text.upper() not in _YUAN:
        raise Bad(f"{text[:20]} 不是人民币；退卡只处理人民币，这样的行请另存")
    return text


def money(cell: Any, *, unit: str) -> Money:
    """``unit``: yuan or fen. What a formula reckoned in binary is taken to its nearest millionth first."""
    given = needed(round(cell, 6) if isinstance(cell, float) else cell)
    text = given.strip("¥￥").removesuffix("元").strip()
    if "," in text:
        if not _GROUPED.fullmatch(text):
            raise Bad(f"{given[:40]} 的逗号不是千位分隔，看不出是多少")
        text = text.replace(",", "")
    try:
        fen = Decimal(text) * (100 if unit == "yuan" else 1)
    except InvalidOperation:
        raise Bad(f"{given[:40]} 不是金额") from None
    if not fen.is_finite() or fen != fen.to_integral_value() or not 0 <= fen <= MOST_FEN:
        raise Bad(f"{given[:40]} 不是整分的金额，或者为负、过大")
    return Money(int(fen))


def quantity(cell: Any) -> int:
    text = written(cell) or "1"
    if not (text.isascii() and text.isdigit() and 0 < int(text[:7]) <= 100_000):
        raise Bad(f"{text[:40]} 不是 1 到 100000 的整数")
    return int(text)


def moment(cell: Any, zone: ZoneInfo) -> datetime | None:
    """In UTC; None for an empty cell."""
    if isinstance(cell, datetime):
        found: datetime | None = cell
    elif isinstance(cell, date):
        found = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 the zone is set below
    else:
        found = _parsed(written(cell))
    if found is None:
        return None
    if found.year not in _YEARS:
        raise Bad(f"{found:%Y-%m-%d} 不像订单的时间")
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _parsed(text: str) -> datetime | None:
    if not text:
        return None
    for form in _TIMES:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 the mapping's zone is set by the caller
        except ValueError:
            continue
    if _SERIAL_DAY.fullmatch(text):
        raise Bad(f"{text[:20]} 是表格软件的日期序号；请把这一列设为日期格式后重新导出")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Bad(f"{text[:40]} 不是时间，例如 2026-11-21 14:03:00") from None
