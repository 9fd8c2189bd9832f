"""A handoff (somebody waits for a person) and a ticket (a person has work, the bot goes on).

Invariants: a conversation has at most one open handoff, and tickets besides; a case has at most one open ticket
for one reason; the state goes waiting → active → closed; an active one may go back to waiting (its agent put it
back, or his connection was lost), a waiting one may be closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
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
    """``promised_by``: when a person is promised at the latest; ``agent``: who has it, by user name.

    ``late``: how many promises have passed without anybody coming. ``seated``: taken at an open page of the desk, so
    that it goes back into the queue when that page is lost (a program that uses the API has no page to lose).
    """

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
    late: int = 0
    seated: bool = False

    @property
    def is_open(self) -> bool:
        return self.state is not HandoffState.CLOSED


@dataclass(frozen=True, slots=True)
class Note:
    """What agents tell each other; never shown to a buyer. ``handoff_id`` None: on the conversation itself."""

    id: str
    handoff_id: str | None
    author: str
    text: str
    at: datetime
    conversation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acts at the desk. ``lead``: a supervisor or operator, who may act in others' handoffs."""

    name: str
    lead: bool = False

    @property
    def actor(self) -> str:
        return f"agent:{self.name}"


class Presence(StrEnum):
    """What an agent says of himself; whether his connection is alive is another matter (:class:`Seat`)."""

    ONLINE = "online"
    BUSY = "busy"
    AWAY = "away"


GRACE = timedelta(minutes=3)
USUAL_CAPACITY = 10


@dataclass(frozen=True, slots=True)
class Seat:
    """An agent at the desk. ``seen_at``: the last sign of life of his browser, by the real clock.

    ``capacity``: how many conversations he can hold at once.
    """

    username: str
    presence: Presence
    seen_at: datetime
    capacity: int = USUAL_CAPACITY

    def connected(self, now: datetime) -> bool:
        """Whether his browser was seen within the grace that a lost connection is given."""
        return now - self.seen_at <= GRACE

    def serves(self, now: datetime) -> bool:
        return self.presence is not Presence.AWAY and self.connected(now)
