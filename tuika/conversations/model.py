"""What is said in a conversation, before and after it is stored.

Invariants: a :class:`Say` has no number yet, a :class:`Message` has; ``text`` alone always carries the whole
meaning; a :class:`Payload` never leaves the hub (buyers hold an opaque id of it); ``memory`` is what the
intake remembers and is opaque here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    BUYER = "buyer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Awaiting(StrEnum):
    """What the last message asks for."""

    ORDER_NO = "order_no"
    REASON = "reason"
    EVIDENCE = "evidence"
    PROOF = "proof"
    ACCOUNT = "account"
    CHOICE = "choice"
    CONFIRM = "confirm"
    RATING = "rating"


class Owner(StrEnum):
    BOT = "bot"
    QUEUED = "queued"
    HUMAN = "human"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Payload:
    """What pressing a quick reply means; kinds are listed in ``tuika.intake.choices``."""

    kind: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuickReply:
    title: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class Card:
    type: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Say:
    """Something to be said. Texts are Chinese and complete without the card."""

    text: str
    card: Card | None = None
    quick_replies: tuple[QuickReply, ...] = ()
    awaiting: Awaiting | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    id: str
    media_type: str
    sha256: str
    kind: str


@dataclass(frozen=True, slots=True)
class StoredReply:
    """A quick reply as the buyer sees it: the title and an opaque id."""

    title: str
    action: str


@dataclass(frozen=True, slots=True)
class Message:
    seq: int
    role: Role
    text: str
    at: datetime
    card: Card | None = None
    quick_replies: tuple[StoredReply, ...] = ()
    awaiting: Awaiting | None = None
    attachments: tuple[Attachment, ...] = ()
    turn_id: str | None = None
    author: str | None = None
    client_id: str | None = None  # of the buyer's own messages: what his device called it


@dataclass(frozen=True, slots=True)
class Buyer:
    """A logged-in buyer, as the marketplace's own token names him."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Conversation:
    id: str
    platform: str
    channel: str
    owner: Owner
    epoch: int
    session_no: int
    created_at: datetime
    buyer: Buyer | None = None
    memory: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sender(self) -> str:
        """The dialogue engine's name for it: new after each epoch, closed topic or broken turn."""
        return f"{self.id}:{self.session_no}"


class ChoiceState(StrEnum):
    LIVE = "live"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Choice:
    """A quick reply that was issued: what its opaque id stands for."""

    id: str
    conversation_id: str
    title: str
    payload: Payload
    state: ChoiceState
