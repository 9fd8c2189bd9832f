"""What the desk asks of a shop beyond reading its orders: filing refunds and paying out.

Invariants: every call that changes something carries an idempotency key; the same key with the same
request takes effect once and is answered alike, with another request it raises ``Conflict``. An adapter
raises :class:`~tuika.errors.ShopUnavailable` when the call surely had no effect and ``TimeoutError``
when its outcome is unknown: then the caller asks again with the same key. Times are aware.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tuika.money import Money
from tuika.policy.model import Reason


class AnswerKind(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    SETTLE = "settle"


class PayoutState(StrEnum):
    PAID = "paid"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class FilingRequest:
    """A case as the shop hears of it. ``keys``: 1-based positions concerned; empty means the whole order."""

    case_no: str
    order_no: str
    reason: Reason
    amount: Money
    statement: str = ""
    keys: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FilingReceipt:
    """``answer_due``: when the shop should next be asked for an answer; None: it will not tell."""

    shop_ref: str
    answer_due: datetime | None


@dataclass(frozen=True, slots=True)
class MerchantAnswer:
    """What the merchant said and when. ``amount`` is set for ``settle`` only."""

    kind: AnswerKind
    at: datetime
    amount: Money | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class PayoutRequest:
    """Money back to the buyer: by the original route, or to the balance where he chose so.

    ``serial``: the payment that it goes back on, where the shop knows it; ``paid``: what that order was paid with;
    ``already``: what was refunded on it before. Providers without idempotency keys tell refunds apart by these.
    """

    case_no: str
    order_no: str
    amount: Money
    to_balance: bool = False
    platform: str = ""
    serial: str = ""
    paid: Money = Money(0)
    already: Money = Money(0)


@dataclass(frozen=True, slots=True)
class PayoutReceipt:
    """What is known of a payout now.

    ``arrives_at``: the instant of arrival (``paid``), the expected one (``pending``), or None when nobody
    can say. ``next_check``: when to ask again; None when it arrived or asking is of no use.
    """

    state: PayoutState
    trade_no: str
    arrives_at: datetime | None
    next_check: datetime | None


class RefundGateway(Protocol):
    """The shop's side of a refund."""

    def file(self, request: FilingRequest, *, key: str) -> FilingReceipt:
        """Tell the shop of a case. Raises ``NotFound`` for an unknown order."""
        ...

    def answer(self, shop_ref: str) -> MerchantAnswer | None:
        """The merchant's answer as of now, or None: none yet, withdrawn before it came, unknown reference."""
        ...

    def withdraw(self, shop_ref: str, *, key: str) -> None:
        """Take the filing back. Doing so twice changes nothing. Raises ``NotFound`` for an unknown one."""
        ...

    def pay(self, request: PayoutRequest, *, key: str) -> PayoutReceipt:
        """Pay once per key. Raises ``NotFound`` for an unknown order, ``Conflict`` beyond what it can owe."""
        ...

    def payout(self, key: str, request: PayoutRequest | None = None) -> PayoutReceipt | None:
        """What became of the payout with this key (``request``: as it was sent); None: the shop never got it."""
        ...


class FundsGateway(Protocol):
    """What a shop may offer besides: the merchant's money for an order, kept while a case is open.

    Every call takes effect once per key; False: this shop, or this order, knows no such thing.
    """

    def hold(self, order_no: str, amount: Money, *, key: str) -> bool: ...
    def release(self, order_no: str, *, key: str) -> bool: ...
    def deduct(self, order_no: str, amount: Money, *, key: str) -> bool:
        """The refund is taken from what was held; what is left over is released."""
        ...


type RefundGateways = Mapping[str, RefundGateway]
"""The shop's side of refunds, by the platform's name. A name that is not there raises ``ShopUnavailable``."""


class Faults(Protocol):
    """Lets tests break a call: ``before`` its effect, or ``after`` it was committed.

    An implementation raises (``TimeoutError``, ``ShopUnavailable``) or returns. ``call`` is the port's
    method name, ``key`` the idempotency key or, for reads, the reference asked for.
    """

    def before(self, call: str, key: str) -> None: ...

    def after(self, call: str, key: str) -> None: ...


class Seal(Protocol):
    """Encryption of secrets at rest; the vault implements it."""

    def seal(self, text: str) -> bytes: ...

    def open(self, sealed: bytes) -> str: ...
