"""Reading the order: section 1, step by step, and the limits of section 3."""

from __future__ import annotations

import pytest

from tuika.money import Money
from tuika.orders.model import (
    CancelledBy,
    KeyState,
    Order,
    OrderStatus,
    Payment,
    PaymentStatus,
    ProductType,
    TopUp,
)
from tuika.policy.model import Alternative, EvidenceKind, History, Outcome, Reason

from .build import ago, key, note, order, product, ruling, undelivered

USED = key(state=KeyState.REDEEMED, used_at=ago(hours=1))
UNPAID = undelivered(
    status=OrderStatus.UNPAID,
    paid_at=None,
    payments=(Payment("T1", Money(9800), None, PaymentStatus.FAILED),),
)


@pytest.mark.parametrize("reason", list(Reason))
def test_step_1_nothing_is_said_about_an_unproved_order(reason: Reason) -> None:
    decision = ruling(order(), reason, order_proved=False)
    assert (decision.outcome, decision.finding, decision.keys) == (Outcome.REFUSE, "not_proved", ())
    assert decision.alternatives == (Alternative.HUMAN,)
    assert ruling(UNPAID, reason, order_proved=False) == decision


def test_step_2_no_payment_on_record() -> None:
    nothing = ruling(UNPAID, Reason.NO_DELIVERY)
    assert (nothing.outcome, nothing.reason) == (Outcome.EXPLAIN, Reason.NO_DELIVERY)
    assert Alternative.PAYMENT_PROOF in nothing.alternatives
    serial = ruling(UNPAID, Reason.NO_DELIVERY, payment_serial=True, payment_picture=True)
    assert (serial.outcome, serial.reason) == (Outcome.PLATFORM_REVIEW, Reason.UNRECORDED_PAYMENT)
    assert (serial.evidence, serial.amount, serial.amount_open) == ((), Money(9800), True)
    picture = ruling(UNPAID, Reason.UNRECORDED_PAYMENT, payment_picture=True)
    assert picture.evidence == (EvidenceKind.PAYMENT_RECORD,)


def test_step_3_an_open_case_comes_before_everything_that_files() -> None:
    history = History(open_case_no="RF1", open_case_state="platform_review")
    for what in (order(), undelivered(), UNPAID):
        decision = ruling(what, Reason.NO_DELIVERY, history=history, payment_serial=True)
        assert (decision.outcome, decision.finding) == (Outcome.EXPLAIN, "open_case")


def test_step_3_refunds_that_reach_the_sum_paid() -> None:
    for refunded in (9800, 9900):
        decision = ruling(undelivered(), Reason.NO_DELIVERY, history=History(refunded=Money(refunded)))
        assert (decision.outcome, decision.finding) == (Outcome.EXPLAIN, "nothing_left")
    rest = ruling(undelivered(), Reason.NO_DELIVERY, history=History(refunded=Money(9799)))
    assert rest.amount == Money(1)


def test_step_3_a_refunded_surplus_leaves_the_rest_open() -> None:
    twice = (Payment("T1", Money(9800), ago(hours=3)), Payment("T2", Money(9800), ago(hours=3)))
    history = History(refunded=Money(9800))
    goods = ruling(undelivered(payments=twice), Reason.NO_DELIVERY, history=history)
    assert (goods.outcome, goods.amount) == (Outcome.APPROVE, Money(9800))
    again = ruling(undelivered(payments=twice), Reason.DUPLICATE_CHARGE, history=history)
    assert (again.outcome, again.finding) == (Outcome.PLATFORM_REVIEW, "one_payment")


@pytest.mark.parametrize("reason", [r for r in Reason if r is not Reason.DUPLICATE_CHARGE])
def test_step_4_cancelled(reason: Reason) -> None:
    by_shop = undelivered(status=OrderStatus.CANCELLED, cancelled_by=CancelledBy.MERCHANT)
    assert ruling(by_shop, reason).reason is Reason.ORDER_CANCELLED
    assert ruling(by_shop, reason).outcome is Outcome.APPROVE
    unknown = undelivered(status=OrderStatus.CANCELLED)
    late = order(status=OrderStatus.CANCELLED, cancelled_by=CancelledBy.MERCHANT)
    for what in (unknown, late):
        assert ruling(what, reason).outcome is Outcome.PLATFORM_REVIEW
        assert ruling(what, reason).reason is reason


def test_step_4_a_double_charge_keeps_its_rows() -> None:
    twice = (Payment("T1", Money(9800), ago(hours=3)), Payment("T2", Money(9800), ago(hours=3)))
    late = order(status=OrderStatus.CANCELLED, cancelled_by=CancelledBy.MERCHANT, payments=twice)
    decision = ruling(late, Reason.DUPLICATE_CHARGE)
    assert (decision.outcome, decision.amount) == (Outcome.APPROVE, Money(9800))


@pytest.mark.parametrize("reason", [Reason.INVALID_CARD_KEY, Reason.NOT_AS_DESCRIBED])
def test_step_5_not_delivered_is_read_as_no_delivery(reason: Reason) -> None:
    decision = ruling(undelivered(), reason)
    assert (decision.reason, decision.claimed) == (Reason.NO_DELIVERY, reason)
    assert decision.clauses[0].id.startswith("read.undelivered")


def test_step_5_a_status_or_a_seen_key_is_a_delivery_too() -> None:
    for what in (
        undelivered(status=OrderStatus.COMPLETED),
        undelivered(keys=(key(state=KeyState.REVEALED, revealed_at=None),)),
    ):
        assert ruling(what, Reason.NO_DELIVERY).finding == "delivered"


def late_for(reason: Reason) -> Order:
    topup = reason is Reason.WRONG_RECHARGE
    kind = ProductType.DIRECT_TOPUP if topup else ProductType.CARD_KEY
    return order(kind, delivered_at=ago(days=8), topup=TopUp("1", "2") if topup else None)


@pytest.mark.parametrize("reason", list(Reason))
def test_step_7_time_limit(reason: Reason) -> None:
    late = ruling(late_for(reason), reason)
    bound = reason in (
        Reason.INVALID_CARD_KEY,
        Reason.WRONG_RECHARGE,
        Reason.NOT_AS_DESCRIBED,
        Reason.CHANGED_MIND,
    )
    assert (late.finding == "past_limit") == bound


@pytest.mark.parametrize("reason", list(Reason))
def test_step_8_consumed(reason: Reason) -> None:
    decision = ruling(order(keys=(USED,)), reason)
    free = {
        Reason.DUPLICATE_CHARGE,
        Reason.ORDER_CANCELLED,
        Reason.WRONG_RECHARGE,
        Reason.NOT_AS_DESCRIBED,
    }
    assert (decision.finding == "consumed") == (reason not in free)


def test_step_9_the_note_closes_only_what_is_the_buyers_own() -> None:
    closed = note(refundable=False, review_extra_days=5)
    unwanted = order(product=product(refund_note=closed), first_purchase=True)
    assert ruling(unwanted, Reason.CHANGED_MIND).finding == "product_note"
    assert ruling(unwanted, Reason.INVALID_CARD_KEY).outcome is Outcome.MERCHANT_REVIEW
    assert ruling(unwanted, Reason.NOT_AS_DESCRIBED).review_days == 8
    kind = ProductType.DIRECT_TOPUP
    typed = undelivered(kind, product=product(kind, refund_note=closed), topup=TopUp("1", None))
    assert ruling(typed, Reason.WRONG_RECHARGE, own_error=True).finding == "product_note"
    assert ruling(typed, Reason.WRONG_RECHARGE).finding == "not_credited"
    elsewhere = order(kind, product=product(kind, refund_note=closed), topup=TopUp("1", "2"))
    assert ruling(elsewhere, Reason.WRONG_RECHARGE, own_error=True).finding == "credited_other"


def test_step_9_the_note_shortens_and_never_lengthens() -> None:
    bought = order(product=product(refund_note=note(days=3)), delivered_at=ago(days=3, seconds=1))
    assert ruling(bought, Reason.CHANGED_MIND).finding == "product_note"
    assert ruling(bought, Reason.NOT_AS_DESCRIBED).outcome is Outcome.MERCHANT_REVIEW
    long = order(product=product(refund_note=note(days=30)), delivered_at=ago(days=8))
    assert ruling(long, Reason.CHANGED_MIND).finding == "past_limit"


def test_an_approval_above_the_limit_needs_a_person() -> None:
    dear = ruling(undelivered(amount=Money(50001)), Reason.NO_DELIVERY)
    assert (dear.outcome, dear.row_outcome, dear.supervised) == (
        Outcome.PLATFORM_REVIEW,
        Outcome.APPROVE,
        True,
    )
    assert dear.clauses[-1].id == "limit.amount" and "500.00" in dear.clauses[-1].text
    assert ruling(undelivered(amount=Money(50000)), Reason.NO_DELIVERY).outcome is Outcome.APPROVE


def test_the_third_refund_in_thirty_days_needs_a_person() -> None:
    assert (
        ruling(undelivered(), Reason.NO_DELIVERY, history=History(recent_refunds=2)).outcome
        is Outcome.APPROVE
    )
    third = ruling(undelivered(), Reason.NO_DELIVERY, history=History(recent_refunds=3))
    assert (third.outcome, third.clauses[-1].id) == (Outcome.PLATFORM_REVIEW, "limit.frequent")


def test_a_limit_also_holds_for_approval_by_silence() -> None:
    slow = undelivered(amount=Money(60000), paid_at=ago(minutes=45))
    decision = ruling(slow, Reason.NO_DELIVERY)
    assert (decision.outcome, decision.proved, decision.supervised) == (Outcome.MERCHANT_REVIEW, True, True)
    assert not ruling(order(amount=Money(60000)), Reason.NOT_AS_DESCRIBED).supervised
