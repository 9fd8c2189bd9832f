"""Every pack against every combination of facts: complete, consistent, and what the specification says."""

from __future__ import annotations

import pytest

from tuika.policy.constraints import broken
from tuika.policy.decide import decide_facts
from tuika.policy.facts import Facts, PaymentFact
from tuika.policy.match import match
from tuika.policy.model import Reason
from tuika.policy.prove import prove
from tuika.policy.schema import AmountRule, Pack, PackClause, Review, Stage

from .build import every_combination, packs
from .oracle import PACKS, Answer, oracle


def test_the_four_packs_are_there() -> None:
    assert set(packs()) == set(PACKS)


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_has_no_gap_no_contradiction_and_nothing_dead(name: str) -> None:
    report = prove(packs()[name], every_combination())
    assert report.ok, report
    assert report.combinations == len(every_combination()) == 48_744


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_says_what_the_specification_says(name: str) -> None:
    pack = packs()[name]
    for facts in every_combination():
        assert _answer(facts, pack) == oracle(facts, name), facts


def _answer(facts: Facts, pack: Pack) -> Answer:
    verdict = decide_facts(facts, pack)
    return Answer(
        verdict.outcome,
        verdict.reason,
        verdict.then.evidence,
        verdict.then.proved,
        verdict.then.review is Review.CUSTOM_SERVICE,
        verdict.then.decide_again,
        verdict.supervised,
    )


def _asked(facts: Facts, decided: PackClause, reason: Reason) -> AmountRule:
    """What the specification says a filed case asks for."""
    if facts.payment is not PaymentFact.RECORDED:
        return AmountRule.ORDER
    if decided.stage is Stage.READING:  # cancelled late, or nobody knows by whom
        return AmountRule.SHARE
    if reason is Reason.DUPLICATE_CHARGE:
        return AmountRule.EXCESS if facts.surplus else AmountRule.ORDER
    if reason is Reason.CHANGED_MIND and facts.activated:
        return AmountRule.ORDER
    return AmountRule.ALL if reason is Reason.ORDER_CANCELLED else AmountRule.SHARE


@pytest.mark.parametrize("name", PACKS)
def test_a_filed_case_asks_for_the_right_amount(name: str) -> None:
    for facts in every_combination():
        found = match(facts, packs()[name])
        expected = _asked(facts, found.decided, found.reason) if found.outcome.files else None
        assert found.decided.then.amount is expected, facts


def test_combinations_are_distinct_and_possible() -> None:
    everything = every_combination()
    assert len(set(everything)) == len(everything)
    assert not any(broken(facts) for facts in everything[::97])


@pytest.mark.parametrize("name", PACKS)
def test_limits_change_nothing_before_them(name: str) -> None:
    """The limit is read from the row's amount, so no row may look at it."""
    for clause in packs()[name].clauses:
        if clause.stage is not Stage.AFTER:
            assert not {"limit", "narrowed"} & set(clause.when)


def test_solo_differs_from_generic_in_three_things_only() -> None:
    generic, solo = packs()["generic"], packs()["solo"]
    assert [c.id for c in generic.clauses] == [c.id for c in solo.clauses]
    differing = {
        name
        for name in type(generic.values).model_fields
        if getattr(generic.values, name) != getattr(solo.values, name)
    }
    assert differing == {"silence_approves", "two_people"}
    assert not {c.then.outcome for c in solo.clauses} & {"merchant_review", "ask_consent"}
    assert generic.arrival == solo.arrival
    assert not any("商家" in clause.text or "没有答复" in clause.text for clause in solo.clauses)


@pytest.mark.parametrize("name", PACKS)
def test_a_filing_clause_never_promises_that_money_was_paid(name: str) -> None:
    for clause in packs()[name].clauses:
        assert not any(word in clause.text for word in ("已退款", "已到账", "退款成功", "{", "}"))
        assert "第四十九条" not in clause.text and "第五十八条" not in clause.text


def test_an_unproved_order_is_answered_before_anything_is_read() -> None:
    for reason in Reason:
        found = match(Facts(reason, proved_order=False), packs()["generic"])
        assert found.decided.id == "gate.not_proved"
