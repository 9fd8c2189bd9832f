"""What the status words of dujiao-next come to (internal/constants/constants.go).

Every order of the shop is a parent with a child for each of its goods; the parent's word sums the children's up. A refund
replaces the word that told of the delivery, so whether goods were handed over is then read from the fulfilments.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tuika.money import ZERO, Money
from tuika.orders.model import OrderStatus, ShopRefund

CANCELED = "canceled"
PARTLY = "partially_delivered"
HANDED_OVER = {"delivered": OrderStatus.DELIVERED, "completed": OrderStatus.COMPLETED}
REFUNDED, PARTLY_REFUNDED = "refunded", "partially_refunded"
LABELS = {
    "pending_payment": "pending_payment 待支付",
    "paid": "paid 已付款、未发货",
    "fulfilling": "fulfilling 已付款、发货中",
    "partially_delivered": "partially_delivered 部分发货",
    "delivered": "delivered 已发货",
    "completed": "completed 已完成",
    "canceled": "canceled 已取消",
    "partially_refunded": "partially_refunded 部分退款",
    "refunded": "refunded 已退款",
}
KNOWS = (
    "付款状态、付款时间、是否发货与发货时间",
    "实付金额到分，手续费分开（退款不含手续费）",
    "店铺自己的退款状态与金额，算进“还能退多少”",
)
CANNOT = (
    "卡密内容与是否被查看、使用",
    "部分发货的是哪几件：按已发货处理，交给人工",
    "把退款写回店铺：由人工在店铺后台退，再到工作台登记流水号",
)


def status_of(word: str, *, paid: bool, delivered: bool) -> OrderStatus:
    """``delivered``: every fulfilment of the order says so, which counts where the word itself tells of a refund.

    A part that was handed over is for people to weigh: such an order is not "undelivered".
    """
    if word in HANDED_OVER:
        return HANDED_OVER[word]
    if word == CANCELED:
        return OrderStatus.CANCELLED
    if delivered or word == PARTLY:
        return OrderStatus.DELIVERED
    return OrderStatus.PAID if paid else OrderStatus.UNPAID


def refunds_of(
    records: Sequence[ShopRefund], refunded: Money, *, word: str, total: Money
) -> tuple[ShopRefund, ...]:
    """The shop's refund records, and what its sum says beyond them. A sum of nothing: made, amount not told."""
    told = sum((record.amount for record in records), ZERO)
    if refunded > told:
        return (*records, ShopRefund(refunded - told))
    if word == REFUNDED and told < total:
        return (*records, ShopRefund(total - told))
    if word == PARTLY_REFUNDED and not records:
        return (ShopRefund(ZERO),)
    return tuple(records)


def last_of(moments: Sequence[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
