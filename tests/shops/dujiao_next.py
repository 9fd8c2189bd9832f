"""dujiao-next on SQLite and PostgreSQL: our own smallest tables of the published facts, filled from a fixture."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.shops.base import ShopDatabase
from tests.shops.others import postgres_shop, sqlite_shop
from tuika.orders.model import Order, OrderStatus, PaymentStatus
from tuika.shops.demo.values import Fixture
from tuika.shops.dujiao_next.schema import next_schema
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.orders import SqlOrders
from tuika.shops.sql.seller import Seller

SELLER = Seller("generic", "独角新店", ZoneInfo("Asia/Shanghai"))
_DDL = (
    """CREATE TABLE orders (id {id}, order_no TEXT NOT NULL UNIQUE, parent_id BIGINT, user_id BIGINT NOT NULL, guest_email TEXT,
    guest_password VARCHAR(200), status TEXT NOT NULL, currency TEXT NOT NULL, total_amount DECIMAL(20,2) NOT NULL DEFAULT 0,
    wallet_paid_amount DECIMAL(20,2) NOT NULL DEFAULT 0, refunded_amount DECIMAL(20,2) NOT NULL DEFAULT 0, expires_at {time},
    paid_at {time}, created_at {time}, deleted_at {time})""",
    """CREATE TABLE order_items (id {id}, order_id BIGINT NOT NULL, title_json {json} NOT NULL, quantity BIGINT NOT NULL,
    fulfillment_type TEXT NOT NULL, unit_price DECIMAL(20,2), deleted_at {time})""",
    """CREATE TABLE fulfillments (id {id}, order_id BIGINT NOT NULL UNIQUE, type TEXT NOT NULL, status TEXT NOT NULL, payload TEXT,
    delivered_at {time}, deleted_at {time})""",
    """CREATE TABLE payments (id {id}, order_id BIGINT NOT NULL, provider_type TEXT NOT NULL, channel_type TEXT NOT NULL,
    amount DECIMAL(20,2) NOT NULL, fee_amount DECIMAL(20,2) NOT NULL DEFAULT 0, currency TEXT NOT NULL, status TEXT NOT NULL,
    provider_ref TEXT, gateway_order_no VARCHAR(64), provider_payload {json}, created_at {time}, paid_at {time}, deleted_at {time})""",
    """CREATE TABLE order_refund_records (id {id}, user_id BIGINT NOT NULL DEFAULT 0, order_id BIGINT NOT NULL,
    type VARCHAR(32) NOT NULL, amount DECIMAL(20,2) NOT NULL, currency VARCHAR(16) NOT NULL DEFAULT '', remark TEXT,
    created_at {time}, deleted_at {time})""",
    "CREATE TABLE users (id {id}, email TEXT NOT NULL UNIQUE, password_hash TEXT)",
    "CREATE TABLE card_secrets (id {id}, secret TEXT NOT NULL, order_id BIGINT)",
    "CREATE INDEX o_parent ON orders (parent_id)",
    "CREATE INDEX o_user ON orders (user_id)",
    "CREATE INDEX i_order ON order_items (order_id)",
    "CREATE INDEX p_order ON payments (order_id)",
    "CREATE INDEX p_ref ON payments (provider_ref)",
    "CREATE INDEX p_own ON payments (gateway_order_no)",
    "CREATE INDEX r_order ON order_refund_records (order_id)",
)
_WORDS = {
    "sqlite": {"id": "INTEGER PRIMARY KEY AUTOINCREMENT", "time": "DATETIME", "json": "JSON"},
    "postgresql": {"id": "BIGSERIAL PRIMARY KEY", "time": "TIMESTAMPTZ", "json": "JSON"},
}
GRANTS: dict[str, tuple[str, ...]] = {
    "orders": (
        "id", "order_no", "parent_id", "user_id", "guest_email", "guest_password", "status", "currency", "total_amount",
        "wallet_paid_amount", "refunded_amount", "paid_at", "created_at", "deleted_at",
    ),
    "order_items": ("id", "order_id", "title_json", "quantity", "fulfillment_type", "deleted_at"),
    "fulfillments": ("order_id", "status", "delivered_at", "deleted_at"),
    "payments": (
        "id", "order_id", "channel_type", "provider_type", "amount", "fee_amount", "currency", "status", "provider_ref",
        "gateway_order_no", "paid_at", "created_at", "deleted_at",
    ),
    "order_refund_records": ("id", "order_id", "type", "amount", "currency", "created_at", "deleted_at"),
    "users": ("id", "email"),
}  # fmt: skip
SECRET = "AAAA-KEY-THAT-NOBODY-READS"
KEYS = ("fulfillments", "payload")
WORDS = {
    OrderStatus.UNPAID: "pending_payment",
    OrderStatus.PAID: "paid",
    OrderStatus.DELIVERED: "delivered",
}


def tables(kind: str) -> tuple[str, ...]:
    return tuple(each.format(**_WORDS[kind]) for each in _DDL)


@contextmanager
def dujiao_next(kind: str, folder: Path) -> Iterator[ShopDatabase]:
    """``kind``: sqlite or postgresql."""
    ddl = tables(kind)
    opened: AbstractContextManager[ShopDatabase]
    opened = sqlite_shop(ddl, folder) if kind == "sqlite" else postgres_shop(ddl)
    with opened as shop:
        for table, columns in GRANTS.items():
            shop.grant(table, columns)
        yield shop


def tables_of(database: ShopDatabase) -> SqlOrders:
    """The read adapter over the restricted reader."""
    return SqlOrders(ReadOnlyDatabase(database.reader_url), lambda db: next_schema(db, SELLER))


def written(shop: ShopDatabase, moment: datetime | None) -> Any:
    """A time as the shop writes it: UTC, with nanoseconds' worth of text on SQLite."""
    if moment is None or shop.writer.dialect.name != "sqlite":
        return moment
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}789+00:00"


def fill_next(shop: ShopDatabase, market: Fixture) -> None:
    """Each order as a parent with one child that has the goods, as the shop makes them; one stands alone, as old ones do."""
    for number, row in enumerate(market.orders, 1):
        order, parent = row.order, number * 2
        alone = "-" in order.order_no
        paid = written(shop, order.paid_at)
        common = {
            "user_id": int(order.buyer_id[1:]) if order.buyer_id else 0,
            "guest_email": row.contact,
            "guest_password": row.query_password,
            "status": WORDS[order.status],
            "currency": "CNY",
            "total_amount": order.amount.yuan,
            "paid_at": None if order.status is OrderStatus.UNPAID else paid,
            "created_at": paid,
        }
        child = common | {"id": parent + 1, "order_no": f"{order.order_no}-01", "parent_id": parent}
        parents = [common | {"id": parent, "order_no": order.order_no, "parent_id": None}]
        shop.fill("orders", parents if alone else [*parents, child])
        _hang(shop, order, owner=parent if alone else parent + 1, payer=parent)


def _hang(shop: ShopDatabase, order: Order, *, owner: int, payer: int) -> None:
    item = {
        "order_id": owner,
        "title_json": json.dumps({"en-US": "card", "zh-CN": order.product.name}),
        "quantity": order.quantity,
        "fulfillment_type": "auto",
    }
    shop.fill("order_items", [item])
    if order.status is OrderStatus.DELIVERED:
        done = {"type": "auto", "status": "delivered", "delivered_at": written(shop, order.delivered_at)}
        shop.fill("fulfillments", [{"order_id": owner, "payload": SECRET, **done}])
    rows = [
        {
            "order_id": payer,
            "provider_type": "official",
            "channel_type": "alipay",
            "amount": payment.amount.yuan,
            "fee_amount": "0",
            "currency": "CNY",
            "status": "success" if payment.status is PaymentStatus.SUCCESS else "failed",
            "provider_ref": payment.trade_no,
            "gateway_order_no": f"P{payer:08d}{place}",
            "created_at": written(shop, payment.at),
            "paid_at": written(shop, payment.at) if payment.status is PaymentStatus.SUCCESS else None,
        }
        for place, payment in enumerate(order.payments)
        if payment.trade_no
    ]
    shop.fill("payments", rows)
