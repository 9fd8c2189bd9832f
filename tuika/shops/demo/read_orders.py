"""One order of a fixture, with the contract's defaults.

Invariants: whatever the status, an order was paid unless it is ``unpaid`` without ``paid`` or says
``payments: []``; so a cancelled order that nobody paid writes the empty list. A null beside a written
key is a value of its own only for ``opened`` and ``revealed`` (not opened, revealed at an unknown time).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from tuika.money import Money
from tuika.orders.model import (
    CancelledBy,
    Merchant,
    Order,
    OrderStatus,
    PayChannel,
    Payment,
    PaymentStatus,
    Product,
    ProductType,
)
from tuika.shops.demo.nodes import Scalar
from tuika.shops.demo.read_goods import read_keys, read_product, read_service, read_topup
from tuika.shops.demo.reader import Section
from tuika.shops.demo.values import FixtureMerchant, FixtureOrder, Platform
from tuika.shops.plans import NEVER_ARRIVES, PayoutPlan

ORDER_KEYS = (
    "order_no",
    "buyer",
    "merchant",
    "contact",
    "query_password",
    "product",
    "amount_fen",
    "status",
    "paid",
    "delivered",
    "completed",
    "key",
    "keys",
    "service",
    "activated",
    "topup",
    "pay_channel",
    "opened",
    "payout",
    "payments",
    "cancelled_by",
    "first_purchase",
)
_PAYMENT = ("trade_no", "amount_fen", "at", "status")
MAX_ORDER_NO = 64


def read_order(
    section: Section, platform: Platform, *, buyers: frozenset[str], merchants: Mapping[str, FixtureMerchant]
) -> FixtureOrder:
    """Problems go to the section; the value is of use only when there are none."""
    section.require("amount_fen", "status", "product")
    delivered = section.moment("delivered")
    keys = read_keys(section, delivered)
    product = read_product(section)
    status = section.choice("status", OrderStatus) or OrderStatus.PAID
    paid = section.moment("paid")
    payments = _payments(section, status, paid)
    order = Order(
        order_no=_order_no(section),
        platform=platform.value,
        buyer_id=_buyer(section, buyers),
        merchant=_merchant(section, merchants),
        product=product,
        amount=Money(section.fen("amount_fen") or 0),
        status=status,
        created_at=_earliest(paid, payments),
        paid_at=paid,
        delivered_at=delivered,
        completed_at=section.moment("completed"),
        cancelled_by=section.choice("cancelled_by", CancelledBy),
        keys=keys.keys,
        quantity=keys.quantity,
        service=read_service(section),
        activated=section.flag("activated") or False,
        topup=read_topup(section),
        opened_at=_opened(section, product, delivered),
        pay_channel=section.choice("pay_channel", PayChannel) or PayChannel.OTHER,
        payments=payments,
        first_purchase=section.flag("first_purchase") or False,
    )
    contact, password = section.text("contact"), section.text("query_password")
    return FixtureOrder(order, contact, password, keys.values, _payout(section))


def _order_no(section: Section) -> str:
    order_no = section.needed("order_no")
    if len(order_no) > MAX_ORDER_NO or any(c.isspace() for c in order_no):
        section.report("order_no", f"最多 {MAX_ORDER_NO} 个字符，不能有空格")
    return order_no


def _buyer(section: Section, buyers: frozenset[str]) -> str | None:
    if not section.written("buyer"):
        section.report("buyer", "必须填写（游客的订单写 null）")
    buyer = section.text("buyer")
    if buyer is not None and buyer not in buyers:
        section.report("buyer", f"buyers 里没有“{buyer}”")
    return buyer


def _merchant(section: Section, merchants: Mapping[str, FixtureMerchant]) -> Merchant:
    merchant_id = section.needed("merchant")
    known = merchants.get(merchant_id)
    if merchant_id and known is None:
        section.report("merchant", f"merchants 里没有“{merchant_id}”")
    return Merchant(merchant_id, known.name if known else "")


def _opened(section: Section, product: Product, delivered: datetime | None) -> datetime | None:
    if not section.written("opened"):
        return delivered if product.type is ProductType.MEMBERSHIP else None
    return section.moment("opened")


def _payments(section: Section, status: OrderStatus, paid: datetime | None) -> tuple[Payment, ...]:
    amount = Money(section.fen("amount_fen") or 0)
    order_no, channel = section.text("order_no") or "", section.choice("pay_channel", PayChannel)
    if section.node("payments") is None:
        if status is OrderStatus.UNPAID and paid is None:
            return ()
        return (Payment(trade_no_for(order_no, 1, channel), amount, paid),)
    rows = section.sections("payments", allowed=_PAYMENT)
    return tuple(
        _payment(row, amount, paid, trade_no_for(order_no, place, channel))
        for place, row in enumerate(rows, start=1)
    )


def _payment(row: Section, amount: Money, paid: datetime | None, trade_no: str) -> Payment:
    given = row.fen("amount_fen")
    at = row.moment("at") if row.written("at") else paid
    status = row.choice("status", PaymentStatus) or PaymentStatus.SUCCESS
    return Payment(row.text("trade_no") or trade_no, amount if given is None else Money(given), at, status)


def trade_no_for(order_no: str, place: int, channel: PayChannel | None) -> str:
    """A serial of 28 digits as Alipay (20…) or WeChat (4200…) write them, the same at every loading."""
    digest = hashlib.sha256(f"{order_no}#{place}".encode("utf-8", "replace")).hexdigest()
    start = "4200" if channel is PayChannel.WECHAT else "20"
    return start + str(int(digest, 16))[-(28 - len(start)) :]


def _earliest(paid: datetime | None, payments: tuple[Payment, ...]) -> datetime | None:
    known = [moment for moment in (paid, *(p.at for p in payments)) if moment is not None]
    return min(known, default=None)


def _payout(section: Section) -> PayoutPlan | None:
    node = section.node("payout")
    if node is None:
        return None
    if isinstance(node, Scalar):
        if node.text != "never":
            section.report("payout", "应是 never 或 {arrives_after: 时长}")
        return NEVER_ARRIVES
    plan = section.section("payout", allowed=("arrives_after",))
    if plan is None:
        return None
    plan.require("arrives_after")
    after = plan.duration("arrives_after")
    return None if after is None else PayoutPlan(after)
