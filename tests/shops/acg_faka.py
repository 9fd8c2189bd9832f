"""异次元发卡 3.x: our own smallest tables of the published facts, filled from a fixture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from tests.shops.base import ShopDatabase
from tests.shops.mariadb import shop_database
from tuika.orders.model import OrderStatus
from tuika.shops.acg_faka.schema import acg_schema
from tuika.shops.demo.values import Fixture
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.orders import SqlOrders
from tuika.shops.sql.seller import Seller

ZONE = ZoneInfo("Asia/Shanghai")
SELLER = Seller("generic", "异次元小店", ZONE)
SOLD_OUT = "很抱歉，有人在你付款之前抢走了商品，请联系客服。"
TABLES = (
    """CREATE TABLE acg_order (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, owner INT UNSIGNED NOT NULL DEFAULT 0,
    user_id INT UNSIGNED NOT NULL DEFAULT 0, trade_no VARCHAR(32) NOT NULL, amount DECIMAL(10,2) UNSIGNED NOT NULL,
    commodity_id INT UNSIGNED NOT NULL, card_num INT UNSIGNED NOT NULL DEFAULT 1, pay_id INT UNSIGNED NOT NULL DEFAULT 1,
    create_time DATETIME NOT NULL, pay_time DATETIME NULL, status TINYINT UNSIGNED NOT NULL, delivery_status TINYINT UNSIGNED NOT NULL,
    secret LONGTEXT NULL, password VARCHAR(32) NULL, contact VARCHAR(32) NULL, UNIQUE KEY (trade_no), KEY (owner))""",
    """CREATE TABLE acg_commodity (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255) NOT NULL,
    delivery_way TINYINT UNSIGNED NOT NULL DEFAULT 0)""",
    "CREATE TABLE acg_pay (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(64), code VARCHAR(64), handle VARCHAR(64))",
    f"CREATE VIEW tuika_sold_out AS SELECT id FROM acg_order WHERE secret LIKE '{SOLD_OUT[:18]}%'",
)
ORDER_READ = (
    "id", "owner", "user_id", "trade_no", "amount", "commodity_id", "card_num", "pay_id", "create_time", "pay_time",
    "status", "delivery_status", "contact", "password",
)  # fmt: skip
SECRET = "AAAA-KEY-THAT-NOBODY-READS"


def orders_of(database: ShopDatabase, *, view: str = "tuika_sold_out") -> SqlOrders:
    """The adapter over the restricted reader."""
    reading = ReadOnlyDatabase(database.reader_url)
    return SqlOrders(reading, lambda db: acg_schema(db, SELLER, stock_out_view=view))


@contextmanager
def acg_faka() -> Iterator[ShopDatabase]:
    with shop_database(TABLES) as shop:
        shop.grant("acg_order", ORDER_READ)
        shop.grant("acg_commodity", ("id", "name", "delivery_way"))
        shop.grant("acg_pay", ("id", "name", "code"))
        shop.grant("tuika_sold_out")
        shop.fill("acg_pay", [{"id": 1, "name": "支付宝", "code": "alipay"}])
        yield shop


def fill_acg(shop: ShopDatabase, market: Fixture) -> None:
    goods, rows = [], []
    for number, row in enumerate(market.orders, 1):
        order = row.order
        goods.append({"id": number, "name": order.product.name, "delivery_way": 0})
        paid = order.paid_at.astimezone(ZONE).replace(tzinfo=None) if order.paid_at else None
        delivered = order.status is OrderStatus.DELIVERED
        columns: dict[str, Any] = {
            "owner": int(order.buyer_id[1:]) if order.buyer_id else 0,
            "trade_no": order.order_no,
            "amount": order.amount.yuan,
            "commodity_id": number,
            "create_time": paid,
            "pay_time": paid,
            "status": 0 if order.status is OrderStatus.UNPAID else 1,
            "delivery_status": int(delivered),
            "secret": SECRET if delivered else None,
            "password": row.query_password,
            "contact": row.contact,
        }
        rows.append(columns)
    shop.fill("acg_commodity", goods)
    shop.fill("acg_order", rows)
