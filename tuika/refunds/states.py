"""The states of a case, as the hub's API names them.

Invariants: at most one case per order is in an open state (a partial unique index holds that); a buyer may
withdraw in every open state up to the approval, never after.
"""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
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
        return self not in CLOSED_STATES


CLOSED_STATES = frozenset({CaseState.PAID, CaseState.SETTLED, CaseState.REJECTED, CaseState.WITHDRAWN})
OPEN_STATES = frozenset(CaseState) - CLOSED_STATES
REFUNDED_STATES = frozenset({CaseState.APPROVED, CaseState.PAYING, CaseState.PAID})
WITHDRAWABLE = OPEN_STATES - REFUNDED_STATES
REVIEW_STATES = frozenset({CaseState.MERCHANT_REVIEW, CaseState.PLATFORM_REVIEW})
