"""Card keys: the state of one, of several together, and what a claim about some of them asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pytest

from tuika.errors import InputError
from tuika.money import Money
from tuika.orders.model import CardKey, KeyCheck, KeyState, Order, OrderStatus, Payment
from tuika.policy.facts import KeyFact
from tuika.policy.keys import key_fact
from tuika.policy.model import History, Outcome, Reason

from .build import ago, key, order, ruling, undelivered

DELIVERED, REVEALED = ago(days=2), ago(days=1)
BEFORE, BETWEEN, AFTER = ago(days=3), ago(hours=30), ago(hours=1)

DEAD = {"check": KeyCheck.USED, "used_at": ago(days=2)}
SPENT = {"state": KeyState.REDEEMED, "check": KeyCheck.USED, "used_at": ago(hours=1)}
GOOD = {"check": KeyCheck.VALID}


@pytest.mark.parametrize(
    ("state", "check", "revealed", "used", "expected"),
    [
        (KeyState.REVEALED, KeyCheck.UNKNOWN, REVEALED, None, KeyFact.UNKNOWN),
        (KeyState.REVEALED, KeyCheck.VALID, REVEALED, None, KeyFact.VALID),
        (KeyState.REVEALED, KeyCheck.EXPIRED, REVEALED, None, KeyFact.EXPIRED),
        (KeyState.REVEALED, KeyCheck.USED, REVEALED, BETWEEN, KeyFact.USED_BEFORE),
        (KeyState.REVEALED, KeyCheck.USED, REVEALED, REVEALED, KeyFact.CONSUMED),
        (KeyState.REVEALED, KeyCheck.USED, REVEALED, AFTER, KeyFact.CONSUMED),
        (KeyState.REVEALED, KeyCheck.USED, REVEALED, None, KeyFact.USED_UNKNOWN),
        (KeyState.REVEALED, KeyCheck.USED, None, AFTER, KeyFact.USED_UNKNOWN),
        (KeyState.REVEALED, KeyCheck.USED, None, BEFORE, KeyFact.USED_BEFORE),
        (KeyState.REDEEMED, KeyCheck.UNKNOWN, REVEALED, None, KeyFact.CONSUMED),
        (KeyState.REDEEMED, KeyCheck.USED, REVEALED, BETWEEN, KeyFact.USED_BEFORE),
        (KeyState.REDEEMED, KeyCheck.USED, None, AFTER, KeyFact.CONSUMED),
        (KeyState.UNSEEN, KeyCheck.USED, None, None, KeyFact.USED_BEFORE),
        (KeyState.UNSEEN, KeyCheck.USED, None, AFTER, KeyFact.USED_BEFORE),
        (KeyState.UNSEEN, KeyCheck.VALID, None, None, KeyFact.VALID),
        (KeyState.UNKNOWN, KeyCheck.USED, None, BEFORE, KeyFact.USED_BEFORE),
        (KeyState.UNKNOWN, KeyCheck.USED, None, AFTER, KeyFact.USED_UNKNOWN),
        (KeyState.UNKNOWN, KeyCheck.UNKNOWN, None, None, KeyFact.UNKNOWN),
    ],
)
def test_one_key(
    state: KeyState, check: KeyCheck, revealed: datetime | None, used: datetime | None, expected: KeyFact
) -> None:
    assert key_fact(CardKey(1, "A***", state, revealed, check, used), DELIVERED) is expected


def of_keys(*states: Mapping[str, object], quantity: int | None = None, amount: int = 10000) -> Order:
    keys = tuple(key(i, **state) for i, state in enumerate(states, start=1))
    return order(keys=keys, quantity=quantity or len(keys), amount=Money(amount))


def test_a_claim_asks_for_the_share_of_the_keys_it_names() -> None:
    bought = of_keys({}, {}, {})
    one = ruling(bought, Reason.INVALID_CARD_KEY, affected_keys=(2,))
    assert (one.keys, one.amount) == ((2,), Money(3333))
    everything = ruling(bought, Reason.INVALID_CARD_KEY)
    assert (everything.keys, everything.amount) == ((1, 2, 3), Money(10000))


def test_a_spent_key_neither_sinks_nor_swells_the_claim_about_a_dead_one() -> None:
    bought = of_keys(DEAD, SPENT)
    decision = ruling(bought, Reason.INVALID_CARD_KEY)
    assert (decision.finding, decision.keys, decision.amount) == ("key_used_before", (1,), Money(5000))
    assert decision.clauses[-1].id == "note.narrowed"
    assert ruling(bought, Reason.INVALID_CARD_KEY, affected_keys=(2,)).finding == "consumed"
    assert ruling(bought, Reason.INVALID_CARD_KEY, affected_keys=(1,)).clauses[-1].id == "key.used_before"


def test_named_keys_stay_together_and_the_least_certain_speaks_for_all() -> None:
    bought = of_keys(DEAD, {})
    both = ruling(bought, Reason.INVALID_CARD_KEY, affected_keys=(1, 2))
    assert (both.finding, both.keys, both.proved) == ("key_unknown", (1, 2), False)
    unnamed = ruling(bought, Reason.INVALID_CARD_KEY)
    assert (unnamed.finding, unnamed.keys, unnamed.proved) == ("key_used_before", (1,), True)


def test_valid_keys_are_left_out_where_another_needs_review() -> None:
    assert ruling(of_keys(GOOD, {}), Reason.INVALID_CARD_KEY).keys == (2,)
    assert ruling(of_keys(GOOD, SPENT), Reason.INVALID_CARD_KEY).finding == "key_valid"


def test_a_changed_mind_covers_unused_keys_only() -> None:
    decision = ruling(of_keys(GOOD, SPENT), Reason.CHANGED_MIND)
    assert (decision.outcome, decision.keys, decision.amount) == (Outcome.ASK_CONSENT, (1,), Money(5000))


def test_missing_keys_are_undelivered() -> None:
    short = of_keys(GOOD, SPENT, quantity=3)
    missing = ruling(short, Reason.NO_DELIVERY)
    assert (missing.outcome, missing.keys, missing.amount) == (Outcome.APPROVE, (3,), Money(3333))
    assert ruling(short, Reason.INVALID_CARD_KEY, affected_keys=(3,)).reason is Reason.NO_DELIVERY
    assert ruling(short, Reason.NO_DELIVERY, affected_keys=(1,)).finding == "delivered"


def test_a_shop_that_shows_no_keys_has_delivered_them() -> None:
    hidden = order(keys=(), quantity=2)
    assert ruling(hidden, Reason.NO_DELIVERY).finding == "delivered"
    assert ruling(hidden, Reason.INVALID_CARD_KEY).finding == "key_unknown"


def test_keys_handed_over_before_the_order_counts_as_delivered() -> None:
    half = undelivered(keys=(key(1),), quantity=2)
    assert ruling(half, Reason.NO_DELIVERY).keys == (2,)
    cancelled = undelivered(keys=(key(1),), quantity=2, status=OrderStatus.CANCELLED)
    assert ruling(cancelled, Reason.NO_DELIVERY).finding == "cancelled_late"


def test_a_key_is_not_refunded_twice() -> None:
    short = of_keys(GOOD, quantity=2)
    paid = History(refunded=Money(5000), refunded_keys=(2,))
    assert ruling(short, Reason.NO_DELIVERY, history=paid).finding == "delivered"
    named = ruling(short, Reason.NO_DELIVERY, history=paid, affected_keys=(2,))
    assert named.finding == "nothing_left"
    rest = ruling(short, Reason.NOT_AS_DESCRIBED, history=paid)
    assert (rest.keys, rest.amount) == ((1,), Money(5000))


def test_an_earlier_refund_of_nobody_knows_which_key_needs_a_person() -> None:
    short = of_keys(GOOD, quantity=2)
    decision = ruling(short, Reason.NO_DELIVERY, history=History(refunded=Money(5000)))
    assert decision.outcome is Outcome.PLATFORM_REVIEW and decision.supervised
    assert "limit.earlier_refund" in [clause.id for clause in decision.clauses]


def test_no_fen_is_lost_over_all_keys() -> None:
    bought = of_keys({}, {}, {})
    history = History(refunded=Money(6666), refunded_keys=(1, 2))
    assert ruling(bought, Reason.NOT_AS_DESCRIBED, history=history).amount == Money(3334)


def test_a_key_that_the_order_does_not_have() -> None:
    for position in (0, 3):
        with pytest.raises(InputError, match="只有 2 张"):
            ruling(of_keys({}, {}), Reason.NO_DELIVERY, affected_keys=(position,))


def test_surplus_and_goods_never_add_up_to_more_than_was_paid() -> None:
    payments = (Payment("T1", Money(10000), ago(hours=3)), Payment("T2", Money(10000), ago(hours=3)))
    bought = order(amount=Money(10000), payments=payments)
    known = History(refunded=Money(10000), refunded_surplus=Money(0))
    assert ruling(bought, Reason.DUPLICATE_CHARGE, history=known).amount == Money(10000)
    assert ruling(bought, Reason.NOT_AS_DESCRIBED, history=known).finding == "nothing_left"
