"""A worked example of every row of the decision table, in each pack."""

from __future__ import annotations

from typing import Any

import pytest

from tuika.money import Money
from tuika.orders.model import (
    CancelledBy,
    KeyCheck,
    KeyState,
    Order,
    OrderStatus,
    Payment,
    ProductType,
    ServiceProgress,
    TopUp,
)
from tuika.policy.model import EvidenceKind, Outcome, Reason

from .build import ago, key, order, ruling, undelivered

A, P, M, C = Outcome.APPROVE, Outcome.PLATFORM_REVIEW, Outcome.MERCHANT_REVIEW, Outcome.ASK_CONSENT
W, R, X = Outcome.WAIT, Outcome.REFUSE, Outcome.EXPLAIN
KEY_ERROR, PAGE = EvidenceKind.KEY_ERROR, EvidenceKind.ORDER_PAGE
SHOWN = (EvidenceKind.LISTING, EvidenceKind.RECEIVED)
RECORD, UNUSED = EvidenceKind.PAYMENT_RECORD, EvidenceKind.UNUSED_PROOF
TOPUP, SERVICE = ProductType.DIRECT_TOPUP, ProductType.CUSTOM_SERVICE
CARD, MEMBER = ProductType.PHYSICAL_CARD, ProductType.MEMBERSHIP

BEGUN = undelivered(SERVICE, service=ServiceProgress(begun=True, percent=40), paid_at=ago(days=3))
JUST_PAID = undelivered(paid_at=ago(minutes=3))
LATE = undelivered(paid_at=ago(minutes=45))
TIMELESS = undelivered(paid_at=None, payments=(Payment("T1", Money(9800), None),))
SOLD_TWICE = order(keys=(key(check=KeyCheck.USED, used_at=ago(days=2)),))
NEVER_SHOWN = order(keys=(key(state=KeyState.UNSEEN, revealed_at=None, check=KeyCheck.USED),))
TWO_PAYMENTS = (Payment("T1", Money(9800), ago(hours=3)), Payment("T2", Money(9800), ago(hours=3)))


def topup(credited: str | None, **change: Any) -> Order:
    made = undelivered if credited is None else order
    return made(TOPUP, topup=TopUp("10086123", credited), **change)


def cancelled(by: CancelledBy | None, **change: Any) -> Order:
    return undelivered(status=OrderStatus.CANCELLED, cancelled_by=by, **change)


Row = tuple[str, Order, Reason, dict[str, Any], tuple[Outcome, Outcome, Outcome], tuple[EvidenceKind, ...]]

ROWS: list[Row] = [
    ("activated card", order(CARD, activated=True), Reason.CHANGED_MIND, {}, (C, R, R), ()),
    ("begun service unlike its listing", BEGUN, Reason.NOT_AS_DESCRIBED, {}, (P, P, P), SHOWN),
    ("begun service overdue", BEGUN, Reason.NO_DELIVERY, {}, (P, P, P), ()),
    ("delivered after all", order(), Reason.NO_DELIVERY, {}, (X, X, X), ()),
    ("promise still open", JUST_PAID, Reason.NO_DELIVERY, {}, (W, W, W), ()),
    ("undelivered for 2 h", undelivered(), Reason.NO_DELIVERY, {}, (A, P, P), ()),
    ("undelivered under 2 h", LATE, Reason.NO_DELIVERY, {}, (M, P, P), ()),
    ("undelivered, payment time unknown", TIMELESS, Reason.NO_DELIVERY, {}, (M, P, P), ()),
    ("key used before revealed", SOLD_TWICE, Reason.INVALID_CARD_KEY, {}, (M, P, P), (KEY_ERROR,)),
    ("key used, never revealed", NEVER_SHOWN, Reason.INVALID_CARD_KEY, {}, (M, P, P), (KEY_ERROR,)),
    (
        "key expired",
        order(keys=(key(check=KeyCheck.EXPIRED),)),
        Reason.INVALID_CARD_KEY,
        {},
        (M, P, P),
        (KEY_ERROR,),
    ),
    ("key valid", order(keys=(key(check=KeyCheck.VALID),)), Reason.INVALID_CARD_KEY, {}, (X, X, X), ()),
    ("check unknown", order(), Reason.INVALID_CARD_KEY, {}, (M, P, P), (KEY_ERROR, PAGE)),
    (
        "used at an unknown time",
        order(keys=(key(check=KeyCheck.USED),)),
        Reason.INVALID_CARD_KEY,
        {},
        (M, P, P),
        (KEY_ERROR, PAGE),
    ),
    ("credited elsewhere", topup("10086124"), Reason.WRONG_RECHARGE, {}, (M, P, P), ()),
    ("typed wrong, not credited", topup(None), Reason.WRONG_RECHARGE, {"own_error": True}, (C, C, C), ()),
    ("not credited, not typed wrong", topup(None), Reason.WRONG_RECHARGE, {}, (M, P, P), (PAGE,)),
    ("account unknown", order(TOPUP), Reason.WRONG_RECHARGE, {"own_error": True}, (M, P, P), (PAGE,)),
    ("credited as asked", topup("10086123"), Reason.WRONG_RECHARGE, {}, (C, R, R), ()),
    ("unlike the listing", order(), Reason.NOT_AS_DESCRIBED, {}, (M, P, P), SHOWN),
    ("paid twice", order(payments=TWO_PAYMENTS), Reason.DUPLICATE_CHARGE, {}, (A, A, A), ()),
    ("one payment", order(), Reason.DUPLICATE_CHARGE, {}, (P, P, P), (RECORD,)),
    ("cancelled by the merchant", cancelled(CancelledBy.MERCHANT), Reason.ORDER_CANCELLED, {}, (A, A, A), ()),
    ("cancelled by the platform", cancelled(CancelledBy.PLATFORM), Reason.NO_DELIVERY, {}, (A, A, A), ()),
    ("cancelled by the buyer", cancelled(CancelledBy.BUYER), Reason.ORDER_CANCELLED, {}, (A, P, P), ()),
    ("not cancelled", order(), Reason.ORDER_CANCELLED, {}, (X, X, X), ()),
    (
        "used, nobody knows when",
        order(keys=(key(check=KeyCheck.USED),)),
        Reason.CHANGED_MIND,
        {},
        (R, R, R),
        (),
    ),
    ("service done", order(SERVICE), Reason.CHANGED_MIND, {}, (R, R, R), ()),
    ("undelivered, unwanted", undelivered(), Reason.CHANGED_MIND, {}, (C, C, R), ()),
    ("lost payment found", order(), Reason.UNRECORDED_PAYMENT, {}, (X, X, X), ()),
    ("no key to be invalid", order(CARD), Reason.INVALID_CARD_KEY, {}, (P, P, P), (PAGE,)),
    ("no account to be wrong", order(CARD), Reason.WRONG_RECHARGE, {}, (P, P, P), (PAGE,)),
    ("opened, unwanted", order(MEMBER, opened_at=ago(hours=1)), Reason.CHANGED_MIND, {}, (R, R, R), ()),
    ("unopened membership", order(MEMBER), Reason.NO_DELIVERY, {}, (A, P, P), ()),
    ("opened membership", order(MEMBER, opened_at=ago(hours=1)), Reason.NO_DELIVERY, {}, (X, X, X), ()),
    ("top-up not credited", topup(None), Reason.NO_DELIVERY, {}, (A, P, P), ()),
]


@pytest.mark.parametrize(
    ("what", "reason", "claim", "expected", "evidence"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS]
)
def test_row(
    what: Order,
    reason: Reason,
    claim: dict[str, Any],
    expected: tuple[Outcome, Outcome, Outcome],
    evidence: tuple[EvidenceKind, ...],
) -> None:
    for pack, outcome in zip(("generic", "binghui", "zhongshang"), expected, strict=True):
        decision = ruling(what, reason, pack, **claim)
        assert (decision.outcome, decision.evidence) == (outcome, evidence if outcome.files else ())
        assert (decision.amount is not None) == outcome.files
    solo = ruling(what, reason, "solo", **claim)
    assert solo.outcome is (P if expected[0] in (M, C) else expected[0])


@pytest.mark.parametrize(("first", "outcome"), [(True, P), (False, C)])
def test_seven_days_without_reason_for_a_first_purchase(first: bool, outcome: Outcome) -> None:
    bought = order(first_purchase=first)
    assert ruling(bought, Reason.CHANGED_MIND).outcome is outcome
    assert ruling(bought, Reason.CHANGED_MIND).evidence == (UNUSED,)
    assert ruling(bought, Reason.CHANGED_MIND, "binghui").outcome is R


def test_credited_twice_for_one_payment() -> None:
    twice = order(TOPUP, topup=TopUp("1", "1", times=2))
    assert ruling(twice, Reason.DUPLICATE_CHARGE).finding == "credited_twice"
    assert ruling(twice, Reason.DUPLICATE_CHARGE).outcome is X
    assert ruling(twice, Reason.DUPLICATE_CHARGE, "binghui").outcome is P
    expected = order(TOPUP, topup=TopUp("1", "1", times=2), quantity=2)
    assert ruling(expected, Reason.DUPLICATE_CHARGE).finding == "one_payment"


def test_a_begun_service_is_reviewed_for_ten_working_days() -> None:
    assert ruling(BEGUN, Reason.NO_DELIVERY).review_days == 10
    assert ruling(order(), Reason.NOT_AS_DESCRIBED).review_days == 3


def test_a_service_not_begun_is_not_as_described_only_when_delivered() -> None:
    waiting = undelivered(SERVICE, service=ServiceProgress(begun=False), paid_at=ago(days=3))
    assert ruling(waiting, Reason.NOT_AS_DESCRIBED).reason is Reason.NO_DELIVERY
    assert ruling(BEGUN, Reason.NOT_AS_DESCRIBED).reason is Reason.NOT_AS_DESCRIBED


def test_what_the_shop_cannot_know_is_never_approved_by_itself() -> None:
    untracked = order(TOPUP)  # marked delivered, no record of any account
    assert ruling(untracked, Reason.NO_DELIVERY).outcome is M
    assert not ruling(untracked, Reason.NO_DELIVERY).proved
    unknown_progress = undelivered(SERVICE, paid_at=ago(days=3))
    assert ruling(unknown_progress, Reason.NO_DELIVERY).outcome is P


def test_proved_by_the_records() -> None:
    assert ruling(LATE, Reason.NO_DELIVERY).proved
    assert ruling(SOLD_TWICE, Reason.INVALID_CARD_KEY).proved
    assert ruling(topup("10086124"), Reason.WRONG_RECHARGE).proved
    assert not ruling(order(), Reason.INVALID_CARD_KEY).proved
    assert not ruling(order(), Reason.NOT_AS_DESCRIBED).proved
