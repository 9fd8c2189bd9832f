"""A handoff (somebody waits for a person) and a ticket (a person has work, the bot goes on).

Invariants: a conversation has at most one open handoff, and tickets besides; a case has at most one open ticket
for one reason; the state only goes waiting → active → closed, or waiting → closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class HandoffState(StrEnum):
    WAITING = "waiting"
    ACTIVE = "active"
    CLOSED = "closed"


class HandoffKind(StrEnum):
    HANDOFF = "handoff"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Handoff:
    """``promised_by``: when a person is promised at the latest; ``agent``: who has it, by user name."""

    id: str
    conversation_id: str | None
    state: HandoffState
    kind: HandoffKind
    urgent: bool
    reason: str
    brief: str
    case_no: str | None
    promised_by: datetime
    waiting_since: datetime
    agent: str | None = None
    claimed_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state is not HandoffState.CLOSED


@dataclass(frozen=True, slots=True)
class Note:
    """What agents tell each other; never shown to a buyer."""

    id: str
    handoff_id: str
    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acts at the desk. ``lead``: a supervisor or operator, who may act in others' handoffs."""

    name: str
    lead: bool = False

    @property
    def actor(self) -> str:
        return f"agent:{self.name}"
