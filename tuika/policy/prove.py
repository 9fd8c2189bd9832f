"""The exhaustive check of a pack.

Invariants: every possible combination of facts is tried, none sampled. A *gap* is a combination that no
clause answers. A *contradiction* is a combination that two clauses of one stage both answer with different
effects although the earlier does not say that it goes ``over`` the later. A clause is *dead* when it never
speaks, an ``over`` is *idle* when the two never meet: both tell that the author meant something else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tuika.policy.constraints import combinations
from tuika.policy.facts import Facts
from tuika.policy.match import DECIDING, NoClause, match
from tuika.policy.model import Reason
from tuika.policy.schema import Pack, PackClause

_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Gap:
    reason: Reason
    example: Facts


@dataclass(frozen=True, slots=True)
class Contradiction:
    """``clause`` wins over ``other`` only because it stands first."""

    clause: str
    other: str
    where: str
    example: Facts


@dataclass(frozen=True, slots=True)
class Dead:
    clause: str
    where: str


@dataclass(frozen=True, slots=True)
class IdleOver:
    clause: str
    other: str
    where: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the check found. ``gaps`` holds the first examples; ``gap_count`` counts all."""

    pack: str
    version: str
    clauses: int
    combinations: int
    gap_count: int
    gaps: tuple[Gap, ...]
    contradictions: tuple[Contradiction, ...]
    dead: tuple[Dead, ...]
    idle: tuple[IdleOver, ...]

    @property
    def ok(self) -> bool:
        return not (self.gap_count or self.contradictions or self.dead or self.idle)


@dataclass(slots=True)
class _Tally:
    """What is collected on the way."""

    tried: int = 0
    gap_count: int = 0
    gaps: list[Gap] = field(default_factory=list)
    spoke: set[str] = field(default_factory=set)
    met: dict[tuple[str, str], Facts] = field(default_factory=dict)
    declared: set[tuple[str, str]] = field(default_factory=set)


def prove(pack: Pack, among: Iterable[Facts] | None = None) -> Report:
    """Check a pack against every combination (or, for tests of this check, against those given)."""
    tally = _Tally()
    for facts in combinations() if among is None else among:
        tally.tried += 1
        _try(facts, pack, tally)
    return Report(
        pack=pack.id,
        version=pack.version,
        clauses=len(pack.clauses),
        combinations=tally.tried,
        gap_count=tally.gap_count,
        gaps=tuple(tally.gaps),
        contradictions=_contradictions(pack, tally),
        dead=tuple(Dead(c.id, c.where) for c in pack.clauses if c.id not in tally.spoke),
        idle=_idle(pack, tally),
    )


def _try(facts: Facts, pack: Pack, tally: _Tally) -> None:
    _meet(facts, pack, tally)
    try:
        found = match(facts, pack)
    except NoClause as gap:
        tally.gap_count += 1
        if len(tally.gaps) < _EXAMPLES:
            tally.gaps.append(Gap(gap.reason, facts))
        return
    tally.spoke.update(clause.id for clause in found.clauses)


def _meet(facts: Facts, pack: Pack, tally: _Tally) -> None:
    """Note which clauses of the stages that are reached hold together."""
    reason = facts.reason
    for stage in DECIDING:
        holding = [clause for clause in pack.by_stage[stage, reason] if clause.holds(facts)]
        if not holding:
            continue
        for other in holding[1:]:
            _note(holding[0], other, facts, tally)
        reason = holding[0].then.read_as or reason
        if holding[0].then.outcome is not None:
            return


def _note(winner: PackClause, other: PackClause, facts: Facts, tally: _Tally) -> None:
    pair = (winner.id, other.id)
    if other.id in winner.over:
        tally.declared.add(pair)
    elif pair not in tally.met and winner.then.effect != other.then.effect:
        tally.met[pair] = facts


def _contradictions(pack: Pack, tally: _Tally) -> tuple[Contradiction, ...]:
    places = {clause.id: clause.where for clause in pack.clauses}
    return tuple(Contradiction(a, b, places[a], facts) for (a, b), facts in tally.met.items())


def _idle(pack: Pack, tally: _Tally) -> tuple[IdleOver, ...]:
    return tuple(
        IdleOver(clause.id, other, clause.where)
        for clause in pack.clauses
        for other in clause.over
        if (clause.id, other) not in tally.declared
    )
