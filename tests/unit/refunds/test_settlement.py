"""Offers, answers, exchanges: nothing is settled that the buyer did not agree to."""

from __future__ import annotations

import pytest

from tuika.errors import Conflict, InputError, NotFound
from tuika.money import Money
from tuika.refunds.gateway import AnswerKind
from tuika.refunds.model import Wait
from tuika.refunds.offers import OfferKind
from tuika.refunds.states import CaseState as S
from tuika.refunds.telling import state_told
from tuika.shops.plans import AnswerPlan

from .market import ANNA, BEN, BUYER, INVALID, KEY_PICTURES, NOW, hours, with_key


def negotiating(make_world, kind=OfferKind.EXCHANGE, **more):
    world = make_world(with_key(platform="binghui"))
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    world.do("negotiate", number, kind=kind, actor=ANNA, **more)
    return world, number


def test_a_merchants_offer_is_put_to_the_buyer_with_what_it_deducts(make_world):
    plan = AnswerPlan(AnswerKind.SETTLE, hours(2), Money(4900))
    world = make_world(with_key(), answers={"m1": plan})
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    world.jump(hours(2))
    case = world.case(number)
    assert (case.state, case.deadline.what) == (S.NEGOTIATING, Wait.NEGOTIATION)
    said = world.heard.says[-1][2]
    assert "退款 49.00 元，比您申请的 98.00 元 少 49.00 元" in said.text
    kinds = [(r.payload.kind, dict(r.payload.data)) for r in said.quick_replies[:2]]
    assert kinds == [("offer_accept", {"case_no": number}), ("offer_refuse", {"case_no": number})]
    world.jump(hours(24))
    assert "退款 49.00 元（申请 98.00 元）" in world.heard.texts[-1]
    world.do("answer_offer", number, accept=True, actor=BUYER)
    world.run()
    assert (world.case(number).state, world.paid_out()) == (S.PAID, [4900])


@pytest.mark.parametrize("answer", [False, None])
def test_a_refused_or_forgotten_offer_is_for_the_platform(make_world, answer):
    world, number = negotiating(make_world, OfferKind.PARTIAL, amount=Money(4900))
    if answer is None:
        world.jump(hours(48))
        assert "到期没有答复" in world.heard.texts[-1]
    else:
        world.do("answer_offer", number, accept=False, actor=BUYER)
    assert world.case(number).state is S.PLATFORM_REVIEW
    with pytest.raises(Conflict, match="没有等您答复"):
        world.do("answer_offer", number, accept=True, actor=BUYER)


def test_an_offer_needs_an_amount_exactly_when_it_is_partial(make_world):
    world = make_world(with_key(platform="binghui"))
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    for kind, amount in (
        (OfferKind.PARTIAL, None),
        (OfferKind.EXCHANGE, Money(1)),
        (OfferKind.PARTIAL, Money(9801)),
    ):
        with pytest.raises(InputError):
            world.do("negotiate", number, kind=kind, amount=amount, actor=ANNA)
    assert world.case(number).state is S.PLATFORM_REVIEW


def test_nobody_reviews_while_the_buyer_thinks(make_world):
    world, number = negotiating(make_world)
    with pytest.raises(Conflict, match="买家答复"):
        world.do("approve", number, actor=BEN)


def test_an_accepted_exchange_waits_for_its_key(make_world):
    world, number = negotiating(make_world)
    case = world.do("answer_offer", number, accept=True, actor=BUYER)
    assert case.state is S.NEGOTIATING
    with pytest.raises(NotFound):
        world.do("open_replacement", number, actor=BUYER)
    case = world.do("reissue", number, secret_id="vs_1", masked="WXYZ****", actor=ANNA)
    assert case.state is S.SETTLED
    assert world.heard.says[-1][2].card.type == "replacement_key"
    assert world.do("open_replacement", number, actor=BUYER) == "vs_1"
    assert world.case(number).events[-1].type == "refund.key.opened"
    assert "vs_1" not in str(world.case(number).events)


def test_a_key_made_ready_early_stays_sealed_until_the_yes(make_world):
    world, number = negotiating(make_world)
    assert world.do("reissue", number, secret_id="vs_1", masked="WXYZ****", actor=ANNA).state is S.NEGOTIATING
    with pytest.raises(NotFound):
        world.do("open_replacement", number, actor=BUYER)
    case = world.do("answer_offer", number, accept=True, actor=BUYER)
    assert case.state is S.SETTLED
    assert state_told(case, NOW).card.type == "replacement_key"


def test_a_promised_key_that_does_not_come_is_for_the_platform(make_world):
    world, number = negotiating(make_world)
    world.do("answer_offer", number, accept=True, actor=BUYER)
    world.jump(hours(48))
    assert world.case(number).state is S.PLATFORM_REVIEW
    assert world.do("reissue", number, secret_id="vs_1", masked="W", actor=ANNA).state is S.SETTLED


def test_a_key_needs_an_exchange_on_the_table(make_world):
    world = make_world(with_key(platform="binghui"))
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    with pytest.raises(Conflict, match="换货"):
        world.do("reissue", number, secret_id="vs_1", masked="W", actor=ANNA)
    world.do("propose", number, kind="exchange", amount=None, text="想换一张", actor=BUYER)
    assert world.do("reissue", number, secret_id="vs_1", masked="W", actor=ANNA).state is S.SETTLED


def test_an_extension_is_settled_by_the_yes(make_world):
    world, number = negotiating(make_world, OfferKind.EXTENSION, text="延长 7 天")
    assert "延长 7 天" in world.heard.texts[-1]
    assert world.do("answer_offer", number, accept=True, actor=BUYER).state is S.SETTLED
