"""What the status codes of 独角数卡 mean, and when things happened there (app/Models/Order.php, app/Service/Order*.php).

The shop keeps no time of payment. An unpaid order expires after ``expires``, so a paid one was paid between its creation
and then; ``updated_at`` is the instant of the callback as long as nobody edited the order later. The earlier of the two
bounds is what is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tuika.orders.model import OrderStatus
from tuika.shops.sql.quoted import Quote, Quoted
from tuika.shops.sql.recent import SEARCHED_BACK
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
KNOWS = ("是否付款、是否发货", "付款后库存不足（状态 6）", "实付金额到分", "支付流水号", "查询密码与邮箱核对")
CANNOT = (
    "退款：店铺没有退款状态，由退卡自己记账、人工打款",
    "准确付款时间：取 updated_at 与下单后过期时限中较早的一个",
    "卡密内容与是否被查看、使用",
)
QUOTED = (
    Quoted("订单号", "orders", "order_sn"),
    Quoted(
        "支付流水号", "orders", "trade_no", f"只在最近 {SEARCHED_BACK:,} 笔里找", how=Quote.PAYMENT, first=64
    ),
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
