"""独角数卡 in both lines: our own smallest tables of the published facts, filled from a fixture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.shops.base import ShopDatabase
from tests.shops.mariadb import shop_database
from tuika.orders.model import OrderStatus
from tuika.shops.demo.values import Fixture, FixtureOrder
from tuika.shops.dujiaoka.detect import detect_dujiaoka
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.orders import SqlOrders
from tuika.shops.sql.seller import Seller

ZONE = ZoneInfo("Asia/Shanghai")
SELLER = Seller("generic", "独角小店", ZONE)
EXPIRES = timedelta(minutes=5)
CLASSIC = (
    """CREATE TABLE orders (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, order_sn VARCHAR(150) NOT NULL,
    goods_id INT NOT NULL DEFAULT 1, title VARCHAR(200), type TINYINT(1) NOT NULL DEFAULT 1, buy_amount INT NOT NULL DEFAULT 1,
    actual_price DECIMAL(10,2) NOT NULL DEFAULT 0.00, search_pwd VARCHAR(200) DEFAULT '', email VARCHAR(200) NOT NULL,
    info TEXT, pay_id INT, trade_no VARCHAR(200) DEFAULT '', status TINYINT(1) NOT NULL DEFAULT 1,
    created_at TIMESTAMP NULL, updated_at TIMESTAMP NULL, deleted_at TIMESTAMP NULL, UNIQUE KEY (order_sn), KEY (email))
    ENGINE=InnoDB DEFAULT CHARSET=utf8mb3""",
    """CREATE TABLE pays (id INT AUTO_INCREMENT PRIMARY KEY, pay_name VARCHAR(200), pay_check VARCHAR(50), merchant_pem TEXT)
    DEFAULT CHARSET=utf8mb3""",
    "CREATE TABLE carmis (id BIGINT AUTO_INCREMENT PRIMARY KEY, goods_id INT, status TINYINT, carmi TEXT)",
)
COMMUNITY = (
    """CREATE TABLE orders (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, order_sn VARCHAR(150) NOT NULL, user_id BIGINT NULL,
    email VARCHAR(200) NOT NULL, actual_price DECIMAL(10,2) NOT NULL, status TINYINT NOT NULL DEFAULT 1, pay_id INT,
    payment_method TINYINT NOT NULL DEFAULT 1, search_pwd VARCHAR(200) DEFAULT '', trade_no VARCHAR(200) NULL,
    created_at TIMESTAMP NULL, updated_at TIMESTAMP NULL, deleted_at TIMESTAMP NULL, UNIQUE KEY (order_sn), KEY (user_id))""",
    """CREATE TABLE order_items (id BIGINT AUTO_INCREMENT PRIMARY KEY, order_id BIGINT UNSIGNED NOT NULL, goods_name VARCHAR(200),
    unit_price DECIMAL(10,2), quantity INT NOT NULL, subtotal DECIMAL(10,2), info TEXT, type TINYINT NOT NULL, KEY (order_id))""",
    "CREATE TABLE pays (id INT AUTO_INCREMENT PRIMARY KEY, pay_name VARCHAR(200), pay_check VARCHAR(50), merchant_pem TEXT)",
)
ORDERS_READ = (
    "id", "order_sn", "title", "type", "buy_amount", "actual_price", "pay_id", "trade_no", "status", "created_at",
    "updated_at", "deleted_at", "email", "search_pwd",
)  # fmt: skip
COMMUNITY_READ = (
    "id", "order_sn", "user_id", "email", "actual_price", "status", "pay_id", "payment_method", "search_pwd", "trade_no",
    "created_at", "updated_at", "deleted_at",
)  # fmt: skip
PAYS_READ = ("id", "pay_name", "pay_check")
ITEMS_READ = ("id", "order_id", "goods_name", "quantity", "type")
SECRET = "AAAA-KEY-THAT-NOBODY-READS"
CODES = {OrderStatus.UNPAID: 1, OrderStatus.PAID: 2, OrderStatus.DELIVERED: 4, OrderStatus.CANCELLED: -1}


def orders_of(database: ShopDatabase, expires: timedelta = EXPIRES) -> SqlOrders:
    """The adapter over the restricted reader."""
    reading = ReadOnlyDatabase(database.reader_url)
    return SqlOrders(reading, lambda db: detect_dujiaoka(db, SELLER, expires=expires))


@contextmanager
def classic() -> Iterator[ShopDatabase]:
    with shop_database(CLASSIC) as shop:
        shop.grant("orders", ORDERS_READ)
        shop.grant("pays", PAYS_READ)
        shop.fill("pays", [{"id": 1, "pay_name": "支付宝当面付", "pay_check": "zfbf2f"}])
        yield shop


@contextmanager
def community() -> Iterator[ShopDatabase]:
    with shop_database(COMMUNITY) as shop:
        shop.grant("orders", COMMUNITY_READ)
        shop.grant("order_items", ITEMS_READ)
        shop.grant("pays", PAYS_READ)
        shop.fill("pays", [{"id": 1, "pay_name": "微信", "pay_check": "wescan"}])
        yield shop


def fill_classic(shop: ShopDatabase, market: Fixture) -> None:
    rows = [
        _common(row) | {"title": f"{row.order.product.name} x 1", "type": 1, "buy_amount": 1, "info": SECRET}
        for row in market.orders
    ]
    shop.fill("orders", rows)


def fill_community(shop: ShopDatabase, market: Fixture) -> None:
    rows, items = [], []
    for number, row in enumerate(market.orders, 1):
        buyer = row.order.buyer_id
        rows.append(_common(row) | {"id": number, "user_id": int(buyer[1:]) if buyer else None})
        items.append(
            {
                "order_id": number,
                "goods_name": row.order.product.name,
                "quantity": row.order.quantity,
                "info": SECRET,
                "type": 1,
            }
        )
    shop.fill("orders", rows)
    shop.fill("order_items", items)


def _common(row: FixtureOrder) -> dict[str, Any]:
    order = row.order
    paid = order.paid_at.astimezone(ZONE).replace(tzinfo=None) if order.paid_at else None
    return {
        "order_sn": order.order_no,
        "email": row.contact or "",
        "search_pwd": row.query_password or "",
        "actual_price": order.amount.yuan,
        "status": CODES[order.status],
        "pay_id": 1,
        "trade_no": order.payments[0].trade_no if order.payments else "",
        "created_at": paid,
        "updated_at": paid,
    }
