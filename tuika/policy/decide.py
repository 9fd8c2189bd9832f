"""The decision on a claim.

Invariants: pure and total for a pack that ``tuika policy check`` passes; the outcome depends on the facts
and the pack alone, the numbers on the reading; every clause used is named; an amount is set exactly when a
case is filed. Nothing here writes, pays or promises.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tuika.money import Money
from tuika.orders.model import Order
from tuika.policy.facts import Facts, PaymentFact
from tuika.policy.findings import Finding
from tuika.policy.match import Match, match
from tuika.policy.model import Claim, Decision, History, Outcome, Reason
from tuika.policy.reading import Reading, read_order
from tuika.policy.schema import AmountRule, Pack, Review, Then


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the facts alone decide: a :class:`Decision` without its amounts and times."""

    outcome: Outcome
    row_outcome: Outcome
    reason: Reason
    clause_ids: tuple[str, ...]
    then: Then
    supervised: bool

    @property
    def finding(self) -> Finding:
        assert self.then.finding is not None  # the schema lets no deciding clause be without
        return self.then.finding


def decide_facts(facts: Facts, pack: Pack) -> Verdict:
    """The pure core. Raises :class:`tuika.policy.match.NoClause` where the pack has a gap."""
    return _verdict(match(facts, pack))


def _verdict(found: Match) -> Verdict:
    return Verdict(
        outcome=found.outcome,
        row_outcome=found.row_outcome,
        reason=found.reason,
        clause_ids=tuple(clause.id for clause in found.clauses),
        then=found.decided.then,
        supervised=found.supervised,
    )


def decide(order: Order, claim: Claim, history: History, now: datetime, pack: Pack) -> Decision:
    """Decide a claim on an order at a moment.

    Raises ``InputError`` when the claim names a key that the order does not have.
    """
    return conclude(read_order(order, claim, history, now, pack), pack)


def conclude(reading: Reading, pack: Pack) -> Decision:
    """The decision of a pack on a reading: what ``decide`` says, and how a stored case is replayed."""
    found = match(reading.facts, pack)
    verdict = _verdict(found)
    then, files = verdict.then, verdict.outcome.files
    return Decision(
        outcome=verdict.outcome,
        row_outcome=verdict.row_outcome,
        reason=verdict.reason,
        claimed=reading.facts.reason,
        clauses=tuple(clause.told for clause in found.clauses),
        pack=pack.id,
        pack_version=pack.version,
        amount=_amount(reading, then) if files else None,
        evidence=then.evidence,
        alternatives=then.alternatives,
        proved=then.proved,
        supervised=verdict.supervised,
        retry_at=reading.promise_ends if verdict.outcome is Outcome.WAIT else None,
        decide_again_at=reading.automatic_from if then.decide_again else None,
        review_days=_review_days(reading, then, pack),
        finding=verdict.finding.value,
        keys=reading.keys if files else (),
        amount_open=then.amount is AmountRule.ORDER,
    )


def _amount(reading: Reading, then: Then) -> Money:
    assert then.amount is not None  # the schema lets no filing clause be without
    return reading.amounts.by(then.amount, paid=reading.facts.payment is PaymentFact.RECORDED)


def _review_days(reading: Reading, then: Then, pack: Pack) -> int:
    extra = pack.values.custom_service_extra_days.value if then.review is Review.CUSTOM_SERVICE else 0
    return pack.values.review_days.value + extra + reading.review_extra_days
