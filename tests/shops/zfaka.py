"""ZFAKA 1.4.x: our own smallest tables of the published facts, filled from a fixture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from tests.shops.base import ShopDatabase
from tests.shops.mariadb import shop_database
from tuika.orders.model import OrderStatus
from tuika.shops.demo.values import Fixture
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.orders import SqlOrders
from tuika.shops.sql.seller import Seller
from tuika.shops.zfaka.schema import zfaka_schema

SELLER = Seller("generic", "ZFAKA 小店", ZoneInfo("Asia/Shanghai"))
TABLES = (
    """CREATE TABLE t_order (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, orderid VARCHAR(55) NOT NULL DEFAULT '0',
    userid INT NOT NULL DEFAULT 0, email VARCHAR(255) NOT NULL DEFAULT '', qq VARCHAR(50) NOT NULL DEFAULT '',
    pid INT NOT NULL DEFAULT 0, productname VARCHAR(255) NOT NULL DEFAULT '', price DECIMAL(10,2) NOT NULL DEFAULT 0,
    number INT NOT NULL DEFAULT 0, money DECIMAL(10,2) NOT NULL DEFAULT 0, chapwd VARCHAR(55) NOT NULL DEFAULT '',
    status TINYINT NOT NULL DEFAULT 0, addtime INT NOT NULL DEFAULT 0, paytime INT NOT NULL DEFAULT 0,
    tradeid VARCHAR(255) NOT NULL DEFAULT '', paymethod VARCHAR(255) NOT NULL DEFAULT '',
    paymoney DECIMAL(10,2) NOT NULL DEFAULT 0, kami TEXT NOT NULL DEFAULT '', isdelete TINYINT NOT NULL DEFAULT 0)
    DEFAULT CHARSET=utf8mb4""",
    "CREATE TABLE t_products (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255), auto TINYINT NOT NULL DEFAULT 0)",
    "CREATE TABLE t_products_card (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, pid INT, card TEXT)",
)
ORDERS_READ = (
    "id", "orderid", "userid", "email", "qq", "pid", "productname", "number", "money", "chapwd", "status", "addtime",
    "paytime", "tradeid", "paymethod", "paymoney", "isdelete",
)  # fmt: skip
SECRET = "AAAA-KEY-THAT-NOBODY-READS"
KEYS = ("t_order", "kami")
CODES = {OrderStatus.UNPAID: 0, OrderStatus.PAID: 1, OrderStatus.DELIVERED: 2}


def orders_of(database: ShopDatabase) -> SqlOrders:
    """The adapter over the restricted reader."""
    return SqlOrders(ReadOnlyDatabase(database.reader_url), lambda db: zfaka_schema(db, SELLER))


@contextmanager
def zfaka() -> Iterator[ShopDatabase]:
    with shop_database(TABLES) as shop:
        shop.grant("t_order", ORDERS_READ)
        shop.grant("t_products", ("id", "auto"))
        shop.fill("t_products", [{"id": 1, "name": "自动", "auto": 1}, {"id": 2, "name": "人工", "auto": 0}])
        yield shop


def fill_zfaka(shop: ShopDatabase, market: Fixture) -> None:
    rows = []
    for row in market.orders:
        order = row.order
        paid = int(order.paid_at.timestamp()) if order.paid_at else 0
        contact = row.contact or ""
        rows.append(
            {
                "orderid": order.order_no,
                "userid": int(order.buyer_id[1:]) if order.buyer_id else 0,
                "email": contact if "@" in contact else "",
                "qq": "" if "@" in contact else contact,
                "pid": 1,
                "productname": order.product.name,
                "number": order.quantity,
                "money": order.amount.yuan,
                "paymoney": order.amount.yuan,
                "chapwd": row.query_password or "",
                "status": CODES[order.status],
                "addtime": paid,
                "paytime": 0 if order.status is OrderStatus.UNPAID else paid,
                "tradeid": order.payments[0].trade_no if order.payments else "",
                "paymethod": "zfbf2f",
                "kami": SECRET,
            }
        )
    shop.fill("t_order", rows)
