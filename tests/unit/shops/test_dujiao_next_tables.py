"""dujiao-next read from its tables, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.shops import dujiao_next, kamifaka
from tests.shops.base import ShopDatabase
from tuika.errors import ShopUnavailable
from tuika.orders.model import PayChannel, PaymentStatus
from tuika.shops.dujiao_next.schema import next_schema
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.orders import SqlOrders

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ShopDatabase]:
    with dujiao_next.dujiao_next(request.param, tmp_path) as opened:
        yield opened


class TestDujiaoNext:
    """A parent with children, payments with fees, refunds on record, other currencies."""

    def order(self, made: ShopDatabase, **change: Any) -> dict[str, Any]:
        at = dujiao_next.written(made, AT)
        common = {
            "id": 1,
            "order_no": "DJ1",
            "parent_id": None,
            "user_id": 7,
            "status": "paid",
            "currency": "CNY",
            "total_amount": "10.00",
            "wallet_paid_amount": "0",
            "refunded_amount": "0",
            "paid_at": at,
            "created_at": at,
            "deleted_at": None,
        }
        return common | change

    def payment(self, made: ShopDatabase, **change: Any) -> dict[str, Any]:
        at = dujiao_next.written(made, AT)
        common = {
            "order_id": 1,
            "provider_type": "epusdt",
            "channel_type": "usdt-trc20",
            "amount": "10.30",
            "fee_amount": "0.30",
            "currency": "CNY",
            "status": "success",
            "provider_ref": "20261120220014",
            "gateway_order_no": "P1",
            "created_at": at,
            "paid_at": at,
        }
        return common | change

    def read(self, made: ShopDatabase, number: str = "DJ1") -> Any:
        orders = dujiao_next.tables_of(made)
        try:
            return orders.find(number)
        finally:
            orders.close()

    def test_a_parts_number_leads_to_the_whole(self, made: ShopDatabase) -> None:
        parts = [
            self.order(made, id=n, order_no=f"DJ1-0{n - 1}", parent_id=1, total_amount="5") for n in (2, 3)
        ]
        gone = self.order(
            made, id=4, order_no="DJ1-03", parent_id=1, deleted_at=dujiao_next.written(made, AT)
        )
        made.fill("orders", [self.order(made), *parts, gone])
        for number in ("DJ1", "dj1-01", "DJ1-02"):
            assert self.read(made, number).order_no == "DJ1"
        assert self.read(made, "DJ1-03") is None
        orders = dujiao_next.tables_of(made)
        assert [order.order_no for order in orders.of_buyer("7")] == ["DJ1"]
        orders.close()

    def test_the_fee_is_not_the_goods_price(self, made: ShopDatabase) -> None:
        made.fill("orders", [self.order(made)])
        made.fill("payments", [self.payment(made)])
        found = self.read(made)
        assert (found.paid_total.fen, found.amount.fen, found.payments[0].fee.fen) == (1000, 1000, 30)
        assert found.pay_channel is PayChannel.USDT
        orders = dujiao_next.tables_of(made)
        for amount in (1000, 1030):
            for serial in ("20261120220014", "P1"):
                assert orders.find_payment(serial=serial, amount_fen=amount, at=AT) == found
        assert orders.find_payment(serial="P1", amount_fen=1031, at=None) is None
        orders.close()

    def test_paid_twice_shows_what_is_too_much(self, made: ShopDatabase) -> None:
        made.fill("orders", [self.order(made)])
        made.fill(
            "payments", [self.payment(made), self.payment(made, provider_ref="2", gateway_order_no="P2")]
        )
        assert self.read(made).paid_total.fen == 2000

    def test_paid_in_coins_counts_what_the_order_asked_for(self, made: ShopDatabase) -> None:
        made.fill("orders", [self.order(made, wallet_paid_amount="4")])
        made.fill("payments", [self.payment(made, amount="0.83", fee_amount="0", currency="USDT")])
        assert self.read(made).paid_total.fen == 1000

    def test_a_payment_that_came_too_late_is_on_record_as_failed(self, made: ShopDatabase) -> None:
        made.fill("orders", [self.order(made, status="canceled", paid_at=None)])
        made.fill("payments", [self.payment(made, status="expired", paid_at=None)])
        found = self.read(made, "20261120220014")
        assert (found.order_no, found.paid) == ("DJ1", False)
        assert found.payments[0].status is PaymentStatus.FAILED

    def test_refunds_on_record_and_what_the_sum_says_beyond_them(self, made: ShopDatabase) -> None:
        child = self.order(made, id=2, order_no="DJ1-01", parent_id=1, refunded_amount="2.50")
        made.fill("orders", [self.order(made, status="partially_refunded", refunded_amount="3"), child])
        record = {"order_id": 2, "type": "wallet", "amount": "2.50", "currency": "CNY"}
        made.fill("order_refund_records", [record | {"created_at": dujiao_next.written(made, AT)}])
        refunds = self.read(made).refunds
        assert [(r.amount.fen, r.at is not None, r.to_balance) for r in refunds] == [
            (250, True, True),
            (300, False, False),
        ]

    def test_other_currencies_are_counted_apart_and_not_read(self, made: ShopDatabase) -> None:
        foreign = self.order(made, id=2, order_no="DJ2", currency="USD")
        made.fill("orders", [self.order(made), foreign])
        with pytest.raises(ShopUnavailable, match="USD"):
            self.read(made, "DJ2")
        orders = dujiao_next.tables_of(made)
        report = orders.report()
        assert [order.order_no for order in report.newest] == ["DJ1"]
        assert report.counts == {"paid 已付款、未发货": 1, "其他币种（退卡看不到）": 1}
        assert [order.order_no for order in orders.of_buyer("7")] == ["DJ1"]
        orders.close()

    def test_a_members_mail_is_a_proof(self, made: ShopDatabase) -> None:
        made.fill("users", [{"id": 7, "email": "lin@example.com"}])
        made.fill("orders", [self.order(made)])
        orders = dujiao_next.tables_of(made)
        assert orders.proves("DJ1", "LIN@example.com")
        assert not orders.proves("DJ1", "")
        orders.close()

    @pytest.mark.parametrize(
        ("title", "name"),
        [
            ('{"en-US": "card"}', "card"),
            ('{"zh-CN": "", "ja": "カード"}', "カード"),
            ('"点卡"', "点卡"),
            ("[]", "商品"),
        ],
    )
    def test_names_in_many_tongues(self, made: ShopDatabase, title: str, name: str) -> None:
        made.fill("orders", [self.order(made)])
        made.fill(
            "order_items", [{"order_id": 1, "title_json": title, "quantity": 1, "fulfillment_type": "auto"}]
        )
        assert self.read(made).product.name == name

    def test_goods_of_both_kinds_are_not_automatic(self, made: ShopDatabase) -> None:
        made.fill("orders", [self.order(made)])
        item = {"order_id": 1, "title_json": '{"zh-CN": "点卡"}', "quantity": 1}
        made.fill("order_items", [item | {"fulfillment_type": kind} for kind in ("auto", "manual")])
        found = self.read(made)
        assert (found.product.name, found.product.type.value) == ("点卡 等 2 种商品", "custom_service")
        assert found.quantity == 2


def test_a_file_that_its_shop_is_writing_to_is_read(tmp_path: Path) -> None:
    """dujiao-next keeps a write-ahead log; a transaction of its own must not stop us, nor we it."""
    with dujiao_next.dujiao_next("sqlite", tmp_path) as made:
        made.fill("orders", [{"id": 1, "order_no": "DJ1", "user_id": 0, "status": "paid", "currency": "CNY"}])
        orders = dujiao_next.tables_of(made)
        with made.writer.begin() as writing:
            writing.exec_driver_sql("UPDATE orders SET status = 'completed'")
            begun = datetime.now(UTC)
            found = orders.find("DJ1")
            assert datetime.now(UTC) - begun < timedelta(seconds=2)
            assert found is not None
            assert found.status.value == "unpaid"
        again = orders.find("DJ1")
        assert again is not None
        assert again.status.value == "completed"
        orders.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_of_something_else_is_named(kind: str, tmp_path: Path) -> None:
    with kamifaka.kamifaka(kind, tmp_path) as made:
        other = SqlOrders(ReadOnlyDatabase(made.reader_url), lambda db: next_schema(db, dujiao_next.SELLER))
        with pytest.raises(ShopUnavailable, match="dujiao-next"):
            other.find("X")
        other.close()
