"""ZFAKA 1.4.x (install/faka.sql, application/modules/Product).

Invariants: ``kami`` holds the keys and is never named; times are seconds since 1970, so no zone is asked for; the table has
no index but its id's, so numbers are looked for by reading it (an index of the operator's is used where there is one).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, column, select, table

from tuika.orders.model import Order, OrderStatus, Payment
from tuika.shops.sql.counting import by_state
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.quoted import Quote, Quoted
from tuika.shops.sql.recent import SEARCHED_BACK, among_newest
from tuika.shops.sql.schema import Schema, Source, require
from tuika.shops.sql.seller import Seller
from tuika.shops.sql.values import channel_of, epoch_of, money_of, whole

_READ = (
    "id", "orderid", "userid", "email", "qq", "pid", "productname", "number", "money", "chapwd", "status", "addtime",
    "paytime", "tradeid", "paymethod", "paymoney", "isdelete",
)  # fmt: skip
_SHOWN = (
    "id", "orderid", "userid", "productname", "number", "money", "status", "addtime", "paytime", "tradeid", "paymethod",
    "paymoney",
)  # fmt: skip
_GOODS = ("id", "auto")
_PAID = frozenset({1, 2, 3})
_DONE = 2
_LABELS = {
    "0": "0 待支付",
    "1": "1 待处理（已付款）",
    "2": "2 已完成",
    "3": "3 处理失败（已付款）",
}
_KNOWS = (
    "付款状态与付款时间、是否发货",
    "实付金额到分",
    "支付流水号",
    "查询密码与邮箱、QQ 核对",
    "会员（t_user.id）名下的订单",
)
_CANNOT = (
    "退款：店铺没有退款状态，由退卡自己记账、人工打款",
    "发货时间：店铺不记，按付款时间算",
    "付款后缺货：和人工待处理一样是状态 1，按未发货处理",
    "卡密内容与是否被查看、使用",
)


def zfaka_schema(database: ReadOnlyDatabase, seller: Seller) -> Schema:
    """Raises ShopUnavailable."""
    require(database, "t_order", _READ)
    require(database, "t_products", _GOODS)
    orders, goods = table("t_order", *map(column, _READ)), table("t_products", *map(column, _GOODS))
    o = orders.c
    searched = f"只在最近 {SEARCHED_BACK:,} 笔里找"
    there = (o.isdelete == 0) & (o.status != -1)
    query = (
        select(*(o[name] for name in _SHOWN), goods.c.auto)
        .select_from(orders.outerjoin(goods, goods.c.id == o.pid))
        .where(there)
    )

    def read(_connection: Connection, rows: Sequence[Row[Any]]) -> list[Order]:
        return [_order(row, seller) for row in rows]

    def by_buyer(buyer_id: str) -> ColumnElement[bool] | None:
        number = whole(buyer_id)
        return None if number is None else o.userid == number

    return Schema(
        variant="ZFAKA 1.4.x",
        orders=Source(query, o.orderid, o.id, select(o.orderid, o.chapwd, o.email, o.qq).where(there)),
        read=read,
        count=by_state(orders, o.status, _LABELS, where=there),
        by_serial=among_newest(orders, o.tradeid, database),
        by_buyer=by_buyer,
        quoted=(
            Quoted("订单号", "t_order", "orderid"),
            Quoted("支付流水号", "t_order", "tradeid", searched, how=Quote.PAYMENT, first=64),
            Quoted("会员编号", "t_order", "userid", how=Quote.BUYER),
        ),
        knows=_KNOWS,
        cannot=_CANNOT,
    )


def _order(row: Row[Any], seller: Seller) -> Order:
    automatic, paid = row.auto in (1, None), row.status in _PAID
    amount, created = money_of(row.money), epoch_of(row.addtime)
    paid_at = (epoch_of(row.paytime) or created) if paid else None
    told = money_of(row.paymoney or 0)
    status = (
        OrderStatus.DELIVERED if row.status == _DONE else OrderStatus.PAID if paid else OrderStatus.UNPAID
    )
    return Order(
        order_no=row.orderid,
        platform=seller.platform,
        buyer_id=str(row.userid) if row.userid else None,
        merchant=seller.itself,
        product=seller.product(row.productname or "商品", automatic=automatic),
        amount=amount,
        status=status,
        created_at=created,
        paid_at=paid_at,
        delivered_at=paid_at if status is OrderStatus.DELIVERED else None,
        quantity=max(1, int(row.number or 1)),
        pay_channel=channel_of(row.paymethod),
        payments=(Payment(row.tradeid or "", told or amount, paid_at),) if paid else (),
    )
