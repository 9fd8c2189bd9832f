"""A shop of each kind with as many orders as one likes, made by its database itself.

Invariant: the tables are those of the contract tests, with the indexes that the shops' own installers make and no other.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.shops import acg_faka, card_system, dujiao_next, dujiaoka, kamifaka, zfaka
from tests.shops.base import ShopDatabase
from tuika.shops.sql.orders import SqlOrders

_FROM = "FROM seq_1_to_{n}"
_PG = "FROM generate_series(1, {n}) AS seq"
_LITE = "WITH RECURSIVE s(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM s WHERE seq < {n})"


@dataclass(frozen=True, slots=True)
class Shop:
    """``fill``: statements with ``{n}`` orders; ``number``, ``serial``: of the order in a given place."""

    name: str
    opened: Callable[[Path], AbstractContextManager[ShopDatabase]]
    reading: Callable[[ShopDatabase], SqlOrders]
    table: str
    fill: tuple[str, ...]
    number: str
    serial: str = ""
    buyers: bool = True


def _kami(table: str, more: str, value: str, kind: str) -> str:
    """An order of kamiFaka as it stands in either of its tables."""
    columns = f"(out_order_id, name, payment, contact, price, num, total_price, status, {more}, updatetime)"
    if kind == "sqlite":
        number, contact, head, source = "printf('%025d', seq)", "'b' || seq", f"{_LITE} ", "FROM s"
        number = f"'no' || {number}"
        contact += " || '@example.com'"
    else:
        table = table.replace('"', "`")
        number, contact = "CONCAT('no', LPAD(seq, 25, '0'))", "CONCAT('b', seq, '@example.com')"
        head, source = "", _FROM
    values = f"{number}, '点卡', '支付宝', {contact}, 9.9, 1, 9.9, 1, {value}, '2026-01-01 00:00:00'"
    return f"{head}INSERT INTO {table} {columns} SELECT {values} {source}"


SHOPS = (
    Shop(
        "dujiaoka-classic",
        lambda _: dujiaoka.classic(),
        dujiaoka.orders_of,
        "orders",
        (
            (
                "INSERT INTO orders (order_sn, title, actual_price, email, search_pwd, info, pay_id, trade_no, status, created_at,"
                " updated_at) SELECT CONCAT('SN', LPAD(seq, 14, '0')), '点卡 x 1', 9.9, CONCAT('b', seq, '@example.com'), 'pw8848',"
                f" REPEAT('K', 40), 1, CONCAT('2026', LPAD(seq, 24, '0')), 4, '2026-01-01', '2026-01-01' {_FROM}"
            ),
        ),
        "SN{:014d}",
        "2026{:024d}",
        buyers=False,
    ),
    Shop(
        "acg-faka",
        lambda _: acg_faka.acg_faka(),
        acg_faka.orders_of,
        "acg_order",
        (
            (
                "INSERT INTO acg_order (owner, trade_no, amount, commodity_id, create_time, pay_time, status, delivery_status, secret,"
                " password, contact) SELECT seq % 100000, CONCAT('1', LPAD(seq, 17, '0')), 9.9, 1, '2026-01-01', '2026-01-01', 1, 1,"
                f" REPEAT('K', 40), 'pw8848', CONCAT('b', seq, '@example.com') {_FROM}"
            ),
        ),
        "1{:017d}",
    ),
    Shop(
        "zfaka",
        lambda _: zfaka.zfaka(),
        zfaka.orders_of,
        "t_order",
        (
            (
                "INSERT INTO t_order (orderid, userid, email, pid, productname, number, money, chapwd, status, addtime, paytime,"
                " tradeid, kami) SELECT CONCAT('zlkb', LPAD(seq, 14, '0')), seq % 100000, CONCAT('b', seq, '@example.com'), 1,"
                f" '点卡', 1, 9.9, 'pw8848', 2, 1700000000, 1700000060, CONCAT('2026', LPAD(seq, 24, '0')), REPEAT('K', 40) {_FROM}"
            ),
        ),
        "zlkb{:014d}",
        "2026{:024d}",
    ),
    Shop(
        "card-system",
        lambda _: card_system.card_system(),
        card_system.orders_of,
        "orders",
        (
            (
                "INSERT INTO orders (user_id, order_no, product_id, product_name, count, contact, query_password, paid, pay_id,"
                " pay_trade_no, status, paid_at, created_at) SELECT 1, CONCAT('2', LPAD(seq, 18, '0')), 1, '点卡', 1,"
                " CONCAT('b', seq, '@example.com'), 'pw8848', 990, 1, CONCAT('2026', LPAD(seq, 24, '0')), 1, '2026-01-01',"
                f" '2026-01-01' {_FROM}"
            ),
        ),
        "2{:018d}",
        "2026{:024d}",
        buyers=False,
    ),
    Shop(
        "dujiao-next-postgresql",
        lambda folder: dujiao_next.dujiao_next("postgresql", folder),
        dujiao_next.tables_of,
        "orders",
        (
            (
                "INSERT INTO orders (id, order_no, user_id, guest_email, guest_password, status, currency, total_amount, paid_at,"
                " created_at) SELECT seq, 'DJ' || lpad(seq::text, 20, '0'), seq % 100000, 'b' || seq || '@example.com', 'pw8848',"
                f" 'delivered', 'CNY', 9.9, now(), now() {_PG}"
            ),
            (
                "INSERT INTO order_items (order_id, title_json, quantity, fulfillment_type)"
                f" SELECT seq, '{{{{\"zh-CN\": \"点卡\"}}}}', 1, 'auto' {_PG}"
            ),
            f"INSERT INTO fulfillments (order_id, type, status, payload) SELECT seq, 'auto', 'delivered', 'KEY' {_PG}",
            (
                "INSERT INTO payments (order_id, provider_type, channel_type, amount, currency, status, provider_ref)"
                f" SELECT seq, 'official', 'alipay', 9.9, 'CNY', 'success', '2026' || lpad(seq::text, 24, '0') {_PG}"
            ),
            "ANALYZE",
        ),
        "DJ{:020d}",
        "2026{:024d}",
    ),
    Shop(
        "dujiaoka-community",
        lambda _: dujiaoka.community(),
        dujiaoka.orders_of,
        "orders",
        (
            (
                "INSERT INTO orders (order_sn, user_id, actual_price, email, search_pwd, pay_id, trade_no, status, created_at,"
                " updated_at) SELECT CONCAT('SN', LPAD(seq, 14, '0')), seq % 100000, 9.9, CONCAT('b', seq, '@example.com'),"
                f" 'pw8848', 1, CONCAT('2026', LPAD(seq, 24, '0')), 4, '2026-01-01', '2026-01-01' {_FROM}"
            ),
            (
                "INSERT INTO order_items (order_id, goods_name, quantity, info, type)"
                f" SELECT seq, '点卡', 1, REPEAT('K', 40), 1 {_FROM}"
            ),
        ),
        "SN{:014d}",
        "2026{:024d}",
    ),
    Shop(
        "dujiao-next-sqlite",
        partial(dujiao_next.dujiao_next, "sqlite"),
        dujiao_next.tables_of,
        "orders",
        (
            (
                f"{_LITE} INSERT INTO orders (id, order_no, user_id, guest_email, guest_password, status, currency, total_amount,"
                " paid_at, created_at) SELECT seq, 'DJ' || printf('%020d', seq), seq % 100000, 'b' || seq || '@example.com',"
                " 'pw8848', 'delivered', 'CNY', 9.9, '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00' FROM s"
            ),
            (
                f"{_LITE} INSERT INTO order_items (order_id, title_json, quantity, fulfillment_type)"
                " SELECT seq, '{{\"zh-CN\": \"点卡\"}}', 1, 'auto' FROM s"
            ),
            (
                f"{_LITE} INSERT INTO fulfillments (order_id, type, status, payload)"
                " SELECT seq, 'auto', 'delivered', 'KEY' FROM s"
            ),
            (
                f"{_LITE} INSERT INTO payments (order_id, provider_type, channel_type, amount, currency, status, provider_ref)"
                " SELECT seq, 'official', 'alipay', 9.9, 'CNY', 'success', '2026' || printf('%024d', seq) FROM s"
            ),
        ),
        "DJ{:020d}",
        "2026{:024d}",
    ),
    *(
        Shop(
            f"kamifaka-{kind}",
            partial(kamifaka.kamifaka, kind),
            kamifaka.orders_of,
            "temporder",
            (_kami("temporder", "auto", "1", kind), _kami('"order"', "card", "'KEY'", kind)),
            "no{:025d}",
            buyers=False,
        )
        for kind in ("sqlite", "mysql")
    ),
)
