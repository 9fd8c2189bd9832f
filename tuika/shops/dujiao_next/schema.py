"""dujiao-next read from its own SQLite file or PostgreSQL database.

Invariants: orders are listed by their parents; a child's number leads to its parent, so that no goods are refunded twice
under two numbers; buyers are ``users.id``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, or_, select

from tuika.errors import ShopUnavailable
from tuika.shops.dujiao_next.family import gather
from tuika.shops.dujiao_next.rows import CURRENCY, order_of
from tuika.shops.dujiao_next.states import CANNOT, KNOWS, LABELS
from tuika.shops.dujiao_next.tables import READ, orders, payments, users
from tuika.shops.sql.counting import by_state
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.quoted import Quote, Quoted
from tuika.shops.sql.schema import Counts, Schema, Source, require
from tuika.shops.sql.seller import Seller
from tuika.shops.sql.values import whole

_SHOWN = (
    "id", "order_no", "user_id", "status", "currency", "total_amount", "wallet_paid_amount", "refunded_amount", "paid_at",
    "created_at",
)  # fmt: skip
_KNOWS = (*KNOWS, "支付流水号与商户单号", "邮箱与订单密码核对", "会员（users.id）名下的订单")
_FOREIGN = "其他币种（退卡看不到）"


_MINE = orders.c.parent_id.is_(None) & orders.c.deleted_at.is_(None)
_DOMESTIC = func.upper(orders.c.currency) == CURRENCY


def next_schema(database: ReadOnlyDatabase, seller: Seller) -> Schema:
    """Raises ShopUnavailable for a database that is not dujiao-next's."""
    if not database.columns("fulfillments"):
        raise ShopUnavailable(
            "这个库里看不到 dujiao-next 的 fulfillments 表：库不对，或数据库用户没有 SELECT 权限"
        )
    for name, wanted in READ:
        require(database, name, wanted)
    c = orders.c
    proofs = select(c.order_no, c.guest_password, c.guest_email, users.c.email).select_from(
        orders.outerjoin(users, users.c.id == c.user_id)
    )
    shown = select(*(c[name] for name in _SHOWN))
    return Schema(
        variant="dujiao-next（数据库）",
        orders=Source(shown.where(_MINE), c.order_no, c.id, proofs.where(_MINE)),
        read=lambda connection, rows: [order_of(each, seller) for each in gather(connection, rows)],
        count=_count,
        by_serial=_by_serial,
        by_part=_by_part,
        by_buyer=_by_buyer,
        listed=_DOMESTIC,
        quoted=(
            Quoted("订单号", "orders", "order_no"),
            Quoted("支付流水号", "payments", "provider_ref", how=Quote.PAYMENT),
            Quoted("商户单号", "payments", "gateway_order_no", how=Quote.PAYMENT),
            Quoted("会员编号", "orders", "user_id", how=Quote.BUYER),
        ),
        knows=_KNOWS,
        cannot=CANNOT,
    )


def _count(connection: Connection) -> Counts:
    others = select(func.count()).select_from(orders).where(_MINE, ~_DOMESTIC)
    foreign = int(connection.scalar(others) or 0)
    counted = by_state(orders, orders.c.status, LABELS, where=_MINE & _DOMESTIC)(connection)
    return {**counted, **({_FOREIGN: foreign} if foreign else {})}


def _by_buyer(buyer_id: str) -> ColumnElement[bool] | None:
    number = whole(buyer_id)
    return None if number is None else orders.c.user_id == number


def _by_serial(names: Sequence[str]) -> ColumnElement[bool]:
    p = payments.c
    paid = select(p.order_id).where(
        or_(p.provider_ref.in_(names), p.gateway_order_no.in_(names)), p.deleted_at.is_(None)
    )
    return orders.c.id.in_(paid)


def _by_part(names: Sequence[str]) -> ColumnElement[bool] | None:
    """A child's number is its parent's and ``-01``; nothing else is asked about."""
    if not any("-" in name for name in names):
        return None
    child = orders.alias("child")
    return orders.c.id.in_(
        select(child.c.parent_id).where(child.c.order_no.in_(names), child.c.deleted_at.is_(None))
    )
