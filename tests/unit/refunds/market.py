"""Orders, claims and people that the tests of refunds speak of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tuika.evidence.model import EvidenceRef
from tuika.money import Money
from tuika.orders.model import (
    CardKey,
    KeyCheck,
    KeyState,
    Merchant,
    Order,
    OrderStatus,
    PayChannel,
    Payment,
    Product,
    ProductType,
)
from tuika.policy.model import Claim, EvidenceKind, Reason
from tuika.policy.pack import load_packs
from tuika.policy.schema import Pack
from tuika.refunds.model import Actor

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # a Monday, 12:00 in Beijing
BUYER = Actor.buyer("b1")
ANNA, BEN = Actor.agent("anna"), Actor.agent("ben")
POLICIES = Path(__file__).parents[3] / "policies"


@cache
def packs() -> dict[str, Pack]:
    return load_packs(POLICIES)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def order(order_no: str = "KM1", **change: Any) -> Order:
    """A card key for 98.00 yuan, paid three hours ago by Alipay, promised in five minutes, never delivered."""
    amount = change.get("amount", Money(9800))
    paid = change.pop("paid_at", NOW - hours(3))
    fields: dict[str, Any] = {
        "order_no": order_no,
        "platform": "generic",
        "buyer_id": "b1",
        "merchant": Merchant("m1", "闪充小店"),
        "product": Product("Q币 100", ProductType.CARD_KEY, delivery="instant", promised_minutes=5),
        "amount": amount,
        "status": OrderStatus.PAID,
        "paid_at": paid,
        "pay_channel": PayChannel.ALIPAY,
        "payments": (Payment(f"T{order_no}", amount, paid),),
    }
    return Order(**{**fields, **change})


def fresh(order_no: str = "KM1", **change: Any) -> Order:
    """Undelivered for 45 minutes only: the merchant answers first, the rules look again at two hours."""
    return order(order_no, paid_at=NOW - timedelta(minutes=45), **change)


def with_key(order_no: str = "KM1", check: KeyCheck = KeyCheck.UNKNOWN, **change: Any) -> Order:
    """Delivered; the key's check says ``check``."""
    at = NOW - hours(2)
    key = CardKey(1, "ABCD****", KeyState.REVEALED, at, check)
    return order(order_no, status=OrderStatus.DELIVERED, delivered_at=at, keys=(key,), **change)


def picture(kind: EvidenceKind, name: str = "") -> EvidenceRef:
    return EvidenceRef(f"ev_{kind.value}{name}", kind, f"sha-{kind.value}{name}")


INVALID = Claim(Reason.INVALID_CARD_KEY)
UNDELIVERED = Claim(Reason.NO_DELIVERY)
UNWANTED = Claim(Reason.CHANGED_MIND)
KEY_PICTURES = (picture(EvidenceKind.KEY_ERROR), picture(EvidenceKind.ORDER_PAGE))
