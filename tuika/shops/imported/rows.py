"""Rows of a table to orders.

Invariants: every row is judged, so that all that is wrong is named at once, by its row and column; a bad value is never
guessed at; a contact or password never appears in a problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from tuika.money import Money
from tuika.orders.model import Merchant, Order, OrderStatus, PayChannel, Payment, Product
from tuika.orders.references import MAX_REFERENCE, normalise_reference
from tuika.shops.demo.values import FixtureOrder
from tuika.shops.imported.mapping import Mapping
from tuika.shops.imported.table import Row

_MOST_FEN = 10**12
_TIMES = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
)
_HANDED_OVER = (OrderStatus.DELIVERED, OrderStatus.COMPLETED)


@dataclass(frozen=True, slots=True)
class ReadRows:
    """``problems``: a Chinese line each, empty where all rows are good."""

    orders: tuple[FixtureOrder, ...]
    problems: tuple[str, ...]
    count: int


class _Bad(Exception):
    """What is wrong with one cell."""


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
        number = self._take(names.order_no, self._number)
        product = self._take(names.product, self._needed)
        amount = self._take(names.amount, self._money)
        status = self._take(names.status, self._status)
        kind = self._take(names.product_type, self._kind) if names.product_type else self._map.type
        quantity = self._take(names.quantity, self._quantity) if names.quantity else 1
        channel = self._take(names.pay_channel, self._channel) if names.pay_channel else PayChannel.OTHER
        created, paid, delivered = (
            self._take(name, self._moment) if name else None
            for name in (names.created_at, names.paid_at, names.delivered_at)
        )
        texts = [
            self._text(name) for name in (names.buyer, names.contact, names.query_password, names.trade_no)
        ]
        if self.problems:
            return None
        assert number and product and amount and status and kind and quantity and channel
        merchant = self._text(names.merchant) or self._map.merchant or self._platform
        paid_now = status in (OrderStatus.PAID, *_HANDED_OVER)
        order = Order(
            order_no=number,
            platform=self._platform,
            buyer_id=texts[0] or None,
            merchant=Merchant(merchant, merchant),
            product=Product(product, kind),
            amount=amount,
            status=status,
            created_at=created,
            paid_at=(paid or created) if paid_now else paid,
            delivered_at=(delivered or paid or created) if status in _HANDED_OVER else delivered,
            quantity=quantity,
            pay_channel=channel,
            payments=(Payment(texts[3], amount, paid or created),) if paid_now else (),
        )
        return FixtureOrder(order, contact=texts[1] or None, query_password=texts[2] or None)

    def _take[Value](self, column: str, read: Any) -> Any:
        try:
            return read(self._row.cells.get(column, ""))
        except _Bad as bad:
            self.problems.append(f"第 {self._row.number} 行 {column}：{bad}")
            return None

    def _text(self, column: str) -> str:
        return _written(self._row.cells.get(column, "")) if column else ""

    def _needed(self, cell: Any) -> str:
        text = _written(cell)
        if not text:
            raise _Bad("不能为空")
        if len(text) > 200:
            raise _Bad("超过 200 个字")
        return text

    def _number(self, cell: Any) -> str:
        if isinstance(cell, float) and abs(cell) >= 2**53:
            raise _Bad("被表格软件存成了数字，末几位已经丢失；请把这一列设为文本后重新导出")
        text = self._needed(cell)
        if "E+" in text.upper() and text.replace(".", "").upper().replace("E+", "").isdigit():
            raise _Bad(f"{text} 是科学计数法，原来的号码已经丢失；请把这一列设为文本后重新导出")
        if len(normalise_reference(text)) > MAX_REFERENCE:
            raise _Bad(f"超过 {MAX_REFERENCE} 个字符")
        return text

    def _money(self, cell: Any) -> Money:
        given = self._needed(cell)
        text = given.replace(",", "").strip("¥￥").removesuffix("元").strip()
        try:
            fen = Decimal(text) * (100 if self._map.unit == "yuan" else 1)
        except InvalidOperation:
            raise _Bad(f"{given[:40]} 不是金额") from None
        if not fen.is_finite() or fen != fen.to_integral_value() or not 0 <= fen <= _MOST_FEN:
            raise _Bad(f"{given[:40]} 不是整分的金额，或者为负、过大")
        return Money(int(fen))

    def _status(self, cell: Any) -> Any:
        return self._named(cell, self._map.status, "status")

    def _kind(self, cell: Any) -> Any:
        return self._named(cell, self._map.types, "types")

    def _channel(self, cell: Any) -> Any:
        return self._named(cell, self._map.channels, "channels") if _written(cell) else PayChannel.OTHER

    def _named(self, cell: Any, table: Any, called: str) -> Any:
        text = _written(cell)
        if text not in table:
            raise _Bad(f"“{text[:40]}”在映射文件的 {called} 里没有对应")
        return table[text]

    def _quantity(self, cell: Any) -> int:
        text = _written(cell) or "1"
        if not (text.isascii() and text.isdigit() and 0 < int(text[:7]) <= 100_000):
            raise _Bad(f"{text[:40]} 不是 1 到 100000 的整数")
        return int(text)

    def _moment(self, cell: Any) -> datetime | None:
        if isinstance(cell, datetime):
            found: datetime | None = cell
        elif isinstance(cell, date):
            found = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 the zone is set below
        else:
            found = _parsed(_written(cell))
        if found is None:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=self._zone)).astimezone(UTC)


def _parsed(text: str) -> datetime | None:
    if not text:
        return None
    for form in _TIMES:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 the mapping's zone is set by the caller
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise _Bad(f"{text[:40]} 不是时间，例如 2026-11-21 14:03:00") from None


def _written(cell: Any) -> str:
    """A cell as its reader saw it: whole numbers without ``.0``."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip().lstrip("\t'")
