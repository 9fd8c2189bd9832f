"""A merchant's queue, answers, counter-evidence and figures: his own, and once."""

from __future__ import annotations

import pytest

from tuika.errors import Conflict, InputError, NotFound
from tuika.money import Money
from tuika.orders.model import Merchant as Seller
from tuika.refunds.events import CaseEventType as E
from tuika.refunds.gateway import AnswerKind
from tuika.refunds.merchant_inbox import Merchant, MerchantInbox
from tuika.refunds.states import CaseState as S

from .market import INVALID, KEY_PICTURES, fresh, hours, order, with_key

MINE = Merchant("generic", "m1")


def opened(make_world, *orders, **more):
    world = make_world(*orders, **more)
    return world, MerchantInbox(world.refunds, world.clock)


def answer(world, inbox, number, kind, *, who=MINE, **more):
    with world.units() as uow:
        return inbox.answer(uow, who, number, kind=kind, **more)


def queue(world, inbox, who=MINE):
    with world.units() as uow:
        return [case.order_no for case in inbox.queue(uow, who)]


def test_the_queue_holds_his_own_open_cases_those_that_ask_him_first(make_world):
    others = with_key("KM3", merchant=Seller("m2", "别家"))
    world, inbox = opened(make_world, order("KM1", amount=Money(60000)), with_key("KM2"), others)
    world.file("KM1")
    world.file("KM2", INVALID, KEY_PICTURES)
    world.file("KM3", INVALID, KEY_PICTURES)
    assert queue(world, inbox) == ["KM2", "KM1"]
    assert queue(world, inbox, Merchant("binghui", "m1")) == []


def test_an_answer_counts_once(make_world):
    world, inbox = opened(make_world, with_key())
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    assert answer(world, inbox, number, AnswerKind.APPROVE).state is S.APPROVED
    with pytest.raises(Conflict):
        answer(world, inbox, number, AnswerKind.REJECT)
    world.run()
    assert world.paid_out() == [9800]


def test_another_merchants_case_is_not_there(make_world):
    world, inbox = opened(make_world, with_key())
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    for stranger in (Merchant("generic", "m2"), Merchant("binghui", "m1")):
        for step in (
            lambda who=stranger: answer(world, inbox, number, AnswerKind.APPROVE, who=who),
            lambda who=stranger: answer(world, inbox, "RF00000099", AnswerKind.APPROVE, who=who),
        ):
            with pytest.raises(NotFound):
                step()


def test_an_offer_is_put_to_the_buyer_within_what_was_paid(make_world):
    world, inbox = opened(make_world, with_key())
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    for amount in (None, Money(0), Money(9801)):
        with pytest.raises(InputError):
            answer(world, inbox, number, AnswerKind.SETTLE, amount=amount)
    assert answer(world, inbox, number, AnswerKind.SETTLE, amount=Money(4900)).state is S.NEGOTIATING
    assert "49.00 元" in world.heard.texts[-1]


def test_counter_evidence_is_kept_for_the_reviewer_and_decides_nothing(make_world):
    world, inbox = opened(make_world, with_key())
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    with world.units() as uow:
        case = inbox.add_evidence(uow, MINE, number, evidence_id=None, note="发货记录见截图")
    assert (case.state, case.events[-1].type) == (S.MERCHANT_REVIEW, E.MERCHANT_EVIDENCE)
    answer(world, inbox, number, AnswerKind.APPROVE)
    with world.units() as uow, pytest.raises(Conflict):
        inbox.add_evidence(uow, MINE, number, evidence_id=None, note="晚了")


def test_figures_count_who_was_asked_refunded_and_silent(make_world):
    world, inbox = opened(make_world, with_key("KM1"), with_key("KM2"), order("KM3"))
    answered = world.file("KM1", INVALID, KEY_PICTURES).case_no
    world.file("KM2", INVALID, KEY_PICTURES)
    world.file("KM3")  # approved by the rules: nobody asked him
    answer(world, inbox, answered, AnswerKind.APPROVE)
    world.jump(hours(49))
    with world.units() as uow:
        figures = inbox.figures(uow, MINE)
    assert (figures.asked, figures.refunded, figures.timed_out) == (2, 1, 1)
    assert (figures.refund_rate, figures.timeout_rate) == (50, 50)


def test_an_undelivered_case_is_still_decided_again_while_it_waits_for_him(make_world):
    world, inbox = opened(make_world, fresh())
    world.file()
    assert queue(world, inbox) == ["KM1"]
    world.jump(hours(2))
    assert queue(world, inbox) == [] and world.paid_out() == [9800]
