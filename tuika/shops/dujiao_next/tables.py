"""The tables of dujiao-next that are read, by the names that GORM gives them (internal/models/*.go).

Invariant: ``fulfillments.payload``, ``card_secrets`` and ``payment_channels.config_json`` hold secrets and are never named.
"""

from __future__ import annotations

from sqlalchemy import TableClause, column, table

ORDERS = (
    "id", "order_no", "parent_id", "user_id", "guest_email", "guest_password", "status", "currency", "total_amount",
    "wallet_paid_amount", "refunded_amount", "paid_at", "created_at", "deleted_at",
)  # fmt: skip
ITEMS = ("id", "order_id", "title_json", "quantity", "fulfillment_type", "deleted_at")
FULFILMENTS = ("order_id", "status", "delivered_at", "deleted_at")
PAYMENTS = (
    "id", "order_id", "channel_type", "provider_type", "amount", "fee_amount", "currency", "status", "provider_ref",
    "gateway_order_no", "paid_at", "created_at", "deleted_at",
)  # fmt: skip
REFUNDS = ("id", "order_id", "type", "amount", "currency", "created_at", "deleted_at")
USERS = ("id", "email")


def _table(name: str, columns: tuple[str, ...]) -> TableClause:
    return table(name, *map(column, columns))


orders = _table("orders", ORDERS)
items = _table("order_items", ITEMS)
fulfilments = _table("fulfillments", FULFILMENTS)
payments = _table("payments", PAYMENTS)
refund_records = _table("order_refund_records", REFUNDS)
users = _table("users", USERS)

READ = (
    ("orders", ORDERS),
    ("order_items", ITEMS),
    ("fulfillments", FULFILMENTS),
    ("payments", PAYMENTS),
    ("order_refund_records", REFUNDS),
    ("users", USERS),
)
