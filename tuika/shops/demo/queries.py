"""Reading orders: built once, three statements an answer, however many orders there are.

Invariants: every condition here has an index (``tests/storage/growth`` shows the plans); an order comes with its keys and
payments, in their own order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, select

from tuika.orders.model import Order
from tuika.shops.demo import rows, tables

_O = tables.orders.c
_ORDERS = select(tables.orders, tables.merchants.c.name.label("merchant_name")).select_from(
    tables.orders.join(tables.merchants)
)


def _those(condition: ColumnElement[bool]) -> Select[Any]:
    """In the fixture's order."""
    return _ORDERS.where(condition).order_by(_O.position)


BY_NUMBER = _those(_O.order_no == bindparam("of_number"))
BY_REFERENCE = _those(_O.reference == bindparam("of_reference"))
BY_PAYMENT = _those(
    _O.order_no.in_(
        select(tables.payments.c.order_no).where(tables.payments.c.reference == bindparam("of_reference"))
    )
)
# NULL is the least of all here, so that orders of unknown time come last
NEWEST_OF_BUYER = (
    _ORDERS.where(_O.buyer_id == bindparam("of_buyer"))
    .order_by(func.coalesce(_O.created_at, _O.paid_at).desc(), _O.position)
    .limit(bindparam("most"))
)


def _parts(table: Any) -> Select[Any]:
    wanted = table.c.order_no.in_(bindparam("of_numbers", expanding=True))
    return select(table).where(wanted).order_by(table.c.order_no, table.c.position)


_KEYS, _PAYMENTS = _parts(tables.keys), _parts(tables.payments)


def orders_of(connection: Connection, query: Select[Any], values: Mapping[str, Any]) -> list[Order]:
    """The orders that one of the queries above gives, as it orders them."""
    found = connection.execute(query, values).all()
    numbers = [row.order_no for row in found]
    keys = _by_order(connection, _KEYS, numbers)
    payments = _by_order(connection, _PAYMENTS, numbers)
    return [
        rows.read_order(
            row,
            row.merchant_name,
            keys=tuple(rows.read_key(key) for key in keys.get(row.order_no, ())),
            payments=tuple(rows.read_payment(payment) for payment in payments.get(row.order_no, ())),
        )
        for row in found
    ]


def _by_order(
    connection: Connection, query: Select[Any], numbers: Sequence[str]
) -> dict[str, list[Row[Any]]]:
    grouped: dict[str, list[Row[Any]]] = {}
    if numbers:
        for row in connection.execute(query, {"of_numbers": list(numbers)}):
            grouped.setdefault(row.order_no, []).append(row)
    return grouped
