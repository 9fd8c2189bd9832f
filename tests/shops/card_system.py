"""card-system: our own smallest tables of the published facts, filled from a fixture."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from tests.shops.base import ShopDatabase
from tests.shops.mariadb import shop_database
from tuika.orders.model import OrderStatus
from tuika.shops.card_system.schema import card_schema
from tuika.shops.demo.values import Fixture
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.orders import SqlOrders
from tuika.shops.sql.seller import Seller

ZONE = ZoneInfo("Asia/Shanghai")
SELLER = Seller("generic", "风铃小店", ZONE)
ORDERS = """CREATE TABLE orders (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, user_id INT NOT NULL, order_no VARCHAR(128) NOT NULL,
    product_id INT NOT NULL, product_name VARCHAR(255) NULL, count INT NOT NULL, customer VARCHAR(32) NULL,
    contact VARCHAR(255) NULL, contact_ext TEXT NULL, {password} send_status TINYINT NOT NULL DEFAULT 0,
    paid INT NOT NULL DEFAULT 0, pay_id INT NOT NULL, pay_trade_no VARCHAR(255) NULL, status INT NOT NULL DEFAULT 0,
    frozen_reason VARCHAR(255) NULL, paid_at DATETIME NULL, created_at TIMESTAMP NULL, updated_at TIMESTAMP NULL,
    KEY (user_id), KEY (order_no))"""
REST = (
    "CREATE TABLE products (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255), delivery TINYINT NOT NULL DEFAULT 0)",
    "CREATE TABLE pays (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255), driver VARCHAR(255), config TEXT)",
    """CREATE TABLE cards (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, user_id INT, product_id INT, card TEXT,
    type TINYINT NOT NULL DEFAULT 0, status TINYINT NOT NULL DEFAULT 0)""",
    "CREATE TABLE card_order (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, order_id INT NOT NULL, card_id INT NOT NULL, KEY (order_id))",
)
TABLES = (ORDERS.format(password="query_password VARCHAR(128) NULL,"), *REST)
OLD_TABLES = (ORDERS.format(password=""), *REST)
OLD_READ = (
    "id", "user_id", "order_no", "product_id", "product_name", "count", "contact", "contact_ext", "paid", "pay_id",
    "pay_trade_no", "status", "paid_at", "created_at",
)  # fmt: skip
ORDERS_READ = (*OLD_READ, "query_password")
SECRET = "AAAA-KEY-THAT-NOBODY-READS"
KEYS = ("cards", "card")
CODES = {OrderStatus.UNPAID: 0, OrderStatus.PAID: 1, OrderStatus.DELIVERED: 2}


def orders_of(database: ShopDatabase) -> SqlOrders:
    """The adapter over the restricted reader."""
    return SqlOrders(ReadOnlyDatabase(database.reader_url), lambda db: card_schema(db, SELLER))


@contextmanager
def card_system(*, old: bool = False) -> Iterator[ShopDatabase]:
    """``old``: before 3.13, without query passwords."""
    with shop_database(OLD_TABLES if old else TABLES) as shop:
        shop.grant("orders", OLD_READ if old else ORDERS_READ)
        shop.grant("products", ("id", "delivery"))
        shop.grant("pays", ("id", "name", "driver"))
        shop.grant("cards", ("id", "type"))
        shop.grant("card_order", ("order_id", "card_id"))
        shop.fill(
            "products", [{"id": 1, "name": "自动", "delivery": 0}, {"id": 2, "name": "人工", "delivery": 1}]
        )
        shop.fill("pays", [{"id": 1, "name": "微信", "driver": "WeChat", "config": "{}"}])
        yield shop


def fill_cards(shop: ShopDatabase, market: Fixture) -> None:
    rows, cards, tied = [], [], []
    for number, row in enumerate(market.orders, 1):
        order, contact = row.order, row.contact or ""
        paid = order.paid_at.astimezone(ZONE).replace(tzinfo=None) if order.paid_at else None
        mail = "@" in contact
        rows.append(
            {
                "id": number,
                "user_id": 1,
                "order_no": order.order_no,
                "product_id": 1,
                "product_name": order.product.name,
                "count": order.quantity,
                "contact": "" if mail else contact,
                "contact_ext": json.dumps({"_mail": contact} if mail else {}),
                "query_password": row.query_password,
                "paid": order.amount.fen,
                "pay_id": 1,
                "pay_trade_no": order.payments[0].trade_no if order.payments else None,
                "status": CODES[order.status],
                "paid_at": None if order.status is OrderStatus.UNPAID else paid,
                "created_at": paid,
            }
        )
        if order.status is OrderStatus.DELIVERED:
            cards.append({"id": number, "card": SECRET, "type": 0})
            tied.append({"order_id": number, "card_id": number})
    shop.fill("orders", rows)
    shop.fill("cards", cards)
    shop.fill("card_order", tied)
