"""The demo shop's own tables, in a file of their own and never in the hub's.

Invariants: a key's value stands here sealed only; contacts and query passwords as keyed digests only; a
filing and a payout exist once per idempotency key.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    func,
)

from tuika.storage.tables.base import UtcDateTime

metadata = MetaData()

shop = Table(
    "shop",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", String, nullable=False),
)

buyers = Table(
    "buyers",
    metadata,
    Column("id", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name", String, nullable=False),
)

merchants = Table(
    "merchants",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("answer_kind", String),
    Column("answer_after_s", Integer, nullable=False),
    Column("answer_amount_fen", Integer),
)

orders = Table(
    "orders",
    metadata,
    Column("order_no", String, primary_key=True),
    Column("reference", String, nullable=False, unique=True),
    Column("position", Integer, nullable=False),
    Column("platform", String, nullable=False),
    Column("buyer_id", String, ForeignKey("buyers.id")),
    Column("merchant_id", String, ForeignKey("merchants.id"), nullable=False),
    Column("contact_digest", LargeBinary),
    Column("password_digest", LargeBinary),
    Column("product_name", String, nullable=False),
    Column("product_type", String, nullable=False),
    Column("face_value_fen", Integer),
    Column("delivery", String),
    Column("promised_minutes", Integer),
    Column("refund_note", JSON(none_as_null=True)),
    Column("amount_fen", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("created_at", UtcDateTime),
    Column("paid_at", UtcDateTime),
    Column("delivered_at", UtcDateTime),
    Column("completed_at", UtcDateTime),
    Column("cancelled_by", String),
    Column("quantity", Integer, nullable=False),
    Column("service_begun", Boolean),
    Column("service_percent", Integer),
    Column("activated", Boolean, nullable=False),
    Column("topup_times", Integer),
    Column("requested_account", String),
    Column("credited_account", String),
    Column("opened_at", UtcDateTime),
    Column("pay_channel", String, nullable=False),
    Column("first_purchase", Boolean, nullable=False),
    Column("payout_planned", Boolean, nullable=False),
    Column("payout_after_s", Integer),
    Index("ix_orders_buyer", "buyer_id"),
)
# a buyer's newest orders without sorting all of his: resellers have many thousands
Index(
    "ix_orders_newest",
    orders.c.buyer_id,
    func.coalesce(orders.c.created_at, orders.c.paid_at).desc(),
    orders.c.position,
)

keys = Table(
    "order_keys",
    metadata,
    Column("order_no", String, ForeignKey("orders.order_no"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("sealed", LargeBinary),
    Column("masked", String, nullable=False),
    Column("state", String, nullable=False),
    Column("revealed_at", UtcDateTime),
    Column("check", String, nullable=False),
    Column("used_at", UtcDateTime),
)

payments = Table(
    "payments",
    metadata,
    Column("order_no", String, ForeignKey("orders.order_no"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("trade_no", String, nullable=False),
    Column("reference", String, nullable=False, index=True),
    Column("amount_fen", Integer, nullable=False),
    Column("at", UtcDateTime),
    Column("status", String, nullable=False),
)

filings = Table(
    "filings",
    metadata,
    Column("shop_ref", String, primary_key=True),
    Column("key", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("case_no", String, nullable=False),
    Column("order_no", String, ForeignKey("orders.order_no"), nullable=False),
    Column("reason", String, nullable=False),
    Column("amount_fen", Integer, nullable=False),
    Column("statement", String, nullable=False),
    Column("filed_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    UniqueConstraint("key", name="uq_filings_key"),
)

payouts = Table(
    "payouts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("case_no", String, nullable=False),
    Column("order_no", String, ForeignKey("orders.order_no"), nullable=False),
    Column("amount_fen", Integer, nullable=False),
    Column("to_balance", Boolean, nullable=False),
    Column("trade_no", String, nullable=False),
    Column("paid_at", UtcDateTime, nullable=False),
    Column("after_s", Integer),
    UniqueConstraint("key", name="uq_payouts_key"),
)

holds = Table(
    "shop_holds",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("order_no", String(80), nullable=False),
    Column("amount_fen", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("deducted_fen", Integer, nullable=False, default=0),
    Column("ended_by", String(80), unique=True),
)
