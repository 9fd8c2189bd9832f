"""Values as the shops keep them, made exact.

Invariants: money comes out as whole fen or not at all (``ShopUnavailable`` names the value); a time without a zone is in
the shop's zone and comes out aware, in UTC; an impossible time (a zero date) is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from tuika.errors import ShopUnavailable
from tuika.money import Money
from tuika.orders.model import PayChannel, ProductType

_CENT = Decimal("0.01")
_FIRST_YEAR = 1971  # before it: a zero date of MySQL, Go or the epoch itself
_GO_ZONE = re.compile(r"\s*([+-]\d{4})(?: [A-Za-z]+| [+-]\d{2,4})?(?: m=\S+)?$")
_CHANNELS = (
    (PayChannel.USDT, re.compile(r"usdt|trc-?20|trx|epusdt|tokenpay|coinbase|binance", re.I)),
    (PayChannel.WECHAT, re.compile(r"wechat|weixin|微信|^wx|^we|payjs", re.I)),
    (PayChannel.ALIPAY, re.compile(r"ali|支付宝|zfb", re.I)),
    (PayChannel.QQ, re.compile(r"qq", re.I)),
    (PayChannel.BALANCE, re.compile(r"balance|wallet|余额|#system", re.I)),
    (PayChannel.BANK_CARD, re.compile(r"bank|银行|云闪付|union|stripe|card", re.I)),
)


def money_of(value: Any) -> Money:
    """Yuan as DECIMAL (or text of one) to fen. Raises ShopUnavailable for a fraction of a fen."""
    try:
        return Money.from_yuan(str(value))
    except ValueError:
        raise ShopUnavailable(f"店铺里的金额 {str(value)[:40]!r} 不是整分，请人工核对") from None


def money_of_float(value: Any) -> Money:
    """Yuan kept as a binary float: the nearest fen. Raises ShopUnavailable for what is no number."""
    try:
        return Money.from_yuan(str(Decimal(str(value)).quantize(_CENT, ROUND_HALF_UP)))
    except (InvalidOperation, ValueError):
        raise ShopUnavailable(f"店铺里的金额 {str(value)[:40]!r} 不是数字，请人工核对") from None


def moment_of(value: Any, zone: ZoneInfo) -> datetime | None:
    """A naive time of the shop's zone, or a text of one (SQLite); None for none and for the zero date.

    A text may carry its own offset, also as Go writes it: ``2026-11-21 12:00:00.5 +0800 CST m=+1.2``.
    """
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(_GO_ZONE.sub(r"\1", value.strip()))
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    if value.year < _FIRST_YEAR:
        return None
    return (value.replace(tzinfo=zone) if value.tzinfo is None else value).astimezone(UTC)


def money_of_cents(value: Any) -> Money:
    """Whole cents as they are. Raises ShopUnavailable for what is no integer."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Money(value)
    raise ShopUnavailable(f"店铺里的金额 {str(value)[:40]!r} 不是整数分，请人工核对")


def epoch_of(value: Any) -> datetime | None:
    """Seconds since 1970; 0 and less: never."""
    seconds = int(value or 0)
    return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None


def channel_of(*labels: str | None) -> PayChannel:
    """The channel that codes or names of a payment method mean; the first label that says something wins."""
    for label in labels:
        for channel, pattern in _CHANNELS:
            if label and pattern.search(label):
                return channel
    return PayChannel.OTHER


def goods_of(name: str, goods: Mapping[str, ProductType], *, otherwise: ProductType) -> ProductType:
    """The kind of a product by the operator's table: the longest part that its name holds."""
    folded = name.casefold()
    fitting = [part for part in goods if part.casefold() in folded]
    return goods[max(fitting, key=len)] if fitting else otherwise


def whole(value: str) -> int | None:
    """A positive integer as shops write ids; None for everything else that ``int`` would accept."""
    return int(value) if re.fullmatch(r"[1-9][0-9]{0,17}", value) else None
