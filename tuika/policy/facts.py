"""The facts that decide a claim: finite enumerations only.

Invariants: every field is an enum or a bool, so that all combinations can be listed; what a shop cannot
know is a value of its own (``unknown``); a fact that was not read, because an earlier one already answered
or because it does not concern this product, stands at its default. No amount and no time is a fact: those
are in :class:`tuika.policy.reading.Reading`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, get_type_hints

from tuika.orders.model import ProductType
from tuika.policy.model import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

FactValue = StrEnum | bool


class PaymentFact(StrEnum):
    """A successful payment on record, or none and what the buyer brings instead."""

    RECORDED = "recorded"
    NONE = "none"
    SERIAL = "serial"
    PICTURE = "picture"


class Cancelled(StrEnum):
    NO = "not_cancelled"
    SHOP_BEFORE = "shop_before"  # by merchant or platform, nothing delivered
    BUYER_BEFORE = "buyer_before"
    AFTER = "after"  # by anyone, something (or perhaps something) delivered
    UNKNOWN_BY = "unknown_by"


class Delivery(StrEnum):
    """Delivery of the goods concerned; the promise and the hours count from payment."""

    PROMISED = "promised"  # nothing yet, the promised time still runs
    LATE = "late"  # promise passed, before the automatic hours; or payment time unknown
    OVERDUE = "overdue"  # promise passed, and the automatic hours too
    DELIVERED = "delivered"


class KeyFact(StrEnum):
    """State of the keys concerned, once delivered."""

    NONE = "none"
    VALID = "valid"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    USED_BEFORE = "used_before"  # used before it was revealed, or never revealed: sold twice
    USED_UNKNOWN = "used_unknown"  # the check says used, nobody knows when
    CONSUMED = "consumed"  # used after it was revealed, or redeemed at an unknown time


class Account(StrEnum):
    """The account that was credited, against the one the order names."""

    NONE = "none"
    NOT_CREDITED = "not_credited"
    REQUESTED = "requested"
    OTHER = "other"
    UNKNOWN = "unknown"


class Service(StrEnum):
    NONE = "none"
    NOT_BEGUN = "not_begun"
    BEGUN = "begun"
    UNKNOWN = "unknown"


class Note(StrEnum):
    """What the refund note on the product page says to a buyer's own error or change of mind."""

    NONE = "none"
    CLOSED = "closed"
    PAST = "past"  # the note's own, shorter days have passed


class Limit(StrEnum):
    """Why an automatic approval needs a person."""

    NONE = "none"
    AMOUNT = "amount"
    FREQUENT = "frequent"
    EARLIER_REFUND = "earlier_refund"  # keys were refunded before, and nobody recorded which


@dataclass(frozen=True, slots=True)
class Facts:
    """One combination. ``reason`` is the one the buyer named; reading it otherwise is the pack's work."""

    reason: Reason
    proved_order: bool = True
    open_case: bool = False
    nothing_left: bool = False
    payment: PaymentFact = PaymentFact.RECORDED
    product: ProductType = ProductType.CARD_KEY
    delivery: Delivery = Delivery.PROMISED
    cancelled: Cancelled = Cancelled.NO
    key: KeyFact = KeyFact.NONE
    account: Account = Account.NONE
    service: Service = Service.NONE
    activated: bool = False
    typed_wrong: bool = False
    surplus: bool = False
    credited_twice: bool = False
    past_limit: bool = False
    note: Note = Note.NONE
    first_week: bool = False
    limit: Limit = Limit.NONE
    narrowed: bool = False


@cache
def domains() -> Mapping[str, tuple[FactValue, ...]]:
    """Every fact's name with all its values, in the order of the fields."""
    hints = get_type_hints(Facts)
    return MappingProxyType({field.name: _values(hints[field.name]) for field in fields(Facts)})


def _values(kind: type[StrEnum] | type[bool]) -> tuple[FactValue, ...]:
    return (False, True) if kind is bool else tuple(kind)


@cache
def defaults() -> Mapping[str, FactValue]:
    """The value of every fact that was not read (``reason`` has none)."""
    plain = Facts(Reason.NO_DELIVERY)
    return MappingProxyType({field.name: getattr(plain, field.name) for field in fields(Facts)[1:]})
