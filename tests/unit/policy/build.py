"""Orders and claims for the policy's tests: plain values, everything changeable by keyword."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tuika.money import Money
from tuika.orders.model import (
    CardKey,
    KeyCheck,
    KeyState,
    Merchant,
    Order,
    OrderStatus,
    Payment,
    Product,
    ProductType,
    RefundNote,
)
from tuika.policy.constraints import combinations
from tuika.policy.decide import decide
from tuika.policy.facts import Facts
from tuika.policy.model import Claim, Decision, History, Reason
from tuika.policy.pack import load_packs
from tuika.policy.schema import Pack

POLICIES = Path(__file__).parents[3] / "policies"
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@cache
def packs() -> dict[str, Pack]:
    return load_packs(POLICIES)


@cache
def every_combination() -> tuple[Facts, ...]:
    return tuple(combinations())


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def product(kind: ProductType = ProductType.CARD_KEY, **change: Any) -> Product:
    return Product(**{"name": "Q币 100", "type": kind, "delivery": "instant", **change})


def note(**change: Any) -> RefundNote:
    return RefundNote(**change)


def key(position: int = 1, **change: Any) -> CardKey:
    fields: dict[str, Any] = {
        "state": KeyState.REVEALED,
        "revealed_at": ago(hours=2, minutes=50),
        "check": KeyCheck.UNKNOWN,
    }
    return CardKey(position, "ABCD****", **{**fields, **change})


def order(kind: ProductType = ProductType.CARD_KEY, **change: Any) -> Order:
    """Paid three hours ago for 98.00 yuan, delivered a minute later."""
    amount = change.get("amount", Money(9800))
    paid = change.get("paid_at", ago(hours=3))
    fields: dict[str, Any] = {
        "order_no": "KM1",
        "platform": "generic",
        "buyer_id": "b1",
        "merchant": Merchant("m1", "闪充小店"),
        "product": product(kind),
        "amount": amount,
        "status": OrderStatus.DELIVERED,
        "paid_at": paid,
        "delivered_at": ago(hours=2, minutes=59),
        "keys": (key(),) if kind is ProductType.CARD_KEY else (),
        "payments": (Payment("T1", amount, paid),),
    }
    return Order(**{**fields, **change})


def undelivered(kind: ProductType = ProductType.CARD_KEY, **change: Any) -> Order:
    return order(kind, **{"status": OrderStatus.PAID, "delivered_at": None, "keys": (), **change})


def ruling(
    what: Order,
    reason: Reason,
    pack: str = "generic",
    *,
    history: History | None = None,
    now: datetime = NOW,
    **claim: Any,
) -> Decision:
    """The decision of a pack."""
    return decide(what, Claim(reason, **claim), history or History(), now, packs()[pack])
