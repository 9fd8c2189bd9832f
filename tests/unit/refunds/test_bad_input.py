"""Named bad input: a clock that jumps backward, a shop that answers nonsense. Cases neither move wrongly nor get lost."""

from __future__ import annotations

from typing import Any

import pytest

from tuika.money import Money
from tuika.refunds.events import CaseEventType as E
from tuika.refunds.gateway import AnswerKind, FilingReceipt, MerchantAnswer
from tuika.refunds.outbox import PATIENCE, OpState
from tuika.refunds.states import CaseState as S
from tuika.storage.tables.refunds import outbox

from .market import INVALID, KEY_PICTURES, NOW, fresh, hours, order, with_key


def test_a_clock_that_jumps_backward_moves_nothing_early_and_nothing_twice(make_world):
    world = make_world(fresh(), order("KM2"))
    waiting, paid = world.file().case_no, world.file("KM2").case_no
    world.run()
    before = world.case(waiting)
    world.clock.set(NOW - hours(72))
    assert world.run() == 0
    assert world.case(waiting).deadline == before.deadline
    assert (world.case(paid).state, world.paid_out("KM2")) == (S.PAID, [9800])
    world.clock.set(NOW + hours(3))
    world.run()
    assert (world.case(waiting).state, world.paid_out()) == (S.PAID, [9800])
    assert world.paid_out("KM2") == [9800]


def test_a_case_filed_before_the_clock_went_back_keeps_its_history_in_order(make_world):
    world = make_world(with_key())
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    world.clock.set(NOW - hours(5))
    world.do("merchant_answer", number, MerchantAnswer(AnswerKind.REJECT, NOW))
    types = [event.type for event in world.case(number).events]
    assert types[-2:] == [E.MERCHANT_REJECTED, E.REVIEW_BEGUN]
    assert world.case(number).state is S.PLATFORM_REVIEW


class Babbling:
    """A shop whose answers mean nothing, until it comes to its senses."""

    def __init__(self, shop: Any, **nonsense: Any) -> None:
        self._shop, self.nonsense = shop, nonsense

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **more: Any) -> Any:
            if name not in self.nonsense:
                return getattr(self._shop, name)(*args, **more)
            said = self.nonsense[name]
            if isinstance(said, Exception):
                raise said
            return said

        return call


@pytest.mark.parametrize(
    "nonsense",
    [None, "ok", {"code": 1}, KeyError("trade_no"), ValueError("not JSON"), FilingReceipt("SR1", None)],
    ids=["nothing", "text", "a table", "a missing key", "no JSON", "another call's receipt"],
)
def test_a_shop_that_answers_nonsense_to_a_payout_is_asked_again_and_people_are_told(make_world, nonsense):
    world = make_world(order())
    babbling = Babbling(world.gateway, pay=nonsense)
    world.runner = world.new_runner(babbling)
    number = world.file().case_no
    world.jump(hours(1))
    case = world.case(number)
    assert case.state is S.APPROVED and not any("已退款" in text for text in world.heard.texts)
    assert case.happened(E.CALL_DELAYED)
    assert "打款结果不明" in [reason for _, reason, _ in world.heard.tickets]
    states = dict(world.rows(outbox.c.kind, outbox.c.state))
    assert states["payout.pay"] == OpState.SENT.value
    babbling.nonsense = {}
    world.jump(hours(3))
    assert (world.case(number).state, world.paid_out()) == (S.PAID, [9800])
    assert PATIENCE < 60


@pytest.mark.parametrize("nonsense", [None, FilingReceipt("", None), TypeError("list")])
def test_a_shop_that_answers_nonsense_to_a_filing_hears_of_the_case_later(make_world, nonsense):
    world = make_world(with_key())
    babbling = Babbling(world.gateway, file=nonsense)
    world.runner = world.new_runner(babbling)
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    world.run()
    assert world.case(number).shop_ref is None
    babbling.nonsense = {}
    world.jump(hours(1))
    assert world.case(number).shop_ref is not None


@pytest.mark.parametrize("amount", [None, Money(0), Money(-1), Money(10**9)])
def test_a_merchants_offer_that_makes_no_sense_is_for_the_platform(make_world, amount):
    world = make_world(with_key())
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    case = world.do("merchant_answer", number, MerchantAnswer(AnswerKind.SETTLE, NOW, amount))
    assert case.state is S.PLATFORM_REVIEW
