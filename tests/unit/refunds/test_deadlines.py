"""What happens when a time is over, deadline by deadline (section 3 of the rules)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tuika.money import Money
from tuika.orders.model import KeyCheck, OrderStatus, PayChannel
from tuika.policy.model import EvidenceKind
from tuika.refunds.gateway import AnswerKind
from tuika.refunds.model import Wait
from tuika.refunds.states import CaseState as S
from tuika.shops.plans import NEVER_ARRIVES, AnswerPlan

from .market import ANNA, BUYER, INVALID, KEY_PICTURES, NOW, UNWANTED, fresh, hours, order, picture, with_key


def test_silence_approves_what_the_records_prove(make_world):
    world = make_world(with_key(check=KeyCheck.EXPIRED))
    case = world.file(claim=INVALID, evidence=KEY_PICTURES)
    world.jump(hours(48) - timedelta(seconds=1))
    assert world.case(case.case_no).state is S.MERCHANT_REVIEW
    world.jump(timedelta(seconds=1))
    case = world.case(case.case_no)
    assert case.state is S.PAID
    assert "没有按时答复" in world.heard.texts[0] and "已退款" not in world.heard.texts[0]
    assert "已退款" in world.heard.texts[-1]


@pytest.mark.parametrize(
    "change", [{"check": KeyCheck.UNKNOWN}, {"check": KeyCheck.EXPIRED, "amount": Money(60000)}]
)
def test_silence_about_anything_else_is_for_the_platform(make_world, change):
    world = make_world(with_key(**change))
    case = world.file(claim=INVALID, evidence=KEY_PICTURES)
    world.jump(hours(48))
    case = world.case(case.case_no)
    assert (case.state, case.deadline.what) == (S.PLATFORM_REVIEW, Wait.REVIEW)
    assert case.deadline.at == NOW + hours(48 + 72 + 48)  # Wednesday + 3 working days = Monday
    assert "已转平台审核，最迟 11月30日 12:00 前" in world.heard.texts[-1]


def test_silence_after_three_refunds_is_for_the_platform(make_world):
    world = make_world(with_key(check=KeyCheck.EXPIRED), *[order(f"KM{n}") for n in (2, 3, 4)])
    case = world.file(claim=INVALID, evidence=KEY_PICTURES)
    for n in (2, 3, 4):
        world.file(f"KM{n}")
    world.jump(hours(48))
    assert world.case(case.case_no).state is S.PLATFORM_REVIEW


def test_consent_that_is_not_given_is_a_no_with_alternatives(make_world):
    world = make_world(with_key(check=KeyCheck.VALID))
    case = world.file(claim=UNWANTED, evidence=(picture(EvidenceKind.UNUSED_PROOF),))
    world.jump(hours(48))
    assert world.case(case.case_no).state is S.REJECTED
    assert "换货" in world.heard.texts[-1] and "没有按时答复" in world.heard.texts[-1]


def test_a_review_that_takes_too_long_is_an_urgent_ticket_once_and_the_buyer_hears_it(make_world):
    world = make_world(with_key(platform="binghui"))
    case = world.file(claim=INVALID, evidence=KEY_PICTURES)
    world.jump(hours(72))
    late = world.case(case.case_no)
    assert (late.state, late.deadline) == (S.PLATFORM_REVIEW, None)
    assert [reason for _, reason, _ in world.heard.tickets] == ["审核超时"]
    assert "主管" in world.heard.texts[-1]
    world.jump(hours(300))
    assert len(world.heard.tickets) == 1


def test_evidence_that_does_not_come_ends_the_case_after_a_reminder(make_world):
    world = make_world(with_key())
    case = world.file(claim=INVALID)
    world.jump(hours(48))
    case = world.case(case.case_no)
    assert (case.state, case.rejected_by) == (S.REJECTED, "system")
    assert [at - NOW for at, _, _ in world.heard.says] == [hours(24), hours(48)]
    assert "材料" in case.reject_reason


def test_an_undelivered_case_is_decided_again_at_two_hours(make_world):
    world = make_world(fresh())
    case = world.file()
    assert case.redecide_at == NOW + timedelta(minutes=75)
    world.jump(timedelta(minutes=75))
    assert world.case(case.case_no).state is S.PAID
    assert "仍未发货" in world.heard.texts[0]


def test_also_in_the_shop_of_one(make_world):
    world = make_world(fresh(platform="solo"))
    case = world.file()
    assert case.state is S.PLATFORM_REVIEW
    world.jump(hours(2))
    assert world.case(case.case_no).state is S.PAID


def test_what_was_delivered_meanwhile_is_shown_and_left_with_the_merchant(make_world):
    world = make_world(fresh())
    case = world.file()
    world.change("KM1", status=OrderStatus.DELIVERED, delivered_at=NOW + hours(1))
    world.jump(hours(2))
    assert world.case(case.case_no).state is S.MERCHANT_REVIEW
    assert "11月23日 13:00" in world.heard.texts[-1]
    assert len(world.heard.says) == 1


def test_the_second_look_above_the_limit_is_a_persons(make_world):
    world = make_world(fresh(amount=Money(60000)))
    case = world.file()
    world.jump(hours(2))
    assert world.case(case.case_no).state is S.PLATFORM_REVIEW


def test_a_second_look_waits_for_a_negotiation_to_end(make_world):
    plan = AnswerPlan(AnswerKind.SETTLE, hours(1), Money(4900))
    world = make_world(fresh(), answers={"m1": plan})
    case = world.file()
    world.jump(hours(3))
    assert world.case(case.case_no).state is S.NEGOTIATING
    world.do("answer_offer", case.case_no, accept=False, actor=BUYER)
    world.run()
    assert world.case(case.case_no).state is S.PAID


def test_a_payout_that_does_not_arrive_is_an_urgent_ticket_once(make_world):
    world = make_world(order(), payouts={"KM1": NEVER_ARRIVES})
    case = world.file()
    world.run()
    case = world.case(case.case_no)
    assert (case.state, case.deadline.at) == (S.PAYING, NOW + hours(2))
    world.jump(hours(2))
    assert [reason for _, reason, _ in world.heard.tickets] == ["退款超时未到账"]
    assert "到账期限" in world.heard.texts[-1]
    world.jump(hours(200))
    assert len(world.heard.tickets) == 1
    assert world.case(case.case_no).state is S.PAYING


def test_bank_days_are_working_days(make_world):
    world = make_world(order(pay_channel=PayChannel.BANK_CARD), payouts={"KM1": NEVER_ARRIVES})
    case = world.file()
    world.run()
    assert world.case(case.case_no).deadline.at == NOW + timedelta(days=7)


def test_a_payout_by_people_has_support_hours(make_world):
    world = make_world(order(), manual=frozenset({"generic"}))
    case = world.file()
    assert (case.deadline.what, case.deadline.at) == (Wait.PAYOUT, NOW + hours(24))  # 9 h today, 3 tomorrow
    world.jump(hours(24))
    assert [reason for _, reason, _ in world.heard.tickets] == ["打款超时"]
    assert world.paid_out() == []


def test_an_appeal_that_takes_too_long(make_world):
    world = make_world(with_key(platform="binghui"))
    case = world.file(claim=INVALID, evidence=KEY_PICTURES)
    world.do("reject", case.case_no, reason="不符", actor=ANNA)
    world.do("appeal", case.case_no, text="新材料", refs=(picture(EvidenceKind.CHAT),), actor=BUYER)
    world.jump(hours(72))
    assert [reason for _, reason, _ in world.heard.tickets] == ["申诉复核超时"]
    assert world.case(case.case_no).state is S.APPEALED
