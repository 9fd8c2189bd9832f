"""What a claim is, and what a decision says about it.

Invariants: a :class:`Decision` is a value that can be stored, replayed and compared; it names every
clause it used; its amount is None only where nothing is filed. Facts are in ``policy.facts``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tuika.money import Money


class Reason(StrEnum):
    NO_DELIVERY = "no_delivery"
    INVALID_CARD_KEY = "invalid_card_key"
    WRONG_RECHARGE = "wrong_recharge"
    NOT_AS_DESCRIBED = "not_as_described"
    DUPLICATE_CHARGE = "duplicate_charge"
    ORDER_CANCELLED = "order_cancelled"
    UNRECORDED_PAYMENT = "unrecorded_payment"
    CHANGED_MIND = "changed_mind"


class Outcome(StrEnum):
    APPROVE = "approve"
    PLATFORM_REVIEW = "platform_review"
    MERCHANT_REVIEW = "merchant_review"
    ASK_CONSENT = "ask_consent"
    WAIT = "wait"
    REFUSE = "refuse"
    EXPLAIN = "explain"

    @property
    def files(self) -> bool:
        """Whether this outcome opens a case."""
        return self in _FILING


_FILING = frozenset({Outcome.APPROVE, Outcome.PLATFORM_REVIEW, Outcome.MERCHANT_REVIEW, Outcome.ASK_CONSENT})


class EvidenceKind(StrEnum):
    KEY_ERROR = "key_error"
    ORDER_PAGE = "order_page"
    LISTING = "listing"
    RECEIVED = "received"
    UNUSED_PROOF = "unused_proof"
    PAYMENT_RECORD = "payment_record"
    CHAT = "chat"
    OTHER = "other"


class Alternative(StrEnum):
    """What remains when a refund is not due."""

    EXCHANGE = "exchange"
    CONSENT = "consent"
    HUMAN = "human"
    PARTIAL = "partial"
    PAYMENT_PROOF = "payment_proof"
    HOW_TO_REDEEM = "how_to_redeem"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Claim:
    """What the buyer says, beyond what the shop records.

    ``own_error``: the buyer says the account was typed wrong (None: not said).
    ``payment_serial``: the buyer gave a payment serial; ``payment_picture``: or a screenshot of the payment.
    ``affected_keys``: 1-based positions of the keys concerned; empty means all.
    ``order_proved``: the order is the buyer's own, or a guest proved it; nothing is said about any other.
    """

    reason: Reason
    own_error: bool | None = None
    payment_serial: bool = False
    payment_picture: bool = False
    affected_keys: tuple[int, ...] = ()
    order_proved: bool = True


@dataclass(frozen=True, slots=True)
class History:
    """What the ledger knows about the order and its buyer when a claim is decided.

    ``open_case_no``/``open_case_state``: the order's open case. ``refunded``: sum already paid or bound to be
    paid back on this order. ``first_filed_at``: when a case was first filed on this order (the time limit is
    judged there). ``recent_refunds``: the buyer's cases of the last 30 days that were approved or paid.
    ``refunded_keys``: positions whose share is in ``refunded``, so that no key is paid for twice.
    ``refunded_surplus``: the part of ``refunded`` that gave back a double payment (None: not recorded; then
    refunds are taken to have given back the surplus first).
    """

    open_case_no: str | None = None
    open_case_state: str | None = None
    refunded: Money = Money(0)
    first_filed_at: datetime | None = None
    recent_refunds: int = 0
    refunded_keys: tuple[int, ...] = ()
    refunded_surplus: Money | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause as told to people: its id in the pack, its Chinese text, and where it comes from."""

    id: str
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a pack to a claim.

    ``outcome`` is in force after limits; ``row_outcome`` is what the matched row said before them.
    ``reason`` is the reason as read (step 1), ``claimed`` what the buyer named. ``amount`` is set when
    ``outcome.files``. ``proved``: the records themselves prove the reason, so a merchant's silence
    approves. ``supervised``: approved only by a person because of a limit. ``retry_at``: for ``wait``.
    ``review_days``: working days of a platform review. ``decide_again_at``: an undelivered case is looked
    at again then. ``finding`` is a key for the sentence that says what the records show: a value of
    ``policy.findings.Finding``. ``keys``: the positions the decision covers, for card keys. ``amount_open``:
    the amount cannot be computed; the order's is asked for and the reviewer sets what is due.
    """

    outcome: Outcome
    row_outcome: Outcome
    reason: Reason
    claimed: Reason
    clauses: tuple[Clause, ...]
    pack: str
    pack_version: str
    amount: Money | None = None
    evidence: tuple[EvidenceKind, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    proved: bool = False
    supervised: bool = False
    retry_at: datetime | None = None
    decide_again_at: datetime | None = None
    review_days: int = 3
    finding: str = ""
    keys: tuple[int, ...] = ()
    amount_open: bool = False
