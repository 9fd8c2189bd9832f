"""However cases, offers, keys, appeals and payouts follow on one another: never more is paid back than was paid.

Invariants: steps are drawn at random and refused ones change nothing; money is counted in the shop's own book and in what
people registered by hand, and once more in what the cases bind.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuika.errors import TuikaError
from tuika.money import Money
from tuika.orders.model import CardKey, KeyCheck, KeyState, OrderStatus, Payment
from tuika.policy.model import Claim, EvidenceKind, Reason
from tuika.refunds.gateway import AnswerKind, MerchantAnswer
from tuika.refunds.history import bound_of
from tuika.refunds.offers import OfferKind

from .market import ANNA, BEN, BUYER, NOW, hours, order, picture
from .world import World

PAID = {"once": 9800, "twice": 19_600}
AMOUNTS = st.sampled_from([1, 4900, 9799, 9800, 9801, 19_600, 50_000])


def two_keys(payments: str):
    at = NOW - hours(2)
    keys = tuple(CardKey(n, "ABCD****", KeyState.REVEALED, at, KeyCheck.UNKNOWN) for n in (1, 2))
    paid = tuple(Payment(f"T{n}", Money(9800), at) for n in range(PAID[payments] // 9800))
    return order(
        platform="generic",
        status=OrderStatus.DELIVERED,
        delivered_at=at,
        keys=keys,
        payments=paid,
        quantity=2,
    )


STEPS = st.one_of(
    st.tuples(
        st.just("file"),
        st.sampled_from([Reason.INVALID_CARD_KEY, Reason.DUPLICATE_CHARGE, Reason.NOT_AS_DESCRIBED]),
        st.sampled_from([(), (1,), (2,), (1, 2)]),
    ),
    st.tuples(st.just("approve"), st.sampled_from([ANNA, BEN]), st.one_of(st.none(), AMOUNTS)),
    st.tuples(st.just("reject"), st.sampled_from([ANNA, BEN])),
    st.tuples(st.just("offer"), AMOUNTS),
    st.tuples(st.just("answer"), st.booleans()),
    st.tuples(st.just("merchant"), st.sampled_from(list(AnswerKind)), AMOUNTS),
    st.tuples(st.just("appeal")),
    st.tuples(st.just("withdraw")),
    st.tuples(st.just("by hand"), AMOUNTS),
    st.tuples(st.just("short"), AMOUNTS),
    st.tuples(st.just("jump"), st.sampled_from([1, 30, 60])),
)


class Play:
    def __init__(self, world: World) -> None:
        self.world, self.pictures, self.done = world, 0, Counter[str]()

    def fresh(self, kind: EvidenceKind):
        self.pictures += 1
        return picture(kind, str(self.pictures))

    def cases(self):
        with self.world.units() as uow:
            return uow.cases.of_order("generic", "KM1")

    def step(self, name: str, *given) -> None:
        world, cases = self.world, self.cases()
        newest = cases[0].case_no if cases else "RF00000000"
        try:
            if name == "file":
                wanted = (EvidenceKind.KEY_ERROR, EvidenceKind.ORDER_PAGE, EvidenceKind.LISTING)
                pictures = tuple(
                    self.fresh(k) for k in (*wanted, EvidenceKind.RECEIVED, EvidenceKind.PAYMENT_RECORD)
                )
                world.file(claim=Claim(given[0], affected_keys=given[1]), evidence=pictures)
            elif name == "approve":
                amount = None if given[1] is None else Money(given[1])
                world.do("approve", newest, amount=amount, actor=given[0])
            elif name == "reject":
                world.do("reject", newest, reason="看不清", actor=given[0])
            elif name == "offer":
                world.do("negotiate", newest, kind=OfferKind.PARTIAL, amount=Money(given[0]), actor=ANNA)
            elif name == "answer":
                world.do("answer_offer", newest, accept=given[0], actor=BUYER)
            elif name == "merchant":
                said = MerchantAnswer(given[0], world.clock.now(), Money(given[1]))
                world.do("merchant_answer", newest, said)
            elif name == "appeal":
                world.do("appeal", newest, text="再看", refs=(self.fresh(EvidenceKind.OTHER),), actor=BUYER)
            elif name == "withdraw":
                world.do("withdraw", newest, actor=BUYER)
            elif name == "by hand":
                world.do("mark_paid", newest, trade_no="HAND1", amount=Money(given[0]), actor=ANNA)
            elif name == "short":
                world.do("report_arrival", newest, received=Money(given[0]), actor=BUYER)
            else:
                world.jump(hours(given[0]))
        except TuikaError:
            return
        self.done[name] += 1

    def given_back(self) -> tuple[int, int]:
        """What left the shop and what people paid; what the cases bind."""
        by_hand = sum(c.paid_amount.fen for c in self.cases() if c.trade_no == "HAND1" and c.paid_amount)
        return sum(self.world.paid_out()) + by_hand, bound_of(self.cases()).fen


@pytest.mark.parametrize("payments", PAID)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=6, max_size=24))
def test_never_more_than_was_paid(payments: str, steps: list[tuple]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), two_keys(payments))
        play = Play(world)
        try:
            for name, *given in steps:
                play.step(name, *given)
                left, bound = play.given_back()
                assert left <= PAID[payments] and bound <= PAID[payments], (steps, left, bound)
        finally:
            world.close()


def test_the_steps_do_reach_money(tmp_path: Path) -> None:
    """A run that pays each key's share and then the surplus, to the fen, and not one more."""
    world = World(tmp_path, two_keys("twice"))
    play = Play(world)
    for keys in ((1,), (2,)):
        play.step("file", Reason.INVALID_CARD_KEY, keys)
        play.step("merchant", AnswerKind.APPROVE, 1)
        play.step("jump", 60)
    assert play.given_back() == (9800, 9800)
    play.step("file", Reason.DUPLICATE_CHARGE, ())
    play.step("jump", 60)
    assert play.given_back() == (19_600, 19_600)
    for reason in (Reason.INVALID_CARD_KEY, Reason.DUPLICATE_CHARGE, Reason.NOT_AS_DESCRIBED):
        play.step("file", reason, (1,))
    assert play.given_back() == (19_600, 19_600) and play.done["file"] == 3
    world.close()
