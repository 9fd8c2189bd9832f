"""kamiFaka (service/database/models.py, service/util/order/handle.py).

Invariants: ``order.card`` holds the keys and is never named; money is a binary float there and comes out as the nearest
fen; an order stands in ``temporder`` from the start and in ``order`` once it was paid, so a paid one without a row in
``order`` got nothing. Whether a row holds a key at all is known only through ``no_key_view``, a view of the operator's that
lists ids without showing what it looked at (docs/shops/kamifaka.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    TableClause,
    column,
    false,
    func,
    literal,
    literal_column,
    null,
    select,
    table,
    true,
)

from tuika.errors import ShopUnavailable
from tuika.orders.model import Order, OrderStatus, Payment
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.quoted import Quoted
from tuika.shops.sql.schema import Counts, Schema, Source, require
from tuika.shops.sql.seller import Seller
from tuika.shops.sql.values import channel_of, moment_of, money_of_float

_COMMON = ("id", "out_order_id", "name", "payment", "contact", "num", "total_price", "status", "updatetime")
_BEGUN = (*_COMMON, "auto")
_SHOWN = ("id", "out_order_id", "name", "payment", "num", "status", "updatetime")
_KNOWS = (
    "是否付款、是否发货",
    "付款后没有出单（掉单或缺货）",
    "实付金额（店铺存成浮点数，取最近的分）",
    "联系方式核对",
)
_CANNOT = (
    "退款：店铺没有退款状态，由退卡自己记账、人工打款",
    "支付流水号：店铺不保存，买家要给订单号",
    "查询密码与买家账号：店铺没有，买家凭订单号加联系方式",
    "卡密内容与是否被查看、使用",
)
_BLIND = "人工商品一付款就被店铺标成已发货：要建 no_key_view 才看得到没发的（docs/shops/kamifaka.md）"


def kami_schema(database: ReadOnlyDatabase, seller: Seller, *, no_key_view: str = "") -> Schema:
    """Raises ShopUnavailable."""
    if not database.columns("temporder"):
        raise ShopUnavailable("这个库里看不到 kamiFaka 的 temporder 表：库不对，或数据库用户没有 SELECT 权限")
    require(database, "temporder", _BEGUN)
    require(database, "order", _COMMON)
    if no_key_view:
        require(database, no_key_view, ("id",))
    begun, made = table("temporder", *map(column, _BEGUN)), table("order", *map(column, _COMMON))
    mysql = database.engine.dialect.name in ("mysql", "mariadb")
    reading = _Reading(made, _number(made, mysql=mysql), _listed(no_key_view), seller)
    return Schema(
        variant="kamiFaka",
        orders=_source(begun, _number(begun, mysql=mysql), begun.c.auto, paid=False),
        also=_source(made, _number(made, mysql=mysql), null(), paid=True),
        read=reading.orders,
        count=lambda connection: _count(connection, begun, made),
        quoted=(
            Quoted("订单号（temporder）", "temporder", "out_order_id", folded=True),
            Quoted("订单号（order）", "order", "out_order_id", folded=True),
        ),
        knows=(*_KNOWS, "没有卡密的订单（no_key_view）") if no_key_view else _KNOWS,
        cannot=_CANNOT if no_key_view else (*_CANNOT, _BLIND),
    )


def _number(rows: TableClause, *, mysql: bool) -> ColumnElement[str]:
    """Numbers are made by browsers, in either case; MySQL's collations take both for equal, and a plain index serves."""
    return rows.c.out_order_id if mysql else func.lower(rows.c.out_order_id)


def _source(rows: TableClause, number: ColumnElement[str], automatic: Any, *, paid: bool) -> Source:
    """``paid``: whether standing in the table alone means so."""
    c = rows.c
    exact = (c.total_price + literal_column("0e0")).label("total_price")  # MySQL shows six digits of a FLOAT
    shown = select(
        *(c[name] for name in _SHOWN), exact, automatic.label("auto"), literal(int(paid)).label("made")
    )
    return Source(shown, number, c.id, select(c.out_order_id, literal(""), c.contact))


def _listed(view: str) -> TableClause | None:
    schema, _, name = view.rpartition(".")
    return table(name, column("id"), schema=schema or None) if view else None


def _count(connection: Connection, begun: TableClause, made: TableClause) -> Counts:
    def counted(rows: TableClause, *, status: bool) -> int:
        wanted = (
            select(func.count()).select_from(rows).where(rows.c.status == (true() if status else false()))
        )
        return int(connection.scalar(wanted) or 0)

    delivered, short = counted(made, status=True), counted(made, status=False)
    return {
        "未付款": counted(begun, status=False),
        "已付款、已出单": delivered,
        "已付款、缺货或待人工": short,
        "已付款、没有出单": max(0, counted(begun, status=True) - delivered - short),
    }


class _Reading:
    """Rows of either table to orders; those of ``order`` are fetched for what stands in ``temporder``."""

    def __init__(
        self, made: TableClause, number: ColumnElement[str], listed: TableClause | None, seller: Seller
    ) -> None:
        self._made, self._number, self._listed, self._seller = made, number, listed, seller

    def orders(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[Order]:
        wanted = [row.out_order_id.lower() for row in rows if not row.made and row.status]
        issued = {row.out_order_id: row for row in rows if row.made}
        if wanted:
            c = self._made.c
            query = select(c.id, c.out_order_id, c.status, c.updatetime).where(self._number.in_(wanted))
            issued |= {row.out_order_id: row for row in connection.execute(query.order_by(c.id))}
        empty = self._without_key(connection, [row.id for row in issued.values()])
        return [self._order(row, issued.get(row.out_order_id), empty) for row in rows]

    def _without_key(self, connection: Connection, ids: list[int]) -> frozenset[int]:
        if self._listed is None or not ids:
            return frozenset()
        return frozenset(connection.scalars(select(self._listed.c.id).where(self._listed.c.id.in_(ids))))

    def _order(self, row: Row[Any], issued: Row[Any] | None, empty: frozenset[int]) -> Order:
        paid = bool(row.made or row.status)
        delivered = issued is not None and bool(issued.status) and issued.id not in empty
        created = None if row.made else moment_of(row.updatetime, self._seller.zone)
        issued_at = moment_of(issued.updatetime, self._seller.zone) if issued is not None else None
        paid_at = (issued_at or created) if paid else None
        amount = money_of_float(row.total_price)
        status = OrderStatus.UNPAID if not paid else OrderStatus.DELIVERED if delivered else OrderStatus.PAID
        return Order(
            order_no=row.out_order_id,
            platform=self._seller.platform,
            buyer_id=None,
            merchant=self._seller.itself,
            product=self._seller.product(row.name or "商品", automatic=row.auto is None or bool(row.auto)),
            amount=amount,
            status=status,
            created_at=created,
            paid_at=paid_at,
            delivered_at=issued_at if delivered else None,
            quantity=max(1, int(row.num or 1)),
            pay_channel=channel_of(row.payment),
            payments=(Payment("", amount, paid_at),) if paid else (),
        )
