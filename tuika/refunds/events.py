"""What can happen to a case, in the grammar of the audit log: area.object.verb in the past tense.

Invariant: an event is written in the transaction of the change it tells of, and never changed afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class CaseEventType(StrEnum):
    # moving a case (see transitions.py)
    FILED = "refund.case.filed"
    EVIDENCE_REQUESTED = "refund.case.evidence_requested"
    MERCHANT_ASKED = "refund.case.merchant_asked"
    REVIEW_BEGUN = "refund.case.review_begun"
    APPEAL_RESUMED = "refund.case.appeal_resumed"
    OFFER_MADE = "refund.offer.made"
    APPROVED = "refund.case.approved"
    REJECTED = "refund.case.rejected"
    WITHDRAWN = "refund.case.withdrawn"
    APPEALED = "refund.case.appealed"
    PAYOUT_BEGUN = "refund.payout.begun"
    PAID = "refund.case.paid"
    SETTLED = "refund.case.settled"
    # noted without a change of state
    EVIDENCE_ADDED = "refund.case.evidence_added"
    NOTE_ADDED = "refund.case.note_added"
    WISH_RECORDED = "refund.case.wish_recorded"
    APPROVAL_REQUESTED = "refund.case.approval_requested"
    DECIDED_AGAIN = "refund.case.decided_again"
    DEADLINE_RECKONED = "refund.deadline.reckoned"
    DEADLINE_PASSED = "refund.case.deadline_passed"
    MERCHANT_TOLD = "refund.case.merchant_told"
    MERCHANT_APPROVED = "refund.case.merchant_approved"
    MERCHANT_REJECTED = "refund.case.merchant_rejected"
    OFFER_ACCEPTED = "refund.offer.accepted"
    OFFER_REFUSED = "refund.offer.refused"
    OFFER_LAPSED = "refund.offer.lapsed"
    KEY_REISSUED = "refund.key.reissued"
    KEY_OPENED = "refund.key.opened"
    CALL_FAILED = "refund.call.failed"
    CALL_DELAYED = "refund.call.delayed"
    FUNDS_MOVED = "refund.funds.moved"
    PAYEE_GIVEN = "refund.payee.given"
    MERCHANT_REMINDED = "refund.merchant.reminded"
    MERCHANT_EVIDENCE = "refund.merchant.evidenced"
    ARRIVAL_CONFIRMED = "refund.arrival.confirmed"
    ARRIVAL_DENIED = "refund.arrival.denied"
    BUYER_REMINDED = "refund.buyer.reminded"
    IMPORTED = "refund.case.imported"


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """``actor`` is a written :class:`~tuika.refunds.model.Actor`; ``detail`` holds JSON values, no secret."""

    at: datetime
    actor: str
    type: str
    detail: Mapping[str, Any] = field(default_factory=dict)
