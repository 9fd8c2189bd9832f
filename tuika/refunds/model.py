"""A refund case and what hangs on it.

Invariants: values are frozen, a change makes a new one; the decision, the reading behind it and the order
as it stood at filing are kept, so that a case can be replayed without the shop; ``evidence_wanted`` names
what is still missing; amounts never exceed what was paid and not yet refunded; ``events`` only ever grows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tuika.evidence.model import EvidenceRef
from tuika.money import ZERO, Money
from tuika.orders.model import KeyCheck, KeyState, Order, PayChannel, PaymentStatus, ProductType
from tuika.policy.model import Claim, Decision, EvidenceKind, Outcome, Reason
from tuika.policy.reading import Reading
from tuika.refunds.events import CaseEvent, CaseEventType
from tuika.refunds.states import REFUNDED_STATES, CaseState


class ActorKind(StrEnum):
    BUYER = "buyer"
    GUEST = "guest"
    AGENT = "agent"
    MERCHANT = "merchant"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something: ``agent:demo``, ``buyer:b1``, ``system``."""

    kind: ActorKind
    id: str = ""

    @classmethod
    def buyer(cls, buyer_id: str) -> Actor:
        return cls(ActorKind.BUYER, buyer_id)

    @classmethod
    def guest(cls, key: str) -> Actor:
        return cls(ActorKind.GUEST, key)

    @classmethod
    def agent(cls, username: str) -> Actor:
        return cls(ActorKind.AGENT, username)

    @classmethod
    def merchant(cls, merchant_id: str) -> Actor:
        return cls(ActorKind.MERCHANT, merchant_id)

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.id}" if self.id else self.kind.value


SYSTEM = Actor(ActorKind.SYSTEM)


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks for the refund. ``guest_key`` stands for a guest (never his contact in clear)."""

    buyer_id: str | None
    conversation_id: str | None
    guest_key: str | None = None

    @property
    def actor(self) -> Actor:
        if self.buyer_id is not None:
            return Actor.buyer(self.buyer_id)
        return Actor.guest(self.guest_key or self.conversation_id or "")


class Wait(StrEnum):
    """What a deadline waits for; the due row's kind is ``deadline.<wait>``."""

    EVIDENCE = "evidence"
    MERCHANT = "merchant"
    REVIEW = "review"
    NEGOTIATION = "negotiation"
    PAYOUT = "payout"
    ARRIVAL = "arrival"
    APPEAL = "appeal"


@dataclass(frozen=True, slots=True)
class Deadline:
    """``estimate``: the calendar does not know that year's holidays yet."""

    at: datetime
    what: Wait
    estimate: bool = False


@dataclass(frozen=True, slots=True)
class CaseItem:
    """A key that the case is about, as it stood at filing (a key may be resold after a refund)."""

    position: int
    masked: str
    state: KeyState
    check: KeyCheck
    revealed_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class OrderSnapshot:
    """The order at filing, as far as a case needs it. ``owed``: the most that can be paid back on it."""

    product: str
    product_type: ProductType
    merchant_id: str
    merchant: str
    pay_channel: PayChannel
    amount: Money
    owed: Money
    paid_at: datetime | None
    serial: str = ""

    @classmethod
    def of(cls, order: Order) -> OrderSnapshot:
        return cls(
            product=order.product.name,
            product_type=order.product.type,
            merchant_id=order.merchant.id,
            merchant=order.merchant.name,
            pay_channel=order.pay_channel,
            amount=order.amount,
            owed=order.paid_total if order.paid else order.amount,
            paid_at=order.paid_at,
            serial=_serial(order),
        )


def _serial(order: Order) -> str:
    """The last successful payment: of a double payment that is the surplus."""
    paid = [each.trade_no for each in order.payments if each.status is PaymentStatus.SUCCESS]
    return paid[-1] if paid else ""


@dataclass(frozen=True, slots=True)
class PendingApproval:
    """An approval above the limit that waits for a second, different person."""

    by: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Payee:
    """To whom a person pays where no original route exists; the account itself lies in the vault."""

    secret_id: str
    masked: str


class Funds(StrEnum):
    """What the shop does with the merchant's money for the order while a case is open and after it."""

    HELD = "held"
    RELEASED = "released"
    DEDUCTED = "deducted"


@dataclass(frozen=True, slots=True)
class RefundCase:
    """``reason`` is as the policy read it, ``claim`` what was said.

    ``amount`` is asked, ``approved_amount`` due, ``paid_amount`` paid.
    ``resume``: the state to return to when requested evidence is complete. ``redecide_at``: an undelivered case
    is decided again then (None: no more). ``rejected_by``: the actor of the last rejection, kept for good.
    ``refile_of``: the rejected case that this one files anew. ``noticed_at``: the last follow-up to the buyer.
    """

    case_no: str
    platform: str
    order_no: str
    buyer_id: str | None
    conversation_id: str | None
    reason: Reason
    amount: Money
    state: CaseState
    route: Outcome
    claim: Claim
    decision: Decision
    order: OrderSnapshot
    filed_at: datetime
    state_since: datetime
    consent_required: bool = False
    guest_key: str | None = None
    source: str = "buyer"
    turn_id: str = ""
    statement: str = ""
    contact_way: str = ""
    keys: tuple[int, ...] = ()
    items: tuple[CaseItem, ...] = ()
    reading: Reading | None = None
    evidence: tuple[EvidenceRef, ...] = ()
    evidence_wanted: tuple[EvidenceKind, ...] = ()
    resume: CaseState | None = None
    deadline: Deadline | None = None
    redecide_at: datetime | None = None
    pending: PendingApproval | None = None
    approved_amount: Money | None = None
    to_balance: bool = False
    executed_at: datetime | None = None
    paid_amount: Money | None = None
    paid_at: datetime | None = None
    trade_no: str | None = None
    appealed: bool = False
    rejected_by: str | None = None
    reject_reason: str = ""
    refile_of: str | None = None
    shop_ref: str | None = None
    noticed_at: datetime | None = None
    payee: Payee | None = None
    funds: Funds | None = None
    events: tuple[CaseEvent, ...] = field(default=(), compare=False)

    @property
    def is_open(self) -> bool:
        return self.state.open

    @property
    def bound(self) -> Money:
        """What is paid back, or bound to be, because of this case."""
        if self.state not in REFUNDED_STATES:
            return ZERO
        return self.approved_amount if self.approved_amount is not None else self.amount

    @property
    def due_amount(self) -> Money:
        """The amount approved, or the one asked for while nothing is."""
        return self.approved_amount if self.approved_amount is not None else self.amount

    @property
    def by_hand(self) -> bool:
        """Whether a person pays it, as was settled at its approval."""
        return any(e.type == CaseEventType.APPROVED and e.detail.get("by_hand") for e in self.events)

    def happened(self, event_type: str) -> bool:
        return any(event.type == event_type for event in self.events)
