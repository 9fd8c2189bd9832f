"""An order of dujiao-next with everything that hangs on it, gathered in four statements, whatever their number.

Invariants: goods and fulfilments hang on the children where there are any; refunds may hang on either; what was deleted
does not exist; an order has one fulfilment at most (``fulfillments.order_id`` is unique), so it comes with the order's row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, TableClause, and_, bindparam, or_, select

from tuika.shops.dujiao_next.tables import fulfilments, items, orders, payments, refund_records

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_KIN: Select[Any] = (
    select(
        orders.c.id,
        orders.c.parent_id,
        orders.c.refunded_amount,
        fulfilments.c.status.label("handed"),
        fulfilments.c.delivered_at,
    )
    .select_from(
        orders.outerjoin(
            fulfilments, and_(fulfilments.c.order_id == orders.c.id, fulfilments.c.deleted_at.is_(None))
        )
    )
    .where(or_(orders.c.id.in_(_IDS), orders.c.parent_id.in_(_IDS)), orders.c.deleted_at.is_(None))
    .order_by(orders.c.id)
)


@dataclass(slots=True)
class Family:
    """``kin``: the order itself and its children (id, parent_id, refunded_amount, handed, delivered_at)."""

    row: Row[Any]
    kin: list[Row[Any]] = field(default_factory=list)
    items: list[Row[Any]] = field(default_factory=list)
    payments: list[Row[Any]] = field(default_factory=list)
    refunds: list[Row[Any]] = field(default_factory=list)

    @property
    def children(self) -> list[Row[Any]]:
        return [each for each in self.kin if each.id != self.row.id]

    @property
    def units(self) -> int:
        """How many fulfilments there are to be."""
        return len(self.children) or 1

    @property
    def handed_over(self) -> list[Row[Any]]:
        """The parts that were handed over, with the time."""
        return [each for each in self.kin if each.handed == "delivered"]


def _hanging(table: TableClause) -> Select[Any]:
    c = table.c
    return select(table).where(c.order_id.in_(_IDS), c.deleted_at.is_(None)).order_by(c.id)


_ITEMS, _PAYMENTS, _REFUNDS = _hanging(items), _hanging(payments), _hanging(refund_records)


def gather(connection: Connection, rows: Sequence[Row[Any]]) -> list[Family]:
    """The families of these orders, in their order."""
    families = {row.id: Family(row) for row in rows}
    of: dict[Any, Family] = dict(families)
    for one in connection.execute(_KIN, {"ids": list(families)}):
        of[one.id] = families.get(one.parent_id) or families[one.id]
        of[one.id].kin.append(one)
    ids = {"ids": list(of)}
    for row in connection.execute(_ITEMS, ids):
        of[row.order_id].items.append(row)
    for row in connection.execute(_PAYMENTS, ids):
        of[row.order_id].payments.append(row)
    for row in connection.execute(_REFUNDS, ids):
        of[row.order_id].refunds.append(row)
    return list(families.values())
