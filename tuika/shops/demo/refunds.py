"""The demo shop's side of refunds: merchants that answer and money that arrives, as the fixture says.

Invariants: each change is one transaction of its own; the same key takes effect once (a UNIQUE
constraint behind the check); what time it is comes from the clock, so nothing here waits or polls. The
faults hook fires before a transaction begins or after it is committed, never inside.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from tuika.clock import Clock
from tuika.errors import Conflict, NotFound
from tuika.money import Money
from tuika.orders.model import Order
from tuika.refunds.gateway import (
    Faults,
    FilingReceipt,
    FilingRequest,
    MerchantAnswer,
    PayoutReceipt,
    PayoutRequest,
)
from tuika.shops.demo import rows, tables
from tuika.shops.demo.queries import BY_NUMBER, orders_of
from tuika.shops.demo.store import DemoStore
from tuika.shops.faults import NoFaults
from tuika.shops.plans import (
    PayoutPlan,
    check_payable,
    filing_digest,
    filing_ref,
    payout_digest,
    payout_plan,
    payout_serial,
)


class DemoRefunds:
    def __init__(self, store: DemoStore, *, clock: Clock, faults: Faults | None = None) -> None:
        self._database = store.database
        self._clock = clock
        self._faults: Faults = faults or NoFaults()

    def file(self, request: FilingRequest, *, key: str) -> FilingReceipt:
        self._faults.before("file", key)
        now, digest = self._clock.now(), filing_digest(request)
        with self._database.write() as connection:
            filing = _filing(connection, filing_ref(key))
            if filing is None:
                _order(connection, request.order_no)
                columns = _filing_columns(request, key) | {"digest": digest, "filed_at": now}
                connection.execute(insert(tables.filings), columns)
                filing = _filing(connection, filing_ref(key))
        self._faults.after("file", key)
        if filing is None or filing.digest != digest:
            raise Conflict("同一个申请编号带来了不同的内容")
        due = rows.read_answer_plan(filing).due(filing.filed_at)
        return FilingReceipt(filing.shop_ref, None if filing.withdrawn_at else due)

    def answer(self, shop_ref: str) -> MerchantAnswer | None:
        self._faults.before("answer", shop_ref)
        with self._database.read() as connection:
            filing = _filing(connection, shop_ref)
        if filing is None:
            return None
        return rows.read_answer_plan(filing).answer(
            filed_at=filing.filed_at, now=self._clock.now(), withdrawn_at=filing.withdrawn_at
        )

    def withdraw(self, shop_ref: str, *, key: str) -> None:
        self._faults.before("withdraw", key)
        now, table = self._clock.now(), tables.filings
        with self._database.write() as connection:
            if _filing(connection, shop_ref) is None:
                raise NotFound("店铺没有这份申请")
            mine = (table.c.shop_ref == shop_ref) & table.c.withdrawn_at.is_(None)
            connection.execute(update(table).where(mine).values(withdrawn_at=now))
        self._faults.after("withdraw", key)

    def pay(self, request: PayoutRequest, *, key: str) -> PayoutReceipt:
        self._faults.before("pay", key)
        now, digest = self._clock.now(), payout_digest(request)
        with self._database.write() as connection:
            payout = _payout(connection, key)
            if payout is None:
                columns = _payout_columns(connection, request, key) | {"digest": digest, "paid_at": now}
                connection.execute(insert(tables.payouts), columns)
                payout = _payout(connection, key)
        self._faults.after("pay", key)
        if payout is None or payout.digest != digest:
            raise Conflict("同一个付款编号带来了不同的内容")
        return self._receipt(payout)

    def payout(self, key: str, request: PayoutRequest | None = None) -> PayoutReceipt | None:
        self._faults.before("payout", key)
        with self._database.read() as connection:
            payout = _payout(connection, key)
        return None if payout is None else self._receipt(payout)

    def _receipt(self, payout: Row[Any]) -> PayoutReceipt:
        plan = rows.payout_of(payout.after_s)
        return plan.receipt(trade_no=payout.trade_no, paid_at=payout.paid_at, now=self._clock.now())


def _filing(connection: Connection, shop_ref: str) -> Row[Any] | None:
    """The filing, with its merchant's plan beside it."""
    table, merchants = tables.filings, tables.merchants
    plan = (merchants.c.answer_kind, merchants.c.answer_after_s, merchants.c.answer_amount_fen)
    joined = select(table, *plan).select_from(table.join(tables.orders).join(merchants))
    return connection.execute(joined.where(table.c.shop_ref == shop_ref)).first()


def _filing_columns(request: FilingRequest, key: str) -> rows.Columns:
    return {
        "shop_ref": filing_ref(key),
        "key": key,
        "case_no": request.case_no,
        "order_no": request.order_no,
        "reason": request.reason.value,
        "amount_fen": request.amount.fen,
        "statement": request.statement,
    }


def _payout(connection: Connection, key: str) -> Row[Any] | None:
    return connection.execute(select(tables.payouts).where(tables.payouts.c.key == key)).first()


def _payout_columns(connection: Connection, request: PayoutRequest, key: str) -> rows.Columns:
    """Raises ``NotFound`` for an unknown order, ``Conflict`` beyond what it can still owe."""
    order = _order(connection, request.order_no)
    table = tables.payouts
    spent = select(func.coalesce(func.sum(table.c.amount_fen), 0)).where(table.c.order_no == order.order_no)
    check_payable(order, before=Money(int(connection.scalar(spent) or 0)), amount=request.amount)
    return {
        "key": key,
        "case_no": request.case_no,
        "order_no": order.order_no,
        "amount_fen": request.amount.fen,
        "to_balance": request.to_balance,
        "trade_no": payout_serial(key),
        "after_s": rows.seconds(_plan(connection, order, to_balance=request.to_balance)),
    }


def _plan(connection: Connection, order: Order, *, to_balance: bool) -> PayoutPlan:
    table = tables.orders
    wanted = select(table.c.payout_planned, table.c.payout_after_s).where(table.c.order_no == order.order_no)
    stored = connection.execute(wanted).one()
    own = rows.payout_of(stored.payout_after_s) if stored.payout_planned else None
    return payout_plan(own, channel=order.pay_channel, to_balance=to_balance)


def _order(connection: Connection, order_no: str) -> Order:
    found = orders_of(connection, BY_NUMBER, {"of_number": order_no})
    if not found:
        raise NotFound("店铺没有这笔订单")
    return found[0]
