"""What holds for every order, claim and history, in every pack."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from tuika.money import ZERO
from tuika.orders.model import Order
from tuika.policy.constraints import broken
from tuika.policy.decide import conclude, decide, decide_facts
from tuika.policy.facts import Facts, KeyFact
from tuika.policy.model import Claim, Decision, History, Outcome, Reason
from tuika.policy.reading import Reading, read_facts, read_order
from tuika.policy.record import (
    dump_decision,
    dump_facts,
    dump_reading,
    load_decision,
    load_facts,
    load_reading,
)
from tuika.policy.show import explain

from .build import NOW, packs
from .oracle import PACKS, oracle
from .strategies import claims, histories, orders

every = given(orders, claims, histories, st.sampled_from(PACKS))
few = settings(max_examples=80, deadline=None)


@few
@every
def test_decide_is_total_and_its_facts_are_possible(o: Order, c: Claim, h: History, name: str) -> None:
    pack = packs()[name]
    facts = read_facts(o, c, h, NOW, pack)
    assert broken(facts) == []
    decision = decide(o, c, h, NOW, pack)
    assert decision == decide(o, c, h, NOW, pack)
    assert decision.outcome is oracle(facts, name).outcome is decide_facts(facts, pack).outcome
    assert decision.clauses and all(clause.text for clause in decision.clauses)


@few
@every
def test_no_more_is_asked_than_was_paid_and_is_left(o: Order, c: Claim, h: History, name: str) -> None:
    decision = decide(o, c, h, NOW, packs()[name])
    assert (decision.amount is not None) == decision.outcome.files
    if decision.amount is None:
        assert decision.evidence == () and decision.keys == ()
    elif o.paid:
        assert ZERO < decision.amount <= o.paid_total - h.refunded
    else:
        assert decision.reason is Reason.UNRECORDED_PAYMENT and decision.amount == o.amount


@few
@every
def test_an_approval_is_within_the_limits(o: Order, c: Claim, h: History, name: str) -> None:
    decision, pack = decide(o, c, h, NOW, packs()[name]), packs()[name]
    if decision.outcome is Outcome.APPROVE:
        assert decision.amount is not None and decision.amount <= pack.values.auto_limit
        assert h.recent_refunds < pack.values.recent_refund_limit.value
        assert h.open_case_no is None and c.order_proved and o.paid
        assert decision.reason is not Reason.CHANGED_MIND
    assert decision.supervised <= (decision.row_outcome in (Outcome.APPROVE, Outcome.MERCHANT_REVIEW))


@few
@every
def test_consumed_goods_are_not_refunded_on_a_changed_mind(o: Order, c: Claim, h: History, name: str) -> None:
    reading = read_order(o, c, h, NOW, packs()[name])
    if reading.facts.key is KeyFact.CONSUMED and reading.facts.reason is Reason.CHANGED_MIND:
        decision = conclude(reading, packs()[name])
        assert decision.outcome in (Outcome.REFUSE, Outcome.PLATFORM_REVIEW)
        assert decision.outcome is Outcome.REFUSE or decision.finding == "cancelled_late"


@few
@every
def test_times_are_said_exactly_where_they_are_needed(o: Order, c: Claim, h: History, name: str) -> None:
    decision = decide(o, c, h, NOW, packs()[name])
    assert (decision.retry_at is not None) == (decision.outcome is Outcome.WAIT)
    if decision.retry_at is not None:
        assert decision.retry_at > NOW
        later = decide(o, c, h, decision.retry_at, packs()[name])
        assert later.outcome is not Outcome.WAIT
    if decision.decide_again_at is not None:
        assert decision.decide_again_at > NOW


@few
@every
def test_a_record_loads_to_what_was_dumped_and_decides_the_same(
    o: Order, c: Claim, h: History, name: str
) -> None:
    pack = packs()[name]
    reading = read_order(o, c, h, NOW, pack)
    decision = conclude(reading, pack)
    again: Reading = load_reading(json.loads(json.dumps(dump_reading(reading))))
    facts: Facts = load_facts(json.loads(json.dumps(dump_facts(reading.facts))))
    loaded: Decision = load_decision(json.loads(json.dumps(dump_decision(decision))))
    assert (again, facts, loaded) == (reading, reading.facts, decision)
    assert conclude(again, pack) == decision
    assert type(again.facts.reason) is Reason and type(loaded.clauses) is tuple
    assert explain(decision, facts, pack)[0].startswith("结论：")
