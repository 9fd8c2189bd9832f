"""When the shop breaks before or after an effect, asking again with the same key ends in one effect."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.exc import IntegrityError

from tuika.clock import FixedClock
from tuika.errors import ShopUnavailable
from tuika.money import Money
from tuika.policy.model import Reason
from tuika.refunds.gateway import FilingRequest, PayoutRequest, PayoutState, RefundGateway
from tuika.shops.demo import tables
from tuika.shops.demo.shop import DemoShop
from tuika.shops.faults import ScriptedFaults

PAYOUT = PayoutRequest("RF1", "YES1", Money(9800))
FILING = FilingRequest("RF1", "YES1", Reason.NO_DELIVERY, Money(9800))


def test_a_timeout_before_paying_left_nothing(refunds: RefundGateway, faults: ScriptedFaults) -> None:
    faults.fail("pay", when="before")
    with pytest.raises(TimeoutError):
        refunds.pay(PAYOUT, key="p1")
    assert refunds.payout("p1") is None
    assert refunds.pay(PAYOUT, key="p1").state is PayoutState.PAID


def test_a_timeout_after_paying_left_one_payout(
    refunds: RefundGateway, faults: ScriptedFaults, clock: FixedClock
) -> None:
    faults.fail("pay", when="after")
    with pytest.raises(TimeoutError):
        refunds.pay(PAYOUT, key="p1")
    paid_at = clock.now()
    clock.advance(timedelta(hours=1))
    known = refunds.payout("p1")
    assert known is not None
    assert known.arrives_at == paid_at
    assert refunds.pay(PAYOUT, key="p1") == known


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_filing_is_filed_once(
    refunds: RefundGateway, faults: ScriptedFaults, clock: FixedClock, when: str
) -> None:
    faults.fail("file", when="before" if when == "before" else "after")
    with pytest.raises(TimeoutError):
        refunds.file(FILING, key="f1")
    filed_at = clock.now()
    clock.advance(timedelta(minutes=10))
    start = clock.now() if when == "before" else filed_at
    assert refunds.file(FILING, key="f1").answer_due == start + timedelta(hours=2)


def test_reads_and_withdrawals_break_too(refunds: RefundGateway, faults: ScriptedFaults) -> None:
    receipt = refunds.file(FILING, key="f1")
    for call in ("answer", "withdraw", "payout"):
        faults.fail(call, error=ShopUnavailable())
    with pytest.raises(ShopUnavailable):
        refunds.answer(receipt.shop_ref)
    with pytest.raises(ShopUnavailable):
        refunds.withdraw(receipt.shop_ref, key="w1")
    with pytest.raises(ShopUnavailable):
        refunds.payout("p1")
    assert refunds.payout("p1") is None


def test_a_fault_is_spent_after_its_times(refunds: RefundGateway, faults: ScriptedFaults) -> None:
    faults.fail("pay", times=2)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            refunds.pay(PAYOUT, key="p1")
    refunds.pay(PAYOUT, key="p1")
    assert faults.heard.count(("pay", "before", "p1")) == 3


def market(shop: DemoShop) -> None:
    shop.load(
        "merchants: [{id: m1, answers: {approve_after: 2h}}]\norders:\n  - {order_no: YES1, buyer: null,"
        " merchant: m1, amount_fen: 9800, status: paid, product: {name: 卡, type: card_key}}\n"
    )


def test_many_callers_with_one_key_pay_once(shop: DemoShop, engine: Engine) -> None:
    market(shop)
    with ThreadPoolExecutor(6) as pool:
        receipts = list(pool.map(lambda _: shop.refunds.pay(PAYOUT, key="p1"), range(12)))
    assert len(set(receipts)) == 1
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.payouts)) == 1


def test_the_table_itself_refuses_a_second_payout(shop: DemoShop, engine: Engine) -> None:
    market(shop)
    shop.refunds.pay(PAYOUT, key="p1")
    with engine.connect() as connection:
        columns = connection.execute(select(tables.payouts)).one()._asdict()
        del columns["id"]
        with pytest.raises(IntegrityError, match="UNIQUE"):
            connection.execute(insert(tables.payouts), columns)
