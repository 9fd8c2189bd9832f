"""The in-memory twin of the refund port: same behaviour as the demo shop, nothing on disk.

Invariants: passes the same tests as the demo shop (tests/unit/shops); a key takes effect once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tuika.clock import Clock
from tuika.errors import Conflict, NotFound
from tuika.money import ZERO, Money
from tuika.orders.model import Order
from tuika.refunds.gateway import (
    Faults,
    FilingReceipt,
    FilingRequest,
    MerchantAnswer,
    PayoutReceipt,
    PayoutRequest,
)
from tuika.shops.demo.values import Fixture
from tuika.shops.faults import NoFaults
from tuika.shops.plans import (
    NEVER_ANSWERS,
    AnswerPlan,
    PayoutPlan,
    check_payable,
    filing_digest,
    filing_ref,
    payout_digest,
    payout_plan,
    payout_serial,
)


@dataclass(slots=True)
class _Filing:
    digest: str
    plan: AnswerPlan
    filed_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Payout:
    request: PayoutRequest
    plan: PayoutPlan
    paid_at: datetime


class MemoryRefunds:
    """A ``RefundGateway`` over a list of orders and plans."""

    def __init__(
        self,
        orders: Iterable[Order],
        *,
        clock: Clock,
        answers: Mapping[str, AnswerPlan] | None = None,
        payouts: Mapping[str, PayoutPlan] | None = None,
        faults: Faults | None = None,
    ) -> None:
        """``answers`` by merchant id (else never), ``payouts`` by order number (else as the channel does)."""
        self._orders = {order.order_no: order for order in orders}
        self._clock = clock
        self._answers = dict(answers or {})
        self._plans = dict(payouts or {})
        self._faults: Faults = faults or NoFaults()
        self._filings: dict[str, _Filing] = {}
        self._payouts: dict[str, _Payout] = {}

    @classmethod
    def of(cls, fixture: Fixture, *, clock: Clock, faults: Faults | None = None) -> MemoryRefunds:
        return cls(
            [row.order for row in fixture.orders],
            clock=clock,
            answers={merchant.id: merchant.answers for merchant in fixture.merchants},
            payouts={row.order.order_no: row.payout for row in fixture.orders if row.payout},
            faults=faults,
        )

    def file(self, request: FilingRequest, *, key: str) -> FilingReceipt:
        self._faults.before("file", key)
        order = self._order(request.order_no)
        ref, digest = filing_ref(key), filing_digest(request)
        plan = self._answers.get(order.merchant.id, NEVER_ANSWERS)
        filing = self._filings.setdefault(ref, _Filing(digest, plan, self._clock.now()))
        if filing.digest != digest:
            raise Conflict("同一个申请编号带来了不同的内容")
        self._faults.after("file", key)
        due = None if filing.withdrawn_at else filing.plan.due(filing.filed_at)
        return FilingReceipt(ref, due)

    def answer(self, shop_ref: str) -> MerchantAnswer | None:
        self._faults.before("answer", shop_ref)
        filing = self._filings.get(shop_ref)
        if filing is None:
            return None
        now = self._clock.now()
        return filing.plan.answer(filed_at=filing.filed_at, now=now, withdrawn_at=filing.withdrawn_at)

    def withdraw(self, shop_ref: str, *, key: str) -> None:
        self._faults.before("withdraw", key)
        filing = self._filings.get(shop_ref)
        if filing is None:
            raise NotFound("店铺没有这份申请")
        filing.withdrawn_at = filing.withdrawn_at or self._clock.now()
        self._faults.after("withdraw", key)

    def pay(self, request: PayoutRequest, *, key: str) -> PayoutReceipt:
        self._faults.before("pay", key)
        order = self._order(request.order_no)
        known = self._payouts.get(key)
        if known is None:
            self._check_sum(order, request.amount)
            own = self._plans.get(order.order_no)
            plan = payout_plan(own, channel=order.pay_channel, to_balance=request.to_balance)
            known = self._payouts[key] = _Payout(request, plan, self._clock.now())
        elif payout_digest(known.request) != payout_digest(request):
            raise Conflict("同一个付款编号带来了不同的内容")
        self._faults.after("pay", key)
        return self._receipt(key, known)

    def payout(self, key: str, request: PayoutRequest | None = None) -> PayoutReceipt | None:
        self._faults.before("payout", key)
        known = self._payouts.get(key)
        return None if known is None else self._receipt(key, known)

    def _receipt(self, key: str, known: _Payout) -> PayoutReceipt:
        serial = payout_serial(key)
        return known.plan.receipt(trade_no=serial, paid_at=known.paid_at, now=self._clock.now())

    def _order(self, order_no: str) -> Order:
        order = self._orders.get(order_no)
        if order is None:
            raise NotFound("店铺没有这笔订单")
        return order

    def _check_sum(self, order: Order, amount: Money) -> None:
        before = ZERO
        for payout in self._payouts.values():
            if payout.request.order_no == order.order_no:
                before = before + payout.request.amount
        check_payable(order, before=before, amount=amount)
