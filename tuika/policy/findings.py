"""What the records show, as a key for the sentence that says so.

Invariants: every clause that decides names one; a decision carries it as plain text. The sentences themselves
are the clause's ``text`` and what the dialogue adds to it (when and where it was delivered, how to redeem).
"""

from __future__ import annotations

from enum import StrEnum


class Finding(StrEnum):
    """What the records show, for the sentence that says so."""

    NOT_PROVED = "not_proved"
    OPEN_CASE = "open_case"
    NOTHING_LEFT = "nothing_left"
    UNPAID = "unpaid"
    PAYMENT_RECORDED = "payment_recorded"
    CANCELLED_LATE = "cancelled_late"
    CANCELLED_UNKNOWN = "cancelled_unknown"
    CANCELLED_BY_SHOP = "cancelled_by_shop"
    CANCELLED_BY_BUYER = "cancelled_by_buyer"
    NOT_CANCELLED = "not_cancelled"
    REASON_UNFIT = "reason_unfit"
    PAST_LIMIT = "past_limit"
    CONSUMED = "consumed"
    PRODUCT_NOTE = "product_note"
    ACTIVATED = "activated"
    SERVICE_BEGUN = "service_begun"
    SERVICE_DONE = "service_done"
    DELIVERED = "delivered"
    DELIVERY_UNKNOWN = "delivery_unknown"
    PROMISE_OPEN = "promise_open"
    UNDELIVERED = "undelivered"
    KEY_USED_BEFORE = "key_used_before"
    KEY_EXPIRED = "key_expired"
    KEY_VALID = "key_valid"
    KEY_UNKNOWN = "key_unknown"
    CREDITED_OTHER = "credited_other"
    CREDITED_REQUESTED = "credited_requested"
    CREDITED_UNKNOWN = "credited_unknown"
    NOT_CREDITED = "not_credited"
    TYPED_WRONG = "typed_wrong"
    DESCRIPTION = "description"
    OVERPAID = "overpaid"
    CREDITED_TWICE = "credited_twice"
    ONE_PAYMENT = "one_payment"
    CHANGED_MIND = "changed_mind"
    FIRST_PURCHASE = "first_purchase"
