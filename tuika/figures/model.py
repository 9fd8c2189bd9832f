"""What the desk's figures say, and the facts that they are reckoned from.

Invariants: a share of nothing is None, never 0; durations are whole seconds of the product's clock; what counts is
written at each field, so that two people read a number alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class TalkFact:
    """A conversation that began in the time. ``handed``: a person was asked for, or stepped in."""

    id: str
    began: datetime
    messages: int
    handed: bool
    rating: int | None


@dataclass(frozen=True, slots=True)
class HandoffFact:
    """A handoff (no ticket) that was asked for in the time. ``first_reply``: the agent's first words after it."""

    conversation_id: str
    asked: datetime
    claimed: datetime | None
    first_reply: datetime | None
    closed: datetime | None
    agent: str | None
    late: int


@dataclass(frozen=True, slots=True)
class CaseFact:
    """A case that was filed in the time, as it stands now."""

    reason: str
    state: str
    amount_fen: int
    paid_fen: int | None
    filed: datetime
    ended: datetime | None
    source: str


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """Something that the bot did not understand, redacted as it was stored."""

    at: datetime
    conversation_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    talks: tuple[TalkFact, ...] = ()
    handoffs: tuple[HandoffFact, ...] = ()
    cases: tuple[CaseFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """``talks`` begun, ``handed`` of them to people, ``cases`` filed."""

    day: date
    talks: int
    handed: int
    cases: int


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """``paid`` holds ``settled`` besides; ``rejected`` holds ``withdrawn`` besides in ``withdrawn``."""

    reason: str
    filed: int
    paid: int
    rejected: int
    withdrawn: int
    open: int
    asked_fen: int
    paid_fen: int


@dataclass(frozen=True, slots=True)
class AgentRow:
    agent: str
    handoffs: int
    first_response: int | None
    resolution: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """``containment``: share of conversations with at least one message of the buyer that no person was needed in.

    ``first_response``/``slow_response``: median and 90th percentile from asking for a person to his first words;
    ``resolution``: median from asking to the end of the handoff; ``reopened``: share of ended handoffs after which
    the same buyer asked for a person again within 7 days; ``kept``: share of promises kept.
    """

    talks: int
    containment: float | None
    handoffs: int
    first_response: int | None
    slow_response: int | None
    resolution: int | None
    reopened: float | None
    kept: float | None
    rating: float | None
    ratings: tuple[int, int, int, int, int]
    cases: int
    paid_fen: int
    days: tuple[Day, ...] = field(default=())
    reasons: tuple[ReasonRow, ...] = field(default=())
    agents: tuple[AgentRow, ...] = field(default=())
