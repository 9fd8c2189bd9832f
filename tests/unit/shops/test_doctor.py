"""What ``tuika shop doctor`` prints: what is there, how long a look takes, and nothing secret."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from tests.shops import zfaka
from tests.shops.dujiao_next import dujiao_next, tables_of, written
from tuika.commands.shop import told
from tuika.shops.report import Lookup, ShopReport
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.orders import SqlOrders
from tuika.shops.sql.schema import Counts, Schema
from tuika.shops.zfaka.schema import zfaka_schema

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_it_tells_states_orders_lookups_and_limits(tmp_path: Path) -> None:
    with dujiao_next("sqlite", tmp_path) as made:
        at = written(made, AT)
        row = {"user_id": 0, "currency": "CNY", "total_amount": "9.90", "paid_at": at, "created_at": at}
        more = {"guest_email": "lin@example.com", "guest_password": "pw8848"}
        made.fill(
            "orders",
            [row | more | {"order_no": f"DJ2026112016000000000{n}", "status": "paid"} for n in range(4)],
        )
        orders = tables_of(made)
        printed = "\n".join(told("mine", "dujiao_next", orders.report(), pays=False))
        orders.close()
    for said in (
        "平台 mine · dujiao_next",
        "订单 4 笔",
        "paid 已付款、未发货：4",
        "按订单号",
        "有索引",
        "能知道",
        "不能知道",
    ):
        assert said in printed
    assert printed.count("DJ…") == 3
    for secret in ("lin@example.com", "pw8848", "DJ20261120160000000001"):
        assert secret not in printed


def test_a_column_without_an_index_is_said() -> None:
    with zfaka.zfaka() as made:
        orders = zfaka.orders_of(made)
        printed = "\n".join(told("mine", "zfaka", orders.report(), pays=False))
        orders.close()
    assert "! 按订单号" in printed
    assert "没有索引，每次要扫全表" in printed
    assert "没有索引，只在最近 200,000 笔里找" in printed
    assert "read-me-only" not in printed


def test_a_shop_too_big_to_count_is_told_all_the_same() -> None:
    """A machine that cannot count in time still shows its newest orders."""
    with zfaka.zfaka() as made:
        made.fill(
            "t_order", [{"orderid": f"zlkb{n}", "status": 1, "addtime": 1, "paytime": 1} for n in range(3)]
        )
        orders = SqlOrders(ReadOnlyDatabase(made.reader_url, timeout_s=1.0), _slowly_counted)
        report = orders.report()
        orders.close()
    assert report.counts == {}
    assert len(report.newest) == 3
    assert any("各状态的订单数" in line for line in report.cannot)


def _slowly_counted(database: ReadOnlyDatabase) -> Schema:
    def count(connection: Connection) -> Counts:
        connection.execute(text("SELECT SLEEP(3) FROM t_order")).all()
        return {}

    return replace(zfaka_schema(database, zfaka.SELLER), count=count)


def test_a_look_that_did_not_end_is_said() -> None:
    report = ShopReport("here", "x", {}, (), lookups=(Lookup("订单号", None, "太慢"),))
    assert "  ! 按订单号：没有查完（太慢）" in told("mine", "zfaka", report, pays=False)
