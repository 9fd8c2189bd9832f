"""What a make-believe merchant and bank do, and when: the arithmetic behind the demo shop and its twin.

Invariants: pure values and functions; the merchant's time counts from the filing, the bank's from the
payout order; an answer exists from its very instant on, and one withdrawn before it never comes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from tuika.errors import Conflict
from tuika.money import ZERO, Money
from tuika.orders.model import Order, PayChannel
from tuika.refunds.gateway import (
    AnswerKind,
    FilingRequest,
    MerchantAnswer,
    PayoutReceipt,
    PayoutRequest,
    PayoutState,
)


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """How a merchant answers each filing; ``kind`` None: never. ``amount`` belongs to ``settle``."""

    kind: AnswerKind | None = None
    after: timedelta = timedelta(0)
    amount: Money | None = None

    def due(self, filed_at: datetime) -> datetime | None:
        return None if self.kind is None else filed_at + self.after

    def answer(
        self, *, filed_at: datetime, now: datetime, withdrawn_at: datetime | None = None
    ) -> MerchantAnswer | None:
        """The answer as of ``now``."""
        due = self.due(filed_at)
        if self.kind is None or due is None or due > now:
            return None
        if withdrawn_at is not None and withdrawn_at < due:
            return None
        return MerchantAnswer(kind=self.kind, at=due, amount=self.amount)


NEVER_ANSWERS = AnswerPlan()


@dataclass(frozen=True, slots=True)
class PayoutPlan:
    """How long money travels; ``after`` None: it never arrives."""

    after: timedelta | None

    def receipt(self, *, trade_no: str, paid_at: datetime, now: datetime) -> PayoutReceipt:
        """What is known of a payout ordered at ``paid_at``, as of ``now``."""
        if self.after is None:
            return PayoutReceipt(PayoutState.PENDING, trade_no, None, None)
        arrives_at = paid_at + self.after
        if arrives_at <= now:
            return PayoutReceipt(PayoutState.PAID, trade_no, arrives_at, None)
        return PayoutReceipt(PayoutState.PENDING, trade_no, arrives_at, arrives_at)


AT_ONCE = PayoutPlan(timedelta(0))
NEVER_ARRIVES = PayoutPlan(None)
BY_BANK = PayoutPlan(timedelta(days=1))


def payout_plan(plan: PayoutPlan | None, *, channel: PayChannel, to_balance: bool) -> PayoutPlan:
    """The plan in force: the order's own, else at once, but a day by bank card (not to the balance)."""
    if plan is not None:
        return plan
    return BY_BANK if channel is PayChannel.BANK_CARD and not to_balance else AT_ONCE


def payable(order: Order) -> Money:
    """The most that can ever be paid back on an order: what was paid, and never less than its amount.

    The amount counts even where no payment is on record, since a person may have found it at the gateway.
    """
    return max(order.paid_total, order.amount)


def check_payable(order: Order, *, before: Money, amount: Money) -> None:
    """Raises ``Conflict`` for an amount of nothing or beyond what the order can still owe."""
    if amount <= ZERO:
        raise Conflict("退款金额必须大于 0")
    if before + amount > payable(order):
        raise Conflict("退款合计超过这笔订单的金额")


def filing_digest(request: FilingRequest) -> str:
    """Tells whether two filings under one key are the same."""
    keys = ",".join(str(position) for position in request.keys)
    amount = str(request.amount.fen)
    return _digest(request.case_no, request.order_no, request.reason.value, amount, request.statement, keys)


def payout_digest(request: PayoutRequest) -> str:
    """Tells whether two payouts under one key are the same."""
    return _digest(request.case_no, request.order_no, str(request.amount.fen), str(request.to_balance))


def filing_ref(key: str) -> str:
    """The shop's own reference of a filing."""
    return "SR" + _digest("filing", key)[:14].upper()


def payout_serial(key: str) -> str:
    """A refund serial as payment institutions write them: 28 digits beginning 50."""
    return "50" + str(int(_digest("payout", key), 16))[-26:]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
