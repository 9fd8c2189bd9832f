"""What was delivered, credited, begun or cancelled, read from an order as the shop keeps it.

Invariants: pure; nothing is guessed: where a shop keeps no record, the fact is ``unknown``. A top-up is
delivered when its credited account is set, a membership when it is opened, anything else when it was
handed over: a delivery time, a status that says so, or a key that was seen.
"""

from __future__ import annotations

from tuika.orders.model import CancelledBy, CardKey, KeyState, Order, OrderStatus, ProductType
from tuika.policy.facts import Account, Cancelled, Service

_HANDED_OVER = (OrderStatus.DELIVERED, OrderStatus.COMPLETED)
_WITH_ACCOUNT = (ProductType.DIRECT_TOPUP, ProductType.MEMBERSHIP)


def positions(order: Order) -> tuple[int, ...]:
    """1-based places for keys: as many as were ordered, or delivered if those are more."""
    last = max([order.quantity, 1, *(key.position for key in order.keys)])
    return tuple(range(1, last + 1)) if order.product.type is ProductType.CARD_KEY else ()


def shop_says_delivered(order: Order) -> bool:
    return order.delivered_at is not None or order.status in _HANDED_OVER


def delivered(order: Order) -> bool:
    """Whether the order as a whole was delivered, whatever single keys may be missing."""
    if order.product.type in _WITH_ACCOUNT:
        return order.delivered
    return shop_says_delivered(order)


def delivered_keys(order: Order) -> frozenset[int]:
    """Positions whose key was handed over. A shop that shows no keys at all has delivered all or none."""
    if delivered(order):
        return frozenset(key.position for key in order.keys) or frozenset(positions(order))
    return frozenset(key.position for key in order.keys if _seen(key))


def _seen(key: CardKey) -> bool:
    return key.revealed_at is not None or key.state in (KeyState.REVEALED, KeyState.REDEEMED)


def account(order: Order) -> Account:
    """The credited account against the requested one, for goods that have an account."""
    if order.product.type not in _WITH_ACCOUNT:
        return Account.NONE
    topup = order.topup
    if not delivered(order):
        untracked = order.product.type is ProductType.DIRECT_TOPUP and topup is None
        return Account.UNKNOWN if untracked and shop_says_delivered(order) else Account.NOT_CREDITED
    if topup is None or topup.credited_account is None or topup.requested_account is None:
        return Account.UNKNOWN
    same = topup.credited_account.strip() == topup.requested_account.strip()
    return Account.REQUESTED if same else Account.OTHER


def credited_twice(order: Order) -> bool:
    """More credits than were ordered."""
    if order.topup is None or not delivered(order) or order.product.type not in _WITH_ACCOUNT:
        return False
    return order.topup.times > max(order.quantity, 1)


def service(order: Order) -> Service:
    if order.product.type is not ProductType.CUSTOM_SERVICE:
        return Service.NONE
    if delivered(order):
        return Service.BEGUN
    if order.service is None:
        return Service.UNKNOWN
    return Service.BEGUN if order.service.begun or order.service.percent > 0 else Service.NOT_BEGUN


def activated(order: Order) -> bool:
    return order.product.type is ProductType.PHYSICAL_CARD and order.activated and delivered(order)


def cancelled(order: Order) -> Cancelled:
    """Who cancelled, and whether anything had been delivered or may have been."""
    if order.status is not OrderStatus.CANCELLED and order.cancelled_by is None:
        return Cancelled.NO
    if _something_delivered(order):
        return Cancelled.AFTER
    if order.cancelled_by is None:
        return Cancelled.UNKNOWN_BY
    return Cancelled.BUYER_BEFORE if order.cancelled_by is CancelledBy.BUYER else Cancelled.SHOP_BEFORE


def _something_delivered(order: Order) -> bool:
    if order.product.type is ProductType.CARD_KEY:
        return bool(delivered_keys(order))
    return delivered(order) or account(order) is Account.UNKNOWN
