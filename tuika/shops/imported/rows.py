"""Rows of a table to orders.

Invariants: every row is judged, so that all that is wrong is named at once, by its row and column; a bad value is never
guessed at; a contact or password never appears in a problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tuika.money import Money
from tuika.orders.model import Merchant, Order, OrderStatus, PayChannel, Payment, Product
from tuika.orders.references import normalise_reference
from tuika.shops.demo.values import FixtureOrder
from tuika.shops.imported import cells
from tuika.shops.imported.cells import Bad
from tuika.shops.imported.mapping import Mapping
from tuika.shops.imported.table import Row

_HANDED_OVER = (OrderStatus.DELIVERED, OrderStatus.COMPLETED)


@dataclass(frozen=True, slots=True)
class ReadRows:
    """``problems``: a Chinese line each, empty where all rows are good."""

    orders: tuple[FixtureOrder, ...]
    problems: tuple[str, ...]
    count: int


def read_rows(rows: Sequence[Row], mapping: Mapping, *, platform: str) -> ReadRows:
    """Every row as an order of ``platform``."""
    problems, orders, seen = _missing(rows, mapping), [], dict[str, int]()
    if problems:
        return ReadRows((), tuple(problems), len(rows))
    for row in rows:
        reading = _Reading(row, mapping, platform)
        order = reading.order()
        problems += reading.problems
        name = normalise_reference(order.order.order_no) if order else ""
        if order and name in seen:
            problems.append(
                f"第 {row.number} 行 {mapping.columns.order_no}：和第 {seen[name]} 行的订单号重复"
            )
        elif order:
            seen[name] = row.number
            orders.append(order)
    return ReadRows(tuple(orders), tuple(problems), len(rows))


def _missing(rows: Sequence[Row], mapping: Mapping) -> list[str]:
    if not rows:
        return ["表里没有数据行"]
    wanted = {name for name in mapping.columns.model_dump().values() if name}
    lacking = sorted(wanted - set(rows[0].cells))
    return [f"第 1 行：没有列 {name}（映射文件里写了它）" for name in lacking]


class _Reading:
    """One row."""

    def __init__(self, row: Row, mapping: Mapping, platform: str) -> None:
        self._row, self._map, self._platform = row, mapping, platform
        self._zone = ZoneInfo(mapping.timezone)
        self.problems: list[str] = []

    def order(self) -> FixtureOrder | None:
        names = self._map.columns
        number = self._take(names.order_no, cells.number)
        product = self._take(names.product, cells.needed)
        amount = self._take(names.amount, self._money)
        status = self._take(names.status, self._status)
        kind = self._take(names.product_type, self._kind) if names.product_type else self._map.type
        quantity = self._take(names.quantity, cells.quantity) if names.quantity else 1
        channel = self._take(names.pay_channel, self._channel) if names.pay_channel else PayChannel.OTHER
        created, paid, delivered = (
            self._take(name, self._moment) if name else None
            for name in (names.created_at, names.paid_at, names.delivered_at)
        )
        buyer = self._text(names.buyer)
        contact, password = (
            cells.as_it_is(self._row.cells.get(name, "")) if name else ""
            for name in (names.contact, names.query_password)
        )
        trade_no = self._take(names.trade_no, cells.number_or_nothing) if names.trade_no else ""
        if names.currency:
            self._take(names.currency, cells.yuan_only)
        merchant = self._text(names.merchant) or self._map.merchant or self._platform
        if self.problems:
            return None
        assert number and product and amount and status and kind and quantity and channel
        paid_now = status in (OrderStatus.PAID, *_HANDED_OVER)
        order = Order(
            order_no=number,
            platform=self._platform,
            buyer_id=buyer or None,
            merchant=Merchant(merchant, merchant),
            product=Product(product, kind),
            amount=amount,
            status=status,
            created_at=created,
            paid_at=(paid or created) if paid_now else paid,
            delivered_at=(delivered or paid or created) if status in _HANDED_OVER else delivered,
            quantity=quantity,
            pay_channel=channel,
            payments=(Payment(trade_no or "", amount, paid or created),) if paid_now else (),
        )
        return FixtureOrder(order, contact=contact or None, query_password=password or None)

    def _take[Value](self, column: str, read: Any) -> Any:
        try:
            return read(self._row.cells.get(column, ""))
        except Bad as bad:
            self.problems.append(f"第 {self._row.number} 行 {column}：{bad}")
            return None

    def _text(self, column: str) -> str:
        return (self._take(column, cells.written) or "") if column else ""

    def _money(self, cell: Any) -> Money:
        return cells.money(cell, unit=self._map.unit)

    def _status(self, cell: Any) -> Any:
        return self._named(cell, self._map.status, "status")

    def _kind(self, cell: Any) -> Any:
        return self._named(cell, self._map.types, "types")

    def _channel(self, cell: Any) -> Any:
        return self._named(cell, self._map.channels, "channels") if cells.written(cell) else PayChannel.OTHER

    def _named(self, cell: Any, table: Any, called: str) -> Any:
        text = cells.written(cell)
        if text not in table:
            raise Bad(f"“{text[:40]}”在映射文件的 {called} 里没有对应")
        return table[text]

    def _moment(self, cell: Any) -> datetime | None:
        return cells.moment(cell, self._zone)
