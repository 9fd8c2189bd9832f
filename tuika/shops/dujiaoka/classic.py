"""独角数卡 2.0.x of assimon: one table says all (database/sql/install.sql).

Invariants: ``orders.info`` holds the keys and is never named; soft-deleted orders do not exist; the buyer has no account.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, column, select, table

from tuika.orders.model import Order, Payment
from tuika.shops.dujiaoka.states import CANNOT, KNOWS, LABELS, QUOTED, status_of, times_of
from tuika.shops.sql.counting import by_state
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.recent import among_newest
from tuika.shops.sql.schema import Schema, Source, require
from tuika.shops.sql.seller import Seller
from tuika.shops.sql.values import channel_of, money_of

_READ = (
    "id", "order_sn", "title", "type", "buy_amount", "actual_price", "pay_id", "trade_no", "status",
    "created_at", "updated_at", "deleted_at", "email", "search_pwd",
)  # fmt: skip
_PAYS = ("id", "pay_name", "pay_check")
_TIMES = re.compile(r"\s*[xX×]\s*\d+\s*$")


def classic_schema(database: ReadOnlyDatabase, seller: Seller, *, expires: timedelta) -> Schema:
    require(database, "orders", _READ)
    require(database, "pays", _PAYS)
    orders, pays = table("orders", *map(column, _READ)), table("pays", *map(column, _PAYS))
    o = orders.c
    shown = (o.id, o.order_sn, o.title, o.type, o.buy_amount, o.actual_price, o.trade_no, o.status)
    query = (
        select(*shown, o.created_at, o.updated_at, pays.c.pay_name, pays.c.pay_check)
        .select_from(orders.outerjoin(pays, pays.c.id == o.pay_id))
        .where(o.deleted_at.is_(None))
    )

    proofs = select(o.order_sn, o.search_pwd, o.email).where(o.deleted_at.is_(None))

    def read(_connection: Connection, rows: Sequence[Row[Any]]) -> list[Order]:
        return [_order(row, seller, expires) for row in rows]

    return Schema(
        variant="独角数卡 2.0.x（assimon）",
        orders=Source(query, o.order_sn, o.id, proofs),
        read=read,
        count=by_state(orders, o.status, LABELS, where=o.deleted_at.is_(None)),
        by_serial=among_newest(orders, o.trade_no, database),
        quoted=QUOTED,
        knows=KNOWS,
        cannot=(*CANNOT, "买家账号：店铺没有会员，买家凭订单号加邮箱或查询密码"),
    )


def _order(row: Row[Any], seller: Seller, expires: timedelta) -> Order:
    automatic = row.type == 1
    times = times_of(row, seller, expires=expires, automatic=automatic)
    amount, status = money_of(row.actual_price), status_of(row.status)
    paid = (Payment(row.trade_no or "", amount, times.paid_at),) if times.paid_at else ()
    return Order(
        order_no=row.order_sn,
        platform=seller.platform,
        buyer_id=None,
        merchant=seller.itself,
        product=seller.product(_TIMES.sub("", row.title or "").strip() or "商品", automatic=automatic),
        amount=amount,
        status=status,
        created_at=times.created_at,
        paid_at=times.paid_at,
        delivered_at=times.delivered_at,
        quantity=max(1, int(row.buy_amount or 1)),
        pay_channel=channel_of(row.pay_check, row.pay_name),
        payments=paid,
    )
