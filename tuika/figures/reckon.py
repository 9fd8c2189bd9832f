"""Figures from facts.

Invariants: pure; days are Beijing days; every day of the time is there, also one on which nothing happened.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from tuika.clock import shanghai
from tuika.figures.model import AgentRow, CaseFact, Day, Facts, Figures, HandoffFact, ReasonRow, TalkFact

REOPENED_WITHIN = timedelta(days=7)
PAID = frozenset({"paid", "settled"})


def reckon(facts: Facts, *, first: date, last: date) -> Figures:
    """The figures of the days from ``first`` to ``last``, both included."""
    spoken = [talk for talk in facts.talks if talk.messages > 0]
    rated = [talk.rating for talk in facts.talks if talk.rating is not None]
    responses = [seconds for h in facts.handoffs if (seconds := _seconds(h.asked, h.first_reply)) is not None]
    counts = Counter(rated)
    return Figures(
        talks=len(spoken),
        containment=_share(sum(1 for t in spoken if not t.handed), len(spoken)),
        handoffs=len(facts.handoffs),
        first_response=_quantile(responses, 0.5),
        slow_response=_quantile(responses, 0.9),
        resolution=_quantile(_resolutions(facts.handoffs), 0.5),
        reopened=_reopened(facts.handoffs),
        kept=_share(sum(1 for h in facts.handoffs if h.late == 0), len(facts.handoffs)),
        rating=round(sum(rated) / len(rated), 2) if rated else None,
        ratings=(counts[1], counts[2], counts[3], counts[4], counts[5]),
        cases=len(facts.cases),
        paid_fen=sum(case.paid_fen or 0 for case in facts.cases),
        days=_days(spoken, facts.cases, first, last),
        reasons=_reasons(facts.cases),
        agents=_agents(facts.handoffs),
    )


def _days(talks: Sequence[TalkFact], cases: Sequence[CaseFact], first: date, last: date) -> tuple[Day, ...]:
    begun, handed = Counter(_day(t.began) for t in talks), Counter(_day(t.began) for t in talks if t.handed)
    filed = Counter(_day(case.filed) for case in cases)
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return tuple(Day(day, begun[day], handed[day], filed[day]) for day in span)


def _reasons(cases: Sequence[CaseFact]) -> tuple[ReasonRow, ...]:
    by_reason: defaultdict[str, list[CaseFact]] = defaultdict(list)
    for case in cases:
        by_reason[case.reason].append(case)
    rows = [_reason(reason, members) for reason, members in by_reason.items()]
    return tuple(sorted(rows, key=lambda row: (-row.filed, row.reason)))


def _reason(reason: str, cases: Sequence[CaseFact]) -> ReasonRow:
    states = Counter(case.state for case in cases)
    paid = sum(states[state] for state in PAID)
    return ReasonRow(
        reason=reason,
        filed=len(cases),
        paid=paid,
        rejected=states["rejected"],
        withdrawn=states["withdrawn"],
        open=len(cases) - paid - states["rejected"] - states["withdrawn"],
        asked_fen=sum(case.amount_fen for case in cases),
        paid_fen=sum(case.paid_fen or 0 for case in cases),
    )


def _agents(handoffs: Sequence[HandoffFact]) -> tuple[AgentRow, ...]:
    by_agent: defaultdict[str, list[HandoffFact]] = defaultdict(list)
    for handoff in handoffs:
        if handoff.agent is not None:
            by_agent[handoff.agent].append(handoff)
    return tuple(
        AgentRow(
            agent,
            len(mine),
            _quantile(_known(_seconds(h.asked, h.first_reply) for h in mine), 0.5),
            _quantile(_resolutions(mine), 0.5),
        )
        for agent, mine in sorted(by_agent.items())
    )


def _reopened(handoffs: Sequence[HandoffFact]) -> float | None:
    asked: defaultdict[str, list[datetime]] = defaultdict(list)
    for handoff in handoffs:
        asked[handoff.conversation_id].append(handoff.asked)
    ended = [(h.conversation_id, h.closed) for h in handoffs if h.closed is not None]
    again = sum(
        1 for talk, closed in ended if any(closed < at <= closed + REOPENED_WITHIN for at in asked[talk])
    )
    return _share(again, len(ended))


def _resolutions(handoffs: Iterable[HandoffFact]) -> list[int]:
    return _known(_seconds(h.asked, h.closed) for h in handoffs if h.claimed is not None)


def _known(values: Iterable[int | None]) -> list[int]:
    return [value for value in values if value is not None]


def _seconds(begin: datetime, end: datetime | None) -> int | None:
    return None if end is None else max(0, int((end - begin).total_seconds()))


def _quantile(values: Sequence[int], share: float) -> int | None:
    """The nearest rank."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _day(moment: datetime) -> date:
    return shanghai(moment).date()
