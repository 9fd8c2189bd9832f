"""A fixture as typed values.

Invariants: frozen; offsets are resolved to UTC instants; orders name only buyers and merchants that the
fixture holds; secrets (keys, contacts, passwords) are kept out of ``repr``, so that no log shows them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tuika.money import Money
from tuika.orders.model import Order
from tuika.policy.model import Reason
from tuika.shops.plans import AnswerPlan, PayoutPlan


class Platform(StrEnum):
    GENERIC = "generic"
    BINGHUI = "binghui"
    ZHONGSHANG = "zhongshang"
    SOLO = "solo"


class HistoryState(StrEnum):
    """The states of a case, as the hub's API names them."""

    SUBMITTED = "submitted"
    NEEDS_EVIDENCE = "needs_evidence"
    MERCHANT_REVIEW = "merchant_review"
    PLATFORM_REVIEW = "platform_review"
    NEGOTIATING = "negotiating"
    APPROVED = "approved"
    PAYING = "paying"
    PAID = "paid"
    SETTLED = "settled"
    REJECTED = "rejected"
    APPEALED = "appealed"
    WITHDRAWN = "withdrawn"

    @property
    def open(self) -> bool:
        return self not in _CLOSED


_CLOSED = frozenset({HistoryState.PAID, HistoryState.SETTLED, HistoryState.REJECTED, HistoryState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class FixtureBuyer:
    id: str
    name: str
    phone: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class FixtureMerchant:
    id: str
    name: str
    answers: AnswerPlan


@dataclass(frozen=True, slots=True)
class FixtureOrder:
    """``key_values`` runs beside ``order.keys``; None: a key without a value. ``payout`` None: the usual way."""

    order: Order
    contact: str | None = field(default=None, repr=False)
    query_password: str | None = field(default=None, repr=False)
    key_values: tuple[str | None, ...] = field(default=(), repr=False)
    payout: PayoutPlan | None = None


@dataclass(frozen=True, slots=True)
class FixtureRefund:
    """A past case. ``buyer_id`` is the order's; None for a guest's order or one that the fixture lacks."""

    order_no: str
    buyer_id: str | None
    reason: Reason
    amount: Money
    state: HistoryState
    filed_at: datetime
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fixture:
    platform: Platform
    buyers: tuple[FixtureBuyer, ...] = ()
    merchants: tuple[FixtureMerchant, ...] = ()
    orders: tuple[FixtureOrder, ...] = ()
    refunds: tuple[FixtureRefund, ...] = ()
