"""A family of rows to an order.

Invariants: amounts are yuan or nothing (an order in another currency is refused, never converted); a payment's fee stands
apart from what it paid for; times are those that the shop wrote, in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from tuika.errors import ShopUnavailable
from tuika.money import ZERO, Money
from tuika.orders.model import Order, OrderStatus, PayChannel, Payment, PaymentStatus, Product, ShopRefund
from tuika.shops.dujiao_next.family import Family
from tuika.shops.dujiao_next.states import HANDED_OVER, PARTLY, last_of, refunds_of, status_of
from tuika.shops.sql.seller import Seller
from tuika.shops.sql.values import channel_of, moment_of, money_of, money_of_float

CURRENCY = "CNY"
AUTOMATIC = ("auto", "upstream")
_UTC = ZoneInfo("UTC")
_LOCALES = ("zh-CN", "zh-TW", "en-US")


def order_of(family: Family, seller: Seller) -> Order:
    """Raises ShopUnavailable for an order in another currency."""
    row = family.row
    if str(row.currency or CURRENCY).upper() != CURRENCY:
        raise ShopUnavailable(f"这笔订单按 {str(row.currency)[:8]} 结算，退卡只处理人民币，请转人工")
    paid_at, total = moment(row.paid_at), money(row.total_amount)
    paid = paid_at is not None or row.status in (*HANDED_OVER, PARTLY)
    delivered, handed_at = _handed_over(family)
    status = status_of(row.status, paid=paid, delivered=delivered)
    gone = status in (OrderStatus.DELIVERED, OrderStatus.COMPLETED)
    return Order(
        order_no=row.order_no,
        platform=seller.platform,
        buyer_id=str(row.user_id) if row.user_id else None,
        merchant=seller.itself,
        product=_product(family, seller),
        amount=total,
        status=status,
        created_at=moment(row.created_at),
        paid_at=paid_at,
        delivered_at=(handed_at or paid_at) if gone else None,
        completed_at=handed_at if status is OrderStatus.COMPLETED else None,
        quantity=max(1, sum(int(each.quantity or 0) for each in family.items)),
        pay_channel=_channel(family),
        payments=_payments(family, paid=paid, paid_at=paid_at, total=total),
        refunds=_refunds(family, total),
    )


def _handed_over(family: Family) -> tuple[bool, datetime | None]:
    """Whether every part was handed over, and when the last one was."""
    done = family.handed_over
    return len(done) >= family.units, last_of([moment(each.delivered_at) for each in done])


def _product(family: Family, seller: Seller) -> Product:
    automatic = bool(family.items) and all(each.fulfillment_type in AUTOMATIC for each in family.items)
    return seller.product(name_of([title(each.title_json) for each in family.items]), automatic=automatic)


def moment(value: Any) -> datetime | None:
    return moment_of(value, _UTC)


def money(value: Any) -> Money:
    """SQLite keeps decimals as binary floats, PostgreSQL as they are."""
    return money_of_float(value) if isinstance(value, float) else money_of(value or 0)


def title(value: Any) -> str:
    """The name in the locale that comes first; JSON comes as text (SQLite) or read (PostgreSQL)."""
    read: Any = value
    if isinstance(value, str):
        try:
            read = json.loads(value)
        except (ValueError, RecursionError):
            read = value
    if isinstance(read, str):
        return read.strip()
    if not isinstance(read, dict):
        return ""
    named = [read.get(locale) for locale in _LOCALES] + list(read.values())
    return next((each.strip() for each in named if isinstance(each, str) and each.strip()), "")


def name_of(names: Sequence[str]) -> str:
    first = next((name for name in names if name), "商品")
    return first if len(names) <= 1 else f"{first} 等 {len(names)} 种商品"


def _payments(family: Family, *, paid: bool, paid_at: datetime | None, total: Money) -> tuple[Payment, ...]:
    wallet = money(family.row.wallet_paid_amount) if paid else ZERO
    online = max(ZERO, total - wallet)
    made = [_payment(row, online) for row in family.payments]
    known = [payment for payment in made if payment is not None]
    if wallet:
        known.append(Payment("", wallet, paid_at))
    if paid and online and not any(row.status == "success" for row in family.payments):
        known.append(Payment("", online, paid_at))  # set to paid by hand
    return tuple(known)


def _payment(row: Row[Any], online: Money) -> Payment | None:
    """None for a payment that was begun and has no number yet. ``online``: what the order leaves to pay."""
    serial, own = str(row.provider_ref or ""), str(row.gateway_order_no or "")
    success = row.status == "success"
    if not success and not serial and not own:
        return None
    fee = money(row.fee_amount)
    amount = max(ZERO, money(row.amount) - fee)
    if str(row.currency or CURRENCY).upper() != CURRENCY:
        amount, fee = online, ZERO  # paid in coins: worth what the order asked for
    return Payment(
        trade_no=serial or own,
        amount=amount,
        at=moment(row.paid_at) if success else moment(row.created_at),
        status=PaymentStatus.SUCCESS if success else PaymentStatus.FAILED,
        merchant_no=own,
        fee=fee,
    )


def _channel(family: Family) -> PayChannel:
    for row in family.payments:
        if row.status == "success":
            return channel_of(row.channel_type, row.provider_type)
    return PayChannel.BALANCE if money(family.row.wallet_paid_amount) else PayChannel.OTHER


def _refunds(family: Family, total: Money) -> tuple[ShopRefund, ...]:
    row = family.row
    records = [
        ShopRefund(money(each.amount), moment(each.created_at), to_balance=each.type == "wallet")
        for each in sorted(family.refunds, key=lambda each: each.id)
    ]
    of_children = sum((money(child.refunded_amount) for child in family.children), ZERO)
    refunded = money(row.refunded_amount) + of_children
    return refunds_of(records, min(refunded, total), word=row.status, total=total)
