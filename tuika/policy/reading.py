"""From an order, a claim and the ledger to facts.

Invariants: pure; the facts obey :mod:`tuika.policy.constraints`; whatever an earlier fact answers leaves the
later ones unread. A :class:`Reading` keeps, beside the facts, the numbers a decision needs, so that a stored
reading can be decided again without the shop.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tuika.money import ZERO
from tuika.orders.model import Order, ProductType
from tuika.policy import goods, times
from tuika.policy.amounts import Amounts, amounts
from tuika.policy.facts import Account, Delivery, Facts, KeyFact, Limit, Note, PaymentFact
from tuika.policy.keys import KeysConcerned, keys_concerned
from tuika.policy.match import match
from tuika.policy.model import Claim, History, Reason
from tuika.policy.schema import Pack


@dataclass(frozen=True, slots=True)
class Reading:
    """``facts`` with the numbers behind them; ``at`` is the moment they were read."""

    facts: Facts
    at: datetime
    amounts: Amounts
    keys: tuple[int, ...] = ()
    promise_ends: datetime | None = None
    automatic_from: datetime | None = None
    limit_ends: datetime | None = None
    review_extra_days: int = 0


def read_facts(order: Order, claim: Claim, history: History, now: datetime, pack: Pack) -> Facts:
    """The facts alone; see :func:`read_order`."""
    return read_order(order, claim, history, now, pack).facts


def read_order(order: Order, claim: Claim, history: History, now: datetime, pack: Pack) -> Reading:
    """Read a claim on an order. Raises ``InputError`` for a key that the order does not have."""
    keys = _keys(order, claim, history)
    money = amounts(
        order,
        history,
        keys=keys.positions,
        whole=goods.positions(order),
        everything=claim.reason is Reason.ORDER_CANCELLED,
    )
    facts = _gates(order, claim, history, money, keys)
    if facts == Facts(claim.reason):
        facts = _body(order, claim, history, now, pack, keys, money)
        facts = replace(facts, limit=_limit(facts, order, history, money, pack))
    note = order.product.refund_note
    return Reading(
        facts=facts,
        at=now,
        amounts=money,
        keys=keys.positions,
        promise_ends=times.promise_ends(order, pack),
        automatic_from=times.automatic_from(order, pack),
        limit_ends=times.limit_ends(order, pack),
        review_extra_days=max(0, note.review_extra_days) if note else 0,
    )


def _keys(order: Order, claim: Claim, history: History) -> KeysConcerned:
    if order.product.type is ProductType.CARD_KEY:
        return keys_concerned(order, claim, history)
    return KeysConcerned((), KeyFact.NONE, missing=not goods.delivered(order), narrowed=False)


def _gates(order: Order, claim: Claim, history: History, money: Amounts, keys: KeysConcerned) -> Facts:
    """Steps 1-3: the first that answers leaves the rest unread."""
    if not claim.order_proved:
        return Facts(claim.reason, proved_order=False)
    if history.open_case_no is not None:
        return Facts(claim.reason, open_case=True)
    return Facts(
        claim.reason,
        nothing_left=_nothing_left(order, claim, history, money, keys),
        payment=_payment(order, claim),
    )


def _payment(order: Order, claim: Claim) -> PaymentFact:
    if order.paid:
        return PaymentFact.RECORDED
    if claim.payment_serial:
        return PaymentFact.SERIAL
    return PaymentFact.PICTURE if claim.payment_picture else PaymentFact.NONE


def _nothing_left(order: Order, claim: Claim, history: History, money: Amounts, keys: KeysConcerned) -> bool:
    """Whether refunds reach what was paid for the thing claimed."""
    if not order.paid:
        return history.refunded > ZERO and history.refunded >= order.amount
    if claim.reason in (Reason.DUPLICATE_CHARGE, Reason.ORDER_CANCELLED):
        return not money.left
    if order.product.type is ProductType.CARD_KEY and not keys.positions:
        return True
    return not money.goods


def _body(
    order: Order,
    claim: Claim,
    history: History,
    now: datetime,
    pack: Pack,
    keys: KeysConcerned,
    money: Amounts,
) -> Facts:
    """Steps 4-9 and the rows' own facts."""
    at = min(now, history.first_filed_at or now)
    duplicate = claim.reason is Reason.DUPLICATE_CHARGE
    started = not keys.missing or goods.account(order) is Account.UNKNOWN
    return Facts(
        claim.reason,
        product=order.product.type,
        delivery=times.undelivered(order, pack, now) if keys.missing else Delivery.DELIVERED,
        cancelled=goods.cancelled(order),
        key=keys.state,
        account=goods.account(order),
        service=goods.service(order),
        activated=goods.activated(order),
        typed_wrong=bool(claim.own_error) and claim.reason is Reason.WRONG_RECHARGE,
        surplus=duplicate and bool(money.excess),
        credited_twice=duplicate and goods.credited_twice(order),
        past_limit=started and times.passed(times.limit_ends(order, pack), at),
        note=_note(order, at, started=started),
        first_week=_first_week(order, pack, at),
        narrowed=keys.narrowed,
    )


def _note(order: Order, at: datetime, *, started: bool) -> Note:
    note = order.product.refund_note
    if note is None:
        return Note.NONE
    if note.refundable is False:
        return Note.CLOSED
    if started and note.days is not None and times.passed(times.days_after_delivery(order, note.days), at):
        return Note.PAST
    return Note.NONE


def _first_week(order: Order, pack: Pack, at: datetime) -> bool:
    days = pack.values.no_reason_days.value
    if days is None or not order.first_purchase:
        return False
    return not times.passed(times.days_after_delivery(order, days), at)


def _limit(facts: Facts, order: Order, history: History, money: Amounts, pack: Pack) -> Limit:
    """Section 3: what keeps the row that these facts meet from being approved by itself."""
    rule = match(facts, pack).decided.then.amount
    if rule is not None and money.by(rule, paid=order.paid) > pack.values.auto_limit:
        return Limit.AMOUNT
    if history.recent_refunds >= pack.values.recent_refund_limit.value:
        return Limit.FREQUENT
    several = len(goods.positions(order)) > 1
    goods_refunded = money.goods < min(order.amount, order.paid_total)
    if several and goods_refunded and not history.refunded_keys:
        return Limit.EARLIER_REFUND
    return Limit.NONE
