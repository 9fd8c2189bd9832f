"""Settlements: what is offered to a buyer instead of a full refund.

Invariants: a case has at most one open offer; only an open offer can be answered; what a settlement deducts
is shown before the buyer agrees; an accepted exchange waits for its key, and a key that was made ready
before the buyer agreed stays sealed until he does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tuika.money import Money


class OfferKind(StrEnum):
    PARTIAL = "partial"
    EXCHANGE = "exchange"
    EXTENSION = "extension"


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Offer:
    """``secret_id``: the replacement key in the vault; ``masked``: how it may be shown."""

    id: str
    case_no: str
    kind: OfferKind
    by: str
    made_at: datetime
    state: OfferState = OfferState.OPEN
    amount: Money | None = None
    text: str = ""
    secret_id: str | None = None
    masked: str = ""
