"""What a merchant's answer does in each state."""

from __future__ import annotations

import pytest

from tuika.money import Money
from tuika.orders.model import KeyCheck
from tuika.policy.model import EvidenceKind
from tuika.refunds.events import CaseEventType as E
from tuika.refunds.gateway import AnswerKind, MerchantAnswer
from tuika.refunds.states import CaseState as S
from tuika.shops.plans import AnswerPlan

from .market import ANNA, BUYER, INVALID, KEY_PICTURES, NOW, UNWANTED, hours, picture, with_key

UNUSED = (picture(EvidenceKind.UNUSED_PROOF),)


def plan(kind, after=2, fen=None):
    return {"m1": AnswerPlan(kind, hours(after), Money(fen) if fen else None)}


@pytest.mark.parametrize("fen", [9800, 90000])
def test_a_yes_approves_also_above_the_limit(make_world, fen):
    world = make_world(with_key(amount=Money(fen)), answers=plan(AnswerKind.APPROVE))
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    world.jump(hours(2))
    case = world.case(number)
    assert (case.state, case.paid_amount) == (S.PAID, Money(fen))
    assert "商家同意退款" in world.heard.texts[0]
    assert [e.actor for e in case.events if e.type == E.APPROVED] == ["merchant:m1"]


def test_a_no_is_for_the_platform_at_once(make_world):
    world = make_world(with_key(), answers=plan(AnswerKind.REJECT))
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    world.jump(hours(2))
    case = world.case(number)
    assert (case.state, case.state_since) == (S.PLATFORM_REVIEW, NOW + hours(2))
    assert "商家没有同意，已转平台审核" in world.heard.texts[-1]


@pytest.mark.parametrize(("kind", "state"), [(AnswerKind.APPROVE, S.PAID), (AnswerKind.REJECT, S.REJECTED)])
def test_consent_is_given_or_not(make_world, kind, state):
    world = make_world(with_key(check=KeyCheck.VALID), answers=plan(kind))
    number = world.file(claim=UNWANTED, evidence=UNUSED).case_no
    world.jump(hours(2))
    assert world.case(number).state is state


def test_while_the_platform_reviews_a_word_is_only_written_down(make_world):
    world = make_world(with_key(platform="binghui"), answers=plan(AnswerKind.APPROVE))
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    world.jump(hours(2))
    case = world.case(number)
    assert (case.state, case.events[-1].type) == (S.PLATFORM_REVIEW, E.MERCHANT_APPROVED)


def test_an_offer_during_the_review_is_put_to_the_buyer(make_world):
    world = make_world(with_key(platform="binghui"), answers=plan(AnswerKind.SETTLE, fen=4900))
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    world.jump(hours(2))
    assert world.case(number).state is S.NEGOTIATING


def test_an_offer_beyond_what_is_owed_is_a_no(make_world):
    world = make_world(with_key(), answers=plan(AnswerKind.SETTLE, fen=9900))
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    world.jump(hours(2))
    assert world.case(number).state is S.PLATFORM_REVIEW


def test_an_answer_at_the_last_instant_counts(make_world):
    world = make_world(with_key(check=KeyCheck.EXPIRED), answers=plan(AnswerKind.REJECT, after=48))
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    world.jump(hours(48))
    assert world.case(number).state is S.PLATFORM_REVIEW


def test_an_answer_given_while_evidence_was_missing_is_heard_afterwards(make_world):
    world = make_world(with_key(), answers=plan(AnswerKind.APPROVE))
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    world.run()
    world.do("request_evidence", number, kinds=(EvidenceKind.CHAT,), actor=ANNA)
    world.jump(hours(5))
    assert world.case(number).state is S.NEEDS_EVIDENCE
    world.do("add_evidence", number, (picture(EvidenceKind.CHAT),), actor=BUYER)
    world.run()
    assert world.case(number).state is S.PAID


@pytest.mark.parametrize("kind", list(AnswerKind))
def test_an_answer_to_a_closed_case_changes_nothing(make_world, kind):
    world = make_world(with_key())
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    world.do("withdraw", number, actor=BUYER)
    case = world.do("merchant_answer", number, MerchantAnswer(kind, NOW, Money(100)))
    assert case.state is S.WITHDRAWN
    assert world.heard.says == []
