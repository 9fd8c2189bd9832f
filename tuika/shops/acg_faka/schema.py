"""异次元发卡 3.x (kernel/Install/Install.sql, app/Service/Bind/Order.php).

Invariants: ``order.secret`` and ``card.secret`` are never named. When the stock ran out after the payment the shop writes
a sentence where the keys would be and still says "delivered": such orders are known only through ``stock_out_view``, a
view of the operator's that lists their ids without showing what it looked at (docs/shops/acg_faka.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    TableClause,
    case,
    column,
    exists,
    false,
    func,
    literal,
    select,
    table,
)

from tuika.errors import ShopUnavailable
from tuika.orders.model import Merchant, Order, OrderStatus, Payment
from tuika.shops.sql.counting import by_state
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.quoted import Quote, Quoted
from tuika.shops.sql.schema import Counts, Schema, Source, require
from tuika.shops.sql.seller import Seller
from tuika.shops.sql.values import channel_of, moment_of, money_of, whole

_READ = (
    "id", "owner", "user_id", "trade_no", "amount", "commodity_id", "card_num", "pay_id", "create_time",
    "pay_time", "status", "delivery_status", "contact", "password",
)  # fmt: skip
_GOODS = ("id", "name", "delivery_way")
_PAYS = ("id", "name", "code")
_LABELS = {
    "0": "未付款",
    "10": "已付款、未发货",
    "11": "已付款、已发货",
    "12": "付款后缺货（店铺显示已发货）",
}
_KNOWS = ("付款状态与付款时间", "实付金额到分", "会员编号名下的订单", "查询密码与联系方式核对")
_CANNOT = (
    "退款：店铺没有退款状态，由退卡自己记账、人工打款",
    "支付流水号：店铺不保存，买家要给订单号",
    "人工发货的发货时间：按付款时间算",
    "卡密内容与是否被查看、使用",
)


def acg_schema(
    database: ReadOnlyDatabase, seller: Seller, *, prefix: str = "acg_", stock_out_view: str = ""
) -> Schema:
    """Raises ShopUnavailable where the tables are not there under this prefix."""
    if not database.columns(f"{prefix}order"):
        raise ShopUnavailable(f"看不到表 {prefix}order：表前缀（prefix）不对，或数据库用户没有 SELECT 权限")
    for name, wanted in (("order", _READ), ("commodity", _GOODS), ("pay", _PAYS)):
        require(database, f"{prefix}{name}", wanted)
    if stock_out_view:
        require(database, stock_out_view, ("id",))
    orders = table(f"{prefix}order", *map(column, _READ))
    goods, pays = (
        table(f"{prefix}commodity", *map(column, _GOODS)),
        table(f"{prefix}pay", *map(column, _PAYS)),
    )
    o, sold_out = orders.c, _sold_out(orders.c.id, stock_out_view)
    shown = (o.id, o.owner, o.user_id, o.trade_no, o.amount, o.card_num, o.create_time, o.pay_time, o.status)
    query = select(
        *shown,
        o.delivery_status,
        sold_out.label("sold_out"),
        goods.c.name.label("goods_name"),
        goods.c.delivery_way,
        pays.c.name.label("pay_name"),
        pays.c.code.label("pay_code"),
    ).select_from(
        orders.outerjoin(goods, goods.c.id == o.commodity_id).outerjoin(pays, pays.c.id == o.pay_id)
    )
    return _schema(query, orders, seller, stock_out_view)


def _schema(query: Any, orders: TableClause, seller: Seller, stock_out_view: str) -> Schema:
    o, sees_stock_out = orders.c, bool(stock_out_view)

    def read(_connection: Connection, rows: Sequence[Row[Any]]) -> list[Order]:
        return [_order(row, seller) for row in rows]

    def by_buyer(buyer_id: str) -> ColumnElement[bool] | None:
        number = whole(buyer_id)
        return None if number is None else o.owner == number

    blind = "付款后缺货：要建 stock_out_view 才看得到（docs/shops/acg_faka.md），否则当作已发货"
    return Schema(
        variant="异次元发卡 3.x",
        orders=Source(query, o.trade_no, o.id, select(o.trade_no, o.password, o.contact)),
        read=read,
        count=_counting(orders, stock_out_view),
        by_buyer=by_buyer,
        quoted=(
            Quoted("订单号", orders.name, "trade_no"),
            Quoted("会员编号", orders.name, "owner", how=Quote.BUYER),
        ),
        knows=(*_KNOWS, "付款后缺货（stock_out_view）") if sees_stock_out else _KNOWS,
        cannot=_CANNOT if sees_stock_out else (*_CANNOT, blind),
    )


def _counting(orders: TableClause, view: str) -> Callable[[Connection], Counts]:
    """By two passes, over the orders and over the view: the view asked once for each order would take minutes."""
    state = case((orders.c.status == 0, "0"), (orders.c.delivery_status == 0, "10"), else_="11")
    plain = by_state(orders, state, _LABELS)

    def count(connection: Connection) -> Counts:
        counts = dict(plain(connection))
        listed = _listed(view)
        if listed is not None:
            sold_out = int(connection.scalar(select(func.count()).select_from(listed)) or 0)
            counts[_LABELS["12"]] = sold_out
            counts[_LABELS["11"]] = counts.get(_LABELS["11"], 0) - sold_out
        return {label: number for label, number in counts.items() if number}

    return count


def _listed(view: str) -> TableClause | None:
    schema, _, name = view.rpartition(".")
    return table(name, column("id"), schema=schema or None) if view else None


def _sold_out(order_id: ColumnElement[Any], view: str) -> ColumnElement[bool]:
    listed = _listed(view)
    if listed is None:
        return false()
    return exists(select(literal(1)).select_from(listed).where(listed.c.id == order_id))


def _order(row: Row[Any], seller: Seller) -> Order:
    automatic = row.delivery_way in (0, None)
    paid, delivered = row.status == 1, row.status == 1 and row.delivery_status == 1 and not row.sold_out
    amount = money_of(row.amount)
    created, paid_at = moment_of(row.create_time, seller.zone), moment_of(row.pay_time, seller.zone)
    paid_at = (paid_at or created) if paid else None
    status = OrderStatus.DELIVERED if delivered else OrderStatus.PAID if paid else OrderStatus.UNPAID
    return Order(
        order_no=row.trade_no,
        platform=seller.platform,
        buyer_id=str(row.owner) if row.owner else None,
        merchant=seller.itself if not row.user_id else Merchant(str(row.user_id), f"商家 {row.user_id}"),
        product=seller.product(row.goods_name or "商品", automatic=automatic),
        amount=amount,
        status=status,
        created_at=created,
        paid_at=paid_at,
        delivered_at=paid_at if delivered else None,
        quantity=max(1, int(row.card_num or 1)),
        pay_channel=channel_of(row.pay_code, row.pay_name),
        payments=(Payment("", amount, paid_at),) if paid else (),
    )
