"""A turn: one message of a buyer on its way to an answer.

Invariants: turns of a conversation are worked strictly in the order of their numbers; a turn goes to the
engine at most once (``sent``); whatever an action writes names its turn and is refused once the turn is no
longer open or the conversation's epoch has moved on. ``staged`` effects happen when the turn commits. ``lease_until``
(real time) is how long a turn with the engine belongs to the hub that sent it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class TurnState(StrEnum):
    ACCEPTED = "accepted"  # stored, waiting for its place
    SENT = "sent"  # with the engine: the only state in which actions may write
    DEFERRED = "deferred"  # the engine was not reachable; will be sent when it is back
    DONE = "done"
    BROKEN = "broken"  # a crash or a time-out left it open; answered from rows


OPEN_STATES = frozenset({TurnState.ACCEPTED, TurnState.SENT, TurnState.DEFERRED})


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in, as services read it: no secret in clear.

    ``text``: redacted; ``payload_kind``/``payload``: a pressed quick reply; ``references``: order or payment
    numbers found in the text; ``attachments``: ids of stored evidence; ``secrets``: vault ids by placeholder;
    ``stale``: the pressed quick reply no longer counts; ``intent``: handed to the engine without its own NLU;
    ``who``: the account or address that a guest's failed proofs count against.
    """

    text: str = ""
    payload_kind: str | None = None
    payload: Mapping[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    stale: bool = False
    intent: str | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    id: str
    conversation_id: str
    number: int
    client_id: str
    body_hash: str
    state: TurnState
    epoch: int
    heard: Heard
    staged: Mapping[str, Any]
    created_at: datetime
    sent_at: datetime | None = None
    lease_until: datetime | None = None
