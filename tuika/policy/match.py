"""Which clauses of a pack speak to a combination of facts.

Invariants: pure; stages are asked in order and in each the first clause that holds wins; a reading that
changes the reason decides nothing by itself, later stages see the new reason; limits speak only where an
approval would be automatic, notes only where a case is filed.
"""

from __future__ import annotations

from dataclasses import dataclass

from tuika.policy.facts import Facts
from tuika.policy.model import Outcome, Reason
from tuika.policy.schema import Pack, PackClause, Stage

DECIDING = (Stage.GATE, Stage.READING, Stage.BAR, Stage.ROW)


class NoClause(LookupError):
    """The pack has a gap: no clause speaks to these facts. ``prove`` rules that out for a checked pack."""

    def __init__(self, facts: Facts, reason: Reason) -> None:
        super().__init__(f"no clause for {reason}: {facts}")
        self.facts = facts
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Match:
    """``read``: the clause that changed the reason, if one did; ``decided``: the one that answered."""

    reason: Reason
    decided: PackClause
    read: PackClause | None
    after: tuple[PackClause, ...]

    @property
    def row_outcome(self) -> Outcome:
        outcome = self.decided.then.outcome
        assert outcome is not None  # the schema lets no deciding clause be without
        return outcome

    @property
    def supervised(self) -> bool:
        return any(clause.then.supervise for clause in self.after)

    @property
    def outcome(self) -> Outcome:
        """The row's outcome after the limits."""
        if self.row_outcome is Outcome.APPROVE and self.supervised:
            return Outcome.PLATFORM_REVIEW
        return self.row_outcome

    @property
    def clauses(self) -> tuple[PackClause, ...]:
        """Every clause that spoke, in order."""
        before = () if self.read is None else (self.read,)
        return (*before, self.decided, *self.after)


def first(pack: Pack, stage: Stage, reason: Reason, facts: Facts) -> PackClause | None:
    """The clause of a stage that answers, if one does."""
    for clause in pack.by_stage[stage, reason]:
        if clause.holds(facts):
            return clause
    return None


def match(facts: Facts, pack: Pack) -> Match:
    """The clauses that speak to these facts. Raises :class:`NoClause` where the pack has a gap."""
    reason = facts.reason
    read: PackClause | None = None
    for stage in DECIDING:
        clause = first(pack, stage, reason, facts)
        if clause is None:
            continue
        reason = clause.then.read_as or reason
        if clause.then.outcome is not None:
            return Match(reason, clause, read, _after(facts, pack, reason, clause))
        read = clause
    raise NoClause(facts, reason)


def _after(facts: Facts, pack: Pack, reason: Reason, decided: PackClause) -> tuple[PackClause, ...]:
    then = decided.then
    if then.outcome is None or not then.outcome.files:
        return ()
    automatic = then.outcome is Outcome.APPROVE or (then.outcome is Outcome.MERCHANT_REVIEW and then.proved)
    return tuple(
        clause
        for clause in pack.by_stage[Stage.AFTER, reason]
        if clause.holds(facts) and (automatic or not clause.then.supervise)
    )
