"""独角数卡 2.x of the community: goods stand in ``order_items``, buyers may have accounts.

Invariants: ``order_items.info`` holds the keys and is never named; an order of several goods is told by its first and
their number; it is automatic only when all of its goods are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, column, select, table

from tuika.orders.model import Order, PayChannel, Payment
from tuika.shops.dujiaoka.states import CANNOT, KNOWS, LABELS, QUOTED, status_of, times_of
from tuika.shops.sql.counting import by_state
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.quoted import Quote, Quoted
from tuika.shops.sql.recent import among_newest
from tuika.shops.sql.schema import Schema, Source, require
from tuika.shops.sql.seller import Seller
from tuika.shops.sql.values import channel_of, money_of, whole

_READ = (
    "id", "order_sn", "user_id", "email", "actual_price", "status", "pay_id", "payment_method", "search_pwd",
    "trade_no", "created_at", "updated_at", "deleted_at",
)  # fmt: skip
_ITEMS = ("id", "order_id", "goods_name", "quantity", "type")
_PAYS = ("id", "pay_name", "pay_check")
_BY_BALANCE = 2


def community_schema(database: ReadOnlyDatabase, seller: Seller, *, expires: timedelta) -> Schema:
    for name, wanted in (("orders", _READ), ("order_items", _ITEMS), ("pays", _PAYS)):
        require(database, name, wanted)
    orders, pays = table("orders", *map(column, _READ)), table("pays", *map(column, _PAYS))
    items = table("order_items", *map(column, _ITEMS))
    o = orders.c
    shown = (o.id, o.order_sn, o.user_id, o.actual_price, o.status, o.payment_method, o.trade_no)
    query = (
        select(*shown, o.created_at, o.updated_at, pays.c.pay_name, pays.c.pay_check)
        .select_from(orders.outerjoin(pays, pays.c.id == o.pay_id))
        .where(o.deleted_at.is_(None))
    )

    proofs = select(o.order_sn, o.search_pwd, o.email).where(o.deleted_at.is_(None))

    def read(connection: Connection, rows: Sequence[Row[Any]]) -> list[Order]:
        wanted = select(items).where(items.c.order_id.in_([row.id for row in rows])).order_by(items.c.id)
        goods: dict[int, list[Row[Any]]] = {}
        for item in connection.execute(wanted):
            goods.setdefault(item.order_id, []).append(item)
        return [_order(row, goods.get(row.id, []), seller, expires) for row in rows]

    def by_buyer(buyer_id: str) -> ColumnElement[bool] | None:
        number = whole(buyer_id)
        return None if number is None else o.user_id == number

    return Schema(
        variant="独角数卡 2.x 社区版（order_items）",
        orders=Source(query, o.order_sn, o.id, proofs),
        read=read,
        count=by_state(orders, o.status, LABELS, where=o.deleted_at.is_(None)),
        by_serial=among_newest(orders, o.trade_no, database),
        quoted=(*QUOTED, Quoted("会员编号", "orders", "user_id", how=Quote.BUYER)),
        by_buyer=by_buyer,
        knows=(*KNOWS, "会员账号（users.id）名下的订单"),
        cannot=CANNOT,
    )


def _order(row: Row[Any], goods: Sequence[Row[Any]], seller: Seller, expires: timedelta) -> Order:
    automatic = bool(goods) and all(item.type == 1 for item in goods)
    times = times_of(row, seller, expires=expires, automatic=automatic)
    amount = money_of(row.actual_price)
    paid = (Payment(row.trade_no or "", amount, times.paid_at),) if times.paid_at else ()
    by_balance = row.payment_method == _BY_BALANCE
    return Order(
        order_no=row.order_sn,
        platform=seller.platform,
        buyer_id=None if row.user_id is None else str(row.user_id),
        merchant=seller.itself,
        product=seller.product(_name(goods), automatic=automatic),
        amount=amount,
        status=status_of(row.status),
        created_at=times.created_at,
        paid_at=times.paid_at,
        delivered_at=times.delivered_at,
        quantity=max(1, sum(int(item.quantity or 0) for item in goods)),
        pay_channel=PayChannel.BALANCE if by_balance else channel_of(row.pay_check, row.pay_name),
        payments=paid,
    )


def _name(goods: Sequence[Row[Any]]) -> str:
    if not goods:
        return "商品"
    first = str(goods[0].goods_name or "商品")
    return first if len(goods) == 1 else f"{first} 等 {len(goods)} 种商品"
