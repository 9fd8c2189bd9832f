"""kamiFaka on each of its databases: our own smallest tables of the published facts, filled from a fixture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.shops.base import ShopDatabase
from tests.shops.mariadb import shop_database
from tests.shops.others import postgres_shop, sqlite_shop
from tuika.orders.model import OrderStatus
from tuika.shops.demo.values import Fixture
from tuika.shops.kamifaka.schema import kami_schema
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.orders import SqlOrders
from tuika.shops.sql.seller import Seller

ZONE = ZoneInfo("Asia/Shanghai")
SELLER = Seller("generic", "佰阅小店", ZONE)
_COMMON = """out_order_id VARCHAR(50) NOT NULL, name VARCHAR(50) NOT NULL, payment VARCHAR(50) NOT NULL, contact VARCHAR(50),
    contact_txt TEXT, price FLOAT NOT NULL, num INTEGER NOT NULL, total_price {float} NOT NULL, status BOOLEAN,"""
_TEMP = "CREATE TABLE temporder (id {id}, {common} auto BOOLEAN NOT NULL, updatetime {time} NOT NULL, endtime {time})"
_MADE = "CREATE TABLE {order} (id {id}, {common} card TEXT, updatetime {time} NOT NULL)"
_VIEW = "CREATE VIEW tuika_no_key AS SELECT id FROM {order} WHERE card IS NULL OR card LIKE '%None%' OR card LIKE '手工发货%'"
_WORDS = {
    "sqlite": {
        "id": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "time": "DATETIME",
        "order": '"order"',
        "float": "FLOAT",
    },
    "mysql": {
        "id": "INTEGER PRIMARY KEY AUTO_INCREMENT",
        "time": "DATETIME",
        "order": "`order`",
        "float": "FLOAT",
    },
    "postgresql": {"id": "SERIAL PRIMARY KEY", "time": "TIMESTAMP", "order": '"order"', "float": "FLOAT"},
}
COMMON_READ = (
    "id",
    "out_order_id",
    "name",
    "payment",
    "contact",
    "num",
    "total_price",
    "status",
    "updatetime",
)
SECRET = "AAAA-KEY-THAT-NOBODY-READS"
KEYS = ("order", "card")


def tables(kind: str) -> tuple[str, ...]:
    words = _WORDS[kind]
    words = words | {"common": _COMMON.format(**words)}
    return tuple(each.format(**words) for each in (_TEMP, _MADE, _VIEW))


def orders_of(database: ShopDatabase, *, view: str = "tuika_no_key") -> SqlOrders:
    """The adapter over the restricted reader."""
    return SqlOrders(
        ReadOnlyDatabase(database.reader_url), lambda db: kami_schema(db, SELLER, no_key_view=view)
    )


@contextmanager
def kamifaka(kind: str, folder: Path) -> Iterator[ShopDatabase]:
    """``kind``: sqlite, mysql or postgresql."""
    ddl = tables(kind)
    if kind == "sqlite":
        opened = sqlite_shop(ddl, folder)
    else:
        opened = shop_database(ddl) if kind == "mysql" else postgres_shop(ddl)
    with opened as shop:
        shop.grant("temporder", (*COMMON_READ, "auto"))
        shop.grant("order", COMMON_READ)
        shop.grant("tuika_no_key")
        yield shop


def fill_kami(shop: ShopDatabase, market: Fixture) -> None:
    begun, made = [], []
    for row in market.orders:
        order = row.order
        assert order.paid_at is not None
        paid = order.paid_at.astimezone(ZONE).replace(tzinfo=None)
        common: dict[str, Any] = {
            "out_order_id": order.order_no,
            "name": order.product.name,
            "payment": "支付宝当面付",
            "contact": row.contact,
            "price": order.amount.fen / 100,
            "num": order.quantity,
            "total_price": order.amount.fen / 100,
            "updatetime": paid,
        }
        begun.append(common | {"status": order.status is not OrderStatus.UNPAID, "auto": True})
        if order.status is OrderStatus.DELIVERED:
            made.append(common | {"status": True, "card": SECRET})
    shop.fill("temporder", begun)
    shop.fill("order", made)
