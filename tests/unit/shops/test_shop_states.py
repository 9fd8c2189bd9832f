"""What the state of an order comes to in shops that tell it in odd ways."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.shops import acg_faka, dujiaoka
from tests.shops.base import ShopDatabase
from tuika.errors import ShopUnavailable
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.orders import SqlOrders


@pytest.fixture(scope="module")
def orders() -> Iterator[SqlOrders]:
    with dujiaoka.classic() as made:
        at, later, edited = "2026-11-20 23:59:58", "2026-11-21 00:01:58", "2026-11-29 10:00:00"
        rows = [
            {
                "order_sn": f"CODE{code}" if code >= 0 else "EXPIRED1",
                "title": "Steam 充值卡 x 3",
                "type": kind,
                "buy_amount": 3,
                "actual_price": "0.10",
                "email": "a@b.cn",
                "status": code,
                "created_at": at,
                "updated_at": later if code != 3 else edited,
                "deleted_at": at if code == 9 else None,
            }
            for code, kind in ((1, 1), (2, 2), (3, 2), (4, 1), (5, 2), (6, 1), (-1, 1), (9, 1))
        ]
        made.fill("orders", rows)
        yield dujiaoka.orders_of(made)


class TestDujiaokaStates:
    """What the status codes of 独角数卡 come to."""

    @pytest.mark.parametrize(
        ("number", "status", "paid", "delivered"),
        [
            ("CODE1", "unpaid", False, False),
            ("CODE2", "paid", True, False),
            ("CODE3", "paid", True, False),
            ("CODE4", "delivered", True, True),
            ("CODE5", "paid", True, False),
            ("CODE6", "paid", True, False),
            ("EXPIRED1", "cancelled", False, False),
        ],
    )
    def test_status(self, orders: SqlOrders, number: str, status: str, paid: bool, delivered: bool) -> None:
        found = orders.find(number)
        assert found is not None
        assert (found.status.value, found.paid, found.delivered) == (status, paid, delivered)
        assert (found.amount.fen, found.quantity, found.product.name) == (10, 3, "Steam 充值卡")

    def test_times_are_of_the_shops_zone(self, orders: SqlOrders) -> None:
        found = orders.find("CODE4")
        assert found is not None
        assert found.created_at == datetime(2026, 11, 20, 15, 59, 58, tzinfo=UTC)
        assert found.paid_at == datetime(2026, 11, 20, 16, 1, 58, tzinfo=UTC)

    def test_an_edit_days_later_is_not_the_payment(self, orders: SqlOrders) -> None:
        found = orders.find("CODE3")
        assert found is not None
        assert found.paid_at == datetime(2026, 11, 20, 16, 4, 58, tzinfo=UTC)

    def test_a_deleted_order_is_not_there(self, orders: SqlOrders) -> None:
        assert orders.find("CODE9") is None

    def test_the_doctor_counts_by_state(self, orders: SqlOrders) -> None:
        report = orders.report()
        assert report.counts["6 异常：付款后库存不足"] == 1
        assert sum(report.counts.values()) == 7
        assert report.variant.startswith("独角数卡 2.0.x")
        assert len(report.newest) == 3
        assert "read-me-only" not in report.where


@pytest.fixture(scope="module")
def made() -> Iterator[ShopDatabase]:
    with acg_faka.acg_faka() as made:
        made.fill("acg_commodity", [{"id": 1, "name": "会员月卡", "delivery_way": 0}])
        base = {"commodity_id": 1, "amount": "9.99", "create_time": "2026-11-01 00:00:00", "status": 1}
        base |= {"pay_time": "2026-11-01 00:01:00", "delivery_status": 1, "owner": 1001}
        rows = [
            base | {"trade_no": "100000000000000001", "secret": acg_faka.SOLD_OUT},
            base | {"trade_no": "100000000000000002", "secret": "KEY-1"},
            base | {"trade_no": "100000000000000003", "secret": "正在发货中…", "delivery_status": 0},
            base | {"trade_no": "100000000000000004", "secret": None, "status": 0, "delivery_status": 0},
        ]
        made.fill("acg_order", rows)
        yield made


class TestAcgStockOut:
    """异次元发卡 says "delivered" when the stock ran out after the payment."""

    def test_with_the_view_it_is_seen(self, made: ShopDatabase) -> None:
        orders = acg_faka.orders_of(made)
        found = [orders.find(f"10000000000000000{n}") for n in (1, 2, 3, 4)]
        assert [(o.paid, o.delivered) for o in found if o] == [
            (True, False),
            (True, True),
            (True, False),
            (False, False),
        ]
        assert orders.report().counts["付款后缺货（店铺显示已发货）"] == 1
        assert len(orders.of_buyer("1001")) == 4

    def test_without_it_the_doctor_says_so(self, made: ShopDatabase) -> None:
        orders = acg_faka.orders_of(made, view="")
        found = orders.find("100000000000000001")
        assert found is not None
        assert found.delivered
        assert any("stock_out_view" in line for line in orders.report().cannot)

    def test_another_prefix_is_named(self, made: ShopDatabase) -> None:
        from tuika.shops.acg_faka.schema import acg_schema

        database = ReadOnlyDatabase(made.reader_url)
        with pytest.raises(ShopUnavailable, match="prefix"):
            acg_schema(database, acg_faka.SELLER, prefix="shop_")
        database.close()


def test_a_missing_grant_is_named_by_its_column() -> None:
    with dujiaoka.shop_database(dujiaoka.CLASSIC) as made:
        made.grant("orders", [name for name in dujiaoka.ORDERS_READ if name != "search_pwd"])
        made.grant("pays", dujiaoka.PAYS_READ)
        with pytest.raises(ShopUnavailable, match="search_pwd"):
            dujiaoka.orders_of(made).find("X")
