"""Boundaries: the promise, the two hours, the time limit, at their very instant and a moment beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tuika.money import Money
from tuika.orders.model import OrderStatus, Payment, ProductType
from tuika.policy.model import History, Outcome, Reason

from .build import NOW, ago, order, product, ruling, undelivered

MOMENT = timedelta(microseconds=1)


def test_the_promise_has_passed_at_its_very_instant() -> None:
    waiting = undelivered(paid_at=NOW - timedelta(minutes=30))
    assert ruling(waiting, Reason.NO_DELIVERY).outcome is Outcome.MERCHANT_REVIEW
    early = ruling(waiting, Reason.NO_DELIVERY, now=NOW - MOMENT)
    assert (early.outcome, early.retry_at) == (Outcome.WAIT, NOW)


def test_two_hours_are_enough_and_less_is_not() -> None:
    waiting = undelivered(paid_at=ago(hours=2))
    assert ruling(waiting, Reason.NO_DELIVERY).outcome is Outcome.APPROVE
    early = ruling(waiting, Reason.NO_DELIVERY, now=NOW - MOMENT)
    assert (early.outcome, early.decide_again_at) == (Outcome.MERCHANT_REVIEW, NOW)
    solo = ruling(waiting, Reason.NO_DELIVERY, "solo", now=NOW - MOMENT)
    assert (solo.outcome, solo.decide_again_at) == (Outcome.PLATFORM_REVIEW, NOW)
    assert ruling(waiting, Reason.NO_DELIVERY, "binghui", now=NOW - MOMENT).decide_again_at is None


def test_a_promise_beyond_two_hours_is_awaited() -> None:
    slow = undelivered(product=product(promised_minutes=600), paid_at=ago(hours=9))
    decision = ruling(slow, Reason.NO_DELIVERY)
    assert (decision.outcome, decision.retry_at) == (Outcome.WAIT, NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("pack", "delivery", "minutes"),
    [
        ("generic", "instant", 30),
        ("generic", "scheduled", 30),
        ("generic", None, 30),
        ("binghui", "instant", 5),
        ("binghui", None, 5),
        ("binghui", "scheduled", 24 * 60),
        ("zhongshang", "instant", 30),
        ("zhongshang", "scheduled", 30),
    ],
)
def test_the_packs_own_promise(pack: str, delivery: str | None, minutes: int) -> None:
    waiting = undelivered(product=product(delivery=delivery), paid_at=NOW)
    assert ruling(waiting, Reason.NO_DELIVERY, pack).retry_at == NOW + timedelta(minutes=minutes)
    listed = undelivered(product=product(delivery=delivery, promised_minutes=7), paid_at=NOW)
    assert ruling(listed, Reason.NO_DELIVERY, pack).retry_at == NOW + timedelta(minutes=7)


def test_goods_that_cannot_be_instant_have_the_scheduled_promise() -> None:
    parcel = undelivered(
        ProductType.PHYSICAL_CARD, product=product(ProductType.PHYSICAL_CARD, delivery=None), paid_at=NOW
    )
    assert ruling(parcel, Reason.NO_DELIVERY, "binghui").retry_at == NOW + timedelta(days=1)


def test_payment_time_from_the_payments_where_the_order_has_none() -> None:
    payments = (Payment("T1", Money(9800), ago(hours=2)), Payment("T0", Money(9800), ago(hours=1)))
    assert ruling(undelivered(paid_at=None, payments=payments), Reason.NO_DELIVERY).outcome is Outcome.APPROVE


def test_payment_time_unknown_goes_to_the_merchant_and_is_not_looked_at_again() -> None:
    timeless = undelivered(paid_at=None, payments=(Payment("T1", Money(9800), None),))
    decision = ruling(timeless, Reason.NO_DELIVERY)
    assert (decision.outcome, decision.decide_again_at) == (Outcome.MERCHANT_REVIEW, None)


@pytest.mark.parametrize("pack", ["generic", "binghui", "solo"])
def test_exactly_seven_days_still_hold(pack: str) -> None:
    bought = order(delivered_at=ago(days=7))
    assert ruling(bought, Reason.NOT_AS_DESCRIBED, pack).outcome.files
    assert ruling(bought, Reason.NOT_AS_DESCRIBED, pack, now=NOW + MOMENT).finding == "past_limit"


def test_zhongshang_keys_24_hours_from_completion_else_from_delivery() -> None:
    completed = order(delivered_at=ago(days=5), completed_at=ago(hours=24), status=OrderStatus.COMPLETED)
    assert ruling(completed, Reason.INVALID_CARD_KEY, "zhongshang").outcome.files
    late = ruling(completed, Reason.INVALID_CARD_KEY, "zhongshang", now=NOW + MOMENT)
    assert late.finding == "past_limit" and "24 小时" in late.clauses[-1].text
    delivered = order(delivered_at=ago(hours=24))
    assert ruling(delivered, Reason.INVALID_CARD_KEY, "zhongshang").outcome.files
    assert not ruling(delivered, Reason.INVALID_CARD_KEY, "zhongshang", now=NOW + MOMENT).outcome.files


def test_zhongshang_other_goods_have_seven_days_from_delivery() -> None:
    card = order(ProductType.PHYSICAL_CARD, delivered_at=ago(days=7), completed_at=ago(days=6))
    assert ruling(card, Reason.NOT_AS_DESCRIBED, "zhongshang").outcome.files
    assert not ruling(card, Reason.NOT_AS_DESCRIBED, "zhongshang", now=NOW + MOMENT).outcome.files


def test_a_membership_is_delivered_when_it_is_opened() -> None:
    opened = order(ProductType.MEMBERSHIP, delivered_at=ago(days=9), opened_at=ago(days=7))
    assert ruling(opened, Reason.NOT_AS_DESCRIBED).outcome.files
    assert not ruling(opened, Reason.NOT_AS_DESCRIBED, now=NOW + MOMENT).outcome.files


def test_without_a_start_the_limit_has_not_passed() -> None:
    bought = order(delivered_at=None, status=OrderStatus.COMPLETED)
    assert ruling(bought, Reason.NOT_AS_DESCRIBED).outcome.files


def test_the_limit_is_judged_at_the_first_filing() -> None:
    bought = order(delivered_at=ago(days=20))
    filed = History(first_filed_at=ago(days=13))
    assert ruling(bought, Reason.NOT_AS_DESCRIBED, history=filed).outcome.files
    late = History(first_filed_at=ago(days=12, hours=23))
    assert not ruling(bought, Reason.NOT_AS_DESCRIBED, history=late).outcome.files


def test_seven_days_without_reason_are_inclusive() -> None:
    bought = order(delivered_at=ago(days=7), first_purchase=True)
    assert ruling(bought, Reason.CHANGED_MIND).finding == "first_purchase"
    timeless = order(delivered_at=None, status=OrderStatus.COMPLETED, first_purchase=True)
    assert ruling(timeless, Reason.CHANGED_MIND).finding == "first_purchase"
