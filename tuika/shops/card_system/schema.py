"""card-system 风铃发卡 (database/migrations, app/Order.php, app/Library/FundHelper.php).

Invariants: ``cards.card`` holds the keys and is never named; money is whole cents there already; merchants are its
``users``, buyers have no account; an order that the shop froze or refunded was delivered if keys are tied to it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, TableClause, column, func, literal, select, table

from tuika.orders.model import CardKey, Merchant, Order, OrderStatus, Payment, ShopRefund
from tuika.shops.sql.counting import by_state
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.quoted import Quote, Quoted
from tuika.shops.sql.recent import SEARCHED_BACK, among_newest
from tuika.shops.sql.schema import Schema, Source, require
from tuika.shops.sql.seller import Seller
from tuika.shops.sql.values import channel_of, moment_of, money_of_cents

_READ = (
    "id", "user_id", "order_no", "product_id", "product_name", "count", "contact", "contact_ext", "paid", "pay_id",
    "pay_trade_no", "status", "paid_at", "created_at",
)  # fmt: skip
_PASSWORD = "query_password"
_GOODS = ("id", "delivery")
_PAYS = ("id", "name", "driver")
_CARDS = ("id", "type")
_TIED = ("order_id", "card_id")
_REPEATED = 1  # a key that is sold over and over stands once for any number
UNPAID, PAID, SENT, FROZEN, REFUNDED = range(5)
_LABELS = {"0": "0 未支付", "1": "1 未发货（已付款）", "2": "2 已发货", "3": "3 已冻结", "4": "4 已退款"}
_KNOWS = (
    "付款状态、付款时间、是否发货",
    "店铺自己的冻结与退款状态",
    "发了几张卡（缺货时少发的看得到）",
    "实付金额到分",
    "支付流水号",
)
_CANNOT = (
    "发货时间：店铺不记，按付款时间算",
    "店铺退款的时间与去向：只有“已退款”这个状态",
    "卡密内容与是否被查看、使用",
    "买家账号：店铺没有会员，买家凭订单号加联系方式或查询密码",
)


@dataclass(frozen=True, slots=True)
class _Sent:
    """How many keys are tied to an order; ``repeated``: one of them stands for any number."""

    keys: int = 0
    repeated: bool = False


def card_schema(database: ReadOnlyDatabase, seller: Seller) -> Schema:
    """Raises ShopUnavailable. Versions before 3.13 have no query password."""
    for name, wanted in (("orders", _READ), ("products", _GOODS), ("pays", _PAYS), ("cards", _CARDS)):
        require(database, name, wanted)
    require(database, "card_order", _TIED)
    protected = _PASSWORD in database.columns("orders")
    columns = (*_READ, _PASSWORD) if protected else _READ
    orders = _table("orders", columns)
    o = orders.c
    password = o[_PASSWORD] if protected else literal("")
    searched = f"只在最近 {SEARCHED_BACK:,} 笔里找"
    return Schema(
        variant="card-system 3.13 起（有查询密码）" if protected else "card-system 3.13 之前（没有查询密码）",
        orders=Source(
            _shown(orders), o.order_no, o.id, select(o.order_no, password, o.contact, o.contact_ext)
        ),
        read=lambda connection, rows: _orders(connection, rows, seller),
        count=by_state(orders, o.status, _LABELS),
        by_serial=among_newest(orders, o.pay_trade_no, database),
        contacts=_contacts,
        quoted=(
            Quoted("订单号", "orders", "order_no", first=64),
            Quoted("支付流水号", "orders", "pay_trade_no", searched, how=Quote.PAYMENT, first=64),
            Quoted("订单号（card_order）", "card_order", "order_id"),
        ),
        knows=(*_KNOWS, "查询密码与联系方式核对" if protected else "联系方式核对"),
        cannot=_CANNOT,
    )


def _shown(orders: TableClause) -> Select[Any]:
    o, goods, pays = orders.c, _table("products", _GOODS), _table("pays", _PAYS)
    return select(
        *(o[name] for name in _READ if name not in ("contact", "contact_ext", "count")),
        o["count"].label("bought"),
        goods.c.delivery,
        pays.c.name.label("pay_name"),
        pays.c.driver,
    ).select_from(orders.outerjoin(goods, goods.c.id == o.product_id).outerjoin(pays, pays.c.id == o.pay_id))


def _table(name: str, columns: Sequence[str]) -> TableClause:
    return table(name, *map(column, columns))


def _contacts(row: Row[Any]) -> Sequence[str]:
    """The contact, and the e-mail and phone that the buyer left besides."""
    try:
        more = json.loads(row.contact_ext or "{}")
    except ValueError:
        more = {}
    known = more if isinstance(more, dict) else {}
    return [str(each or "") for each in (row.contact, known.get("_mail"), known.get("_mobile"))]


def _orders(connection: Connection, rows: Sequence[Row[Any]], seller: Seller) -> list[Order]:
    tied, cards = _table("card_order", _TIED), _table("cards", _CARDS)
    sent = (
        select(tied.c.order_id, func.count().label("keys"), func.max(cards.c.type).label("type"))
        .select_from(tied.outerjoin(cards, cards.c.id == tied.c.card_id))
        .where(tied.c.order_id.in_([row.id for row in rows]))
        .group_by(tied.c.order_id)
    )
    found = {row.order_id: _Sent(int(row.keys), row.type == _REPEATED) for row in connection.execute(sent)}
    return [_order(row, found.get(row.id, _Sent()), seller) for row in rows]


def _order(row: Row[Any], sent: _Sent, seller: Seller) -> Order:
    automatic, quantity = row.delivery in (0, 2, None), max(1, int(row.bought or 1))
    paid = row.status in (PAID, SENT, REFUNDED) or (row.status == FROZEN and row.paid_at is not None)
    amount, created = money_of_cents(row.paid), moment_of(row.created_at, seller.zone)
    paid_at = (moment_of(row.paid_at, seller.zone) or created) if paid else None
    delivered = row.status == SENT or sent.keys > 0
    partly = automatic and not sent.repeated and 0 < sent.keys < quantity
    status = OrderStatus.DELIVERED if paid and delivered else OrderStatus.PAID if paid else OrderStatus.UNPAID
    return Order(
        order_no=row.order_no,
        platform=seller.platform,
        buyer_id=None,
        merchant=Merchant(str(row.user_id), f"商家 {row.user_id}") if row.user_id else seller.itself,
        product=seller.product(row.product_name or "商品", automatic=automatic),
        amount=amount,
        status=status,
        created_at=created,
        paid_at=paid_at,
        delivered_at=paid_at if status is OrderStatus.DELIVERED else None,
        keys=tuple(CardKey(position, "") for position in range(1, sent.keys + 1)) if partly else (),
        quantity=quantity,
        pay_channel=channel_of(row.driver, row.pay_name),
        payments=(Payment(row.pay_trade_no or "", amount, paid_at),) if paid else (),
        refunds=(ShopRefund(amount),) if row.status == REFUNDED else (),
        frozen=row.status == FROZEN,
    )
