"""What passes between a channel and the gateway.

Invariants: an :class:`Arrival` is what a provider delivered, proved and parsed, with the provider's own id
and order; a :class:`Delivery` is one message to a buyer on its way; neither names a buyer: whom a peer stands
for is in the conversation that its :class:`Link` points to, and only binding changes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class ArrivalKind(StrEnum):
    TEXT = "text"
    PRESS = "press"  # a button: ``text`` is the opaque id of a quick reply
    IMAGE = "image"
    START = "start"  # followed the account, opened the chat; ``text`` may be a binding code
    OTHER = "other"  # voice, video, a place: named in ``text``
    AGENT = "agent"  # a person of the provider's own desk said ``text`` to the buyer
    STATE = "state"  # the provider's own desk changed who serves: ``extra`` says how


@dataclass(frozen=True, slots=True)
class Media:
    """Something to be fetched from the provider. ``inline``: the bytes, base64, when they came along."""

    ref: str = ""
    url: str = ""
    inline: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """``message_id``: the provider's, unique within the channel; ``order_key`` sorts a peer's messages."""

    channel: str
    peer: str
    message_id: str
    order_key: str
    kind: ArrivalKind
    text: str = ""
    media: Media | None = None
    user_token: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


class ArrivalState(StrEnum):
    WAITING = "waiting"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Receipt:
    """An arrival as its row says: ``fresh`` once, ``tries`` counts how often the provider delivered it."""

    id: int
    fresh: bool
    state: ArrivalState
    tries: int


@dataclass(frozen=True, slots=True)
class Queued:
    """A stored arrival on its way into the conversation."""

    id: int
    arrival: Arrival
    received_at: datetime
    due_at: datetime
    attempts: int
    passive_until: datetime | None


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A choice as it was shown: the title and the opaque id of its quick reply."""

    title: str
    action: str


@dataclass(frozen=True, slots=True)
class Link:
    """A peer of a channel and the conversation that he is in.

    ``budget_left``: messages that may still be sent before he writes again, None without a budget;
    ``menu``: what a typed number means now; ``remote``: what the adapter keeps about the provider's side.
    """

    id: str
    channel: str
    peer: str
    conversation_id: str
    planned_seq: int = 0
    menu: tuple[MenuItem, ...] = ()
    budget_left: int | None = None
    window_until: datetime | None = None
    remote: Mapping[str, Any] = field(default_factory=dict)


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    HELD = "held"  # outside the provider's window or budget: goes out when the buyer writes again
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to a buyer: text with choices, or a picture (the id of an attachment of the conversation)."""

    text: str = ""
    menu: tuple[MenuItem, ...] = ()
    image: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """``arrival_id``: the message that it answers, for channels that may answer in the same breath."""

    id: int
    link_id: str
    outgoing: Outgoing
    state: DeliveryState
    attempts: int
    due_at: datetime
    arrival_id: int | None = None
    passive: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel allows.

    ``text`` characters (or UTF-8 bytes) a message; ``budget`` messages within ``window`` of the buyer's last
    one; ``settle``: how long an arrival rests, so that one that was overtaken on the way can catch up;
    ``push``: whether anything can be sent outside the answer to a request.
    """

    text: int
    in_bytes: bool = False
    budget: int | None = None
    window: timedelta | None = None
    settle: timedelta = timedelta(milliseconds=300)
    push: bool = True

    def measure(self, text: str) -> int:
        return len(text.encode("utf-8", "replace")) if self.in_bytes else len(text)


@dataclass(frozen=True, slots=True)
class BindCode:
    """A one-time code that a logged-in buyer was given; kept by its digest."""

    digest: str
    purpose: str
    platform: str
    buyer_id: str
    buyer_name: str
    expires_at: datetime
    used_at: datetime | None = None
