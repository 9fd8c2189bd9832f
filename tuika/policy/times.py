"""The hours of a claim: promise, automatic refund, time limit.

Invariants: pure. The promise and the automatic hours count from payment and have passed at their very
instant (whoever comes back then is not sent away again); the time limit counts from delivery, still holds
at its very instant, is judged at the order's first filing, and without a start has not passed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tuika.orders.model import Order, PaymentStatus, ProductType
from tuika.policy.facts import Delivery
from tuika.policy.schema import Pack

_AT_ONCE = (ProductType.CARD_KEY, ProductType.DIRECT_TOPUP, ProductType.MEMBERSHIP)


def paid_at(order: Order) -> datetime | None:
    """When it was paid: the order's own record, else its earliest successful payment."""
    if order.paid_at is not None:
        return order.paid_at
    times = [p.at for p in order.payments if p.status is PaymentStatus.SUCCESS and p.at is not None]
    return min(times, default=None)


def promised_minutes(order: Order, pack: Pack) -> int:
    """The listing's promise, else the pack's by kind of delivery (parcels and services are not instant)."""
    if order.product.promised_minutes is not None:
        return order.product.promised_minutes
    kind = order.product.delivery or ("instant" if order.product.type in _AT_ONCE else "scheduled")
    values = pack.values
    chosen = values.promised_minutes_scheduled if kind == "scheduled" else values.promised_minutes_instant
    return chosen.value


def promise_ends(order: Order, pack: Pack) -> datetime | None:
    paid = paid_at(order)
    return None if paid is None else paid + timedelta(minutes=promised_minutes(order, pack))


def automatic_from(order: Order, pack: Pack) -> datetime | None:
    """When an undelivered order is refunded by itself; None where the pack or the shop knows no such time."""
    paid, hours = paid_at(order), pack.values.undelivered_auto_hours.value
    return None if paid is None or hours is None else paid + timedelta(hours=hours)


def undelivered(order: Order, pack: Pack, now: datetime) -> Delivery:
    """How late goods are that have not come."""
    ends = promise_ends(order, pack)
    if ends is None:
        return Delivery.LATE
    if now < ends:
        return Delivery.PROMISED
    automatic = automatic_from(order, pack)
    return Delivery.OVERDUE if automatic is None or now >= automatic else Delivery.LATE


def delivery_time(order: Order) -> datetime | None:
    """When the goods came; a membership comes when it is opened."""
    if order.product.type is ProductType.MEMBERSHIP:
        return order.opened_at
    return order.delivered_at


def limit_ends(order: Order, pack: Pack) -> datetime | None:
    """The last instant of the pack's time limit."""
    start, values = delivery_time(order), pack.values
    if order.product.type is not ProductType.CARD_KEY:
        return None if start is None else start + timedelta(hours=values.time_limit_hours.value)
    if values.card_key_limit_start.value == "completion":
        start = order.completed_at or start
    return None if start is None else start + timedelta(hours=values.card_key_limit_hours.value)


def days_after_delivery(order: Order, days: int) -> datetime | None:
    """The last instant of so many days from delivery."""
    start = delivery_time(order)
    return None if start is None else start + timedelta(days=days)


def passed(ends: datetime | None, at: datetime) -> bool:
    """Whether an inclusive limit has passed; one without a start has not."""
    return ends is not None and at > ends
