"""What the status codes of 独角数卡 mean, and when things happened there (app/Models/Order.php, app/Service/Order*.php).

The shop keeps no time of payment. An unpaid order expires after ``expires``, so a paid one was paid between its creation
and then; ``updated_at`` is the instant of the callback as long as nobody edited the order later. The earlier of the two
bounds is what is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, TableClause, func, select

from tuika.orders.model import OrderStatus
from tuika.shops.sql.schema import BySerial
from tuika.shops.sql.seller import Seller
from tuika.shops.sql.values import moment_of

LABELS = {
    "1": "1 待支付",
    "2": "2 待处理（已付款）",
    "3": "3 处理中（已付款）",
    "4": "4 已完成",
    "5": "5 处理失败（已付款）",
    "6": "6 异常：付款后库存不足",
    "-1": "-1 已过期",
}
COMPLETED = 4
PAID_NOT_DELIVERED = frozenset({2, 3, 5, 6})
SEARCHED_BACK = 200_000  # newest orders that a payment number is looked for in; the shop has no index on it
KNOWS = ("是否付款、是否发货", "付款后库存不足（状态 6）", "实付金额到分", "支付流水号", "查询密码与邮箱核对")
CANNOT = (
    "退款：店铺没有退款状态，由退卡自己记账、人工打款",
    "准确付款时间：取 updated_at 与下单后过期时限中较早的一个",
    "卡密内容与是否被查看、使用",
    f"支付流水号只在最近 {SEARCHED_BACK:,} 笔里找（店铺没有这一列的索引）",
)


@dataclass(frozen=True, slots=True)
class Times:
    created_at: datetime | None
    paid_at: datetime | None
    delivered_at: datetime | None


def status_of(code: int) -> OrderStatus:
    if code == COMPLETED:
        return OrderStatus.DELIVERED
    if code in PAID_NOT_DELIVERED:
        return OrderStatus.PAID
    return OrderStatus.CANCELLED if code == -1 else OrderStatus.UNPAID


def times_of(row: Any, seller: Seller, *, expires: timedelta, automatic: bool) -> Times:
    """``row`` has status, created_at, updated_at."""
    created, updated = moment_of(row.created_at, seller.zone), moment_of(row.updated_at, seller.zone)
    paid = None
    if row.status == COMPLETED or row.status in PAID_NOT_DELIVERED:
        bounds = [updated, created + expires if created else None]
        paid = min((bound for bound in bounds if bound is not None), default=None)
    delivered = (paid if automatic else updated) if row.status == COMPLETED else None
    return Times(created, paid, delivered)


def by_trade_no(orders: TableClause) -> BySerial:
    """By payment number, among the newest orders only: a scan of the whole table would weigh on the shop."""

    def condition(names: Any) -> ColumnElement[bool]:
        newest = orders.alias("newest")
        last = select(func.max(newest.c.id)).scalar_subquery()
        # ids are unsigned: the difference must not fall below nothing
        recent: ColumnElement[bool] = orders.c.id > func.greatest(last, SEARCHED_BACK) - SEARCHED_BACK
        return recent & orders.c.trade_no.in_(names)

    return condition
