"""dujiao-next by its channel API with its database beside it: the API says whose an order is, the tables what it is.

Invariants: a buyer known by his Telegram account has the orders that the API names, read from the database; everybody else
is served by the database alone. An order that only the API has (the database may lag behind) is told as the API has it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tuika.orders.model import Order
from tuika.shops.dujiao_next.channel import ChannelOrders, telegram_of
from tuika.shops.report import ShopReport
from tuika.shops.sql.orders import SqlOrders


class ChannelThenTables:
    def __init__(self, channel: ChannelOrders, tables: SqlOrders) -> None:
        self._channel = channel
        self._tables = tables

    def find(self, reference: str, *, buyer_id: str | None = None) -> Order | None:
        found = self._tables.find(reference)
        if telegram_of(buyer_id) is None:
            return found
        asked = found.order_no if found is not None else reference
        own = self._channel.find(asked, buyer_id=buyer_id)
        if own is None or found is None:
            return own or found
        return replace(found, buyer_id=buyer_id)

    def of_buyer(self, buyer_id: str, *, limit: int = 5) -> list[Order]:
        if telegram_of(buyer_id) is None:
            return self._tables.of_buyer(buyer_id, limit=limit)
        found = self._tables.numbered(self._channel.numbers(buyer_id, limit=limit))
        return [replace(order, buyer_id=buyer_id) for order in found]

    def proves(self, order_no: str, proof: str) -> bool:
        return self._tables.proves(order_no, proof)

    def find_payment(self, *, serial: str, amount_fen: int | None, at: datetime | None) -> Order | None:
        return self._tables.find_payment(serial=serial, amount_fen=amount_fen, at=at)

    def report(self) -> ShopReport:
        """Both must answer. Raises ShopUnavailable."""
        api, told = self._channel.report(), self._tables.report()
        return replace(
            told,
            where=f"{api.where} + {told.where}",
            variant="dujiao-next（渠道接口 + 数据库）",
            knows=(*told.knows, "绑定了 Telegram 的买家（tg:编号）名下的订单"),
        )
