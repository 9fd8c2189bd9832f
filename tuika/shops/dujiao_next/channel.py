"""dujiao-next by its channel API: orders of buyers whom the shop knows by their Telegram account.

Invariants: ``tg:`` and the Telegram number is a buyer here, anybody else has no orders; an order is shown to its buyer
alone, because the shop shows it to no one else; what the API does not say (payment numbers, contacts, passwords) is not
known, so that guests are for the database.
"""

from __future__ import annotations

import re
from datetime import datetime

from tuika.errors import ShopUnavailable
from tuika.money import ZERO
from tuika.orders.model import Order, OrderStatus, PayChannel, Payment, Product
from tuika.orders.references import MAX_REFERENCE, normalise_reference
from tuika.shops.dujiao_next.channel_client import ChannelClient, Detail
from tuika.shops.dujiao_next.rows import AUTOMATIC, CURRENCY, name_of
from tuika.shops.dujiao_next.states import CANNOT, HANDED_OVER, KNOWS, PARTLY, last_of, refunds_of, status_of
from tuika.shops.report import ShopReport
from tuika.shops.sql.seller import Seller
from tuika.shops.sql.values import money_of

_BUYER = re.compile(r"tg:([1-9][0-9]{0,18})")
_NUMBER = re.compile(r"[A-Z0-9_-]+")
_PART = re.compile(r"-[0-9]{2,3}$")
_NOBODY = "1"  # an account that Telegram gave to nobody
_CANNOT = (
    *CANNOT,
    "游客的订单、邮箱与订单密码核对：渠道接口不给，要再配 database",
    "支付流水号：渠道接口不给，要再配 database",
    "订单总数：渠道接口只按买家查",
)


class ChannelOrders:
    def __init__(self, client: ChannelClient, seller: Seller) -> None:
        self._client = client
        self._seller = seller

    def find(self, reference: str, *, buyer_id: str | None = None) -> Order | None:
        wanted, user = normalise_reference(reference), telegram_of(buyer_id)
        if user is None or not _NUMBER.fullmatch(wanted) or len(wanted) > MAX_REFERENCE:
            return None
        if not self._client.knows(user):
            return None
        for number in dict.fromkeys((wanted, _PART.sub("", wanted))):
            detail = self._client.order(user, number)
            if detail is not None and _holds(detail, wanted):
                return self._order(detail, buyer_id)
        return None

    def of_buyer(self, buyer_id: str, *, limit: int = 5) -> list[Order]:
        user = telegram_of(buyer_id)
        if user is None or limit <= 0 or not self._client.knows(user):
            return []
        found = (self._client.order(user, number) for number in self._client.numbers(user, limit=limit))
        return [self._order(detail, buyer_id) for detail in found if detail is not None and _domestic(detail)]

    def proves(self, order_no: str, proof: str) -> bool:
        """Never: the API tells neither contact nor password."""
        return False

    def find_payment(self, *, serial: str, amount_fen: int | None, at: datetime | None) -> Order | None:
        """Never: the API tells no payment number."""
        return None

    def numbers(self, buyer_id: str, *, limit: int) -> list[str]:
        """The buyer's newest order numbers, for whoever reads the orders elsewhere."""
        user = telegram_of(buyer_id)
        if user is None or limit <= 0 or not self._client.knows(user):
            return []
        return self._client.numbers(user, limit=limit)

    def report(self) -> ShopReport:
        """Whether the shop answers and takes our signature. Raises ShopUnavailable."""
        self._client.knows(_NOBODY)
        return ShopReport(
            self._client.base,
            "dujiao-next（渠道接口）",
            {},
            (),
            knows=(*KNOWS, "绑定了 Telegram 的买家（tg:编号）名下的订单"),
            cannot=_CANNOT,
        )

    def _order(self, detail: Detail, buyer_id: str | None) -> Order:
        if not _domestic(detail):
            raise ShopUnavailable(f"这笔订单按 {detail.currency[:8]} 结算，退卡只处理人民币，请转人工")
        paid = detail.paid_at is not None or detail.status in (*HANDED_OVER, PARTLY)
        delivered, handed_at = _handed_over(detail)
        status = status_of(detail.status, paid=paid, delivered=delivered)
        total, wallet = money_of(detail.total_amount), money_of(detail.wallet_paid_amount)
        gone = status in (OrderStatus.DELIVERED, OrderStatus.COMPLETED)
        return Order(
            order_no=detail.order_no,
            platform=self._seller.platform,
            buyer_id=buyer_id,
            merchant=self._seller.itself,
            product=_product(detail, self._seller),
            amount=total,
            status=status,
            created_at=detail.created_at,
            paid_at=detail.paid_at,
            delivered_at=(handed_at or detail.paid_at) if gone else None,
            completed_at=handed_at if status is OrderStatus.COMPLETED else None,
            quantity=max(1, sum(max(0, item.quantity) for item in detail.items)),
            pay_channel=PayChannel.BALANCE if ZERO < wallet == total else PayChannel.OTHER,
            payments=(Payment("", money_of(detail.paid_amount) or total, detail.paid_at),) if paid else (),
            refunds=refunds_of((), money_of(detail.refunded_amount), word=detail.status, total=total),
        )


def _handed_over(detail: Detail) -> tuple[bool, datetime | None]:
    """Whether every part was handed over, and when the last one was."""
    parts = [child.fulfillment for child in detail.children]
    done = [part for part in parts if part is not None and part.status == "delivered"]
    whole = detail.fulfillment_status == "delivered" or (bool(done) and len(done) == len(parts))
    return whole, last_of([detail.fulfillment_delivered_at, *(part.delivered_at for part in done)])


def _product(detail: Detail, seller: Seller) -> Product:
    kinds = [item.fulfillment_type for item in detail.items] or [detail.fulfillment_type]
    name = name_of([item.product_title.strip() for item in detail.items])
    return seller.product(name, automatic=all(kind in AUTOMATIC for kind in kinds))


def telegram_of(buyer_id: str | None) -> str | None:
    """The Telegram number of a buyer who is known by one."""
    found = _BUYER.fullmatch(buyer_id or "")
    return found.group(1) if found else None


def _domestic(detail: Detail) -> bool:
    return detail.currency.upper() == CURRENCY


def _holds(detail: Detail, wanted: str) -> bool:
    """Whether the number asked for is the order's or one of its parts'."""
    numbers = (detail.order_no, *(child.order_no for child in detail.children))
    return wanted in map(normalise_reference, numbers)
