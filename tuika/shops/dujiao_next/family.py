"""An order of dujiao-next with everything that hangs on it, gathered in one read a table.

Invariants: goods and fulfilments hang on the children where there are any; refunds may hang on either; what was deleted
does not exist.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Select, TableClause, select

from tuika.shops.dujiao_next.tables import fulfilments, items, orders, payments, refund_records


@dataclass(slots=True)
class Family:
    """``children``: (id, refunded_amount) of each; the rest are rows of the tables of those names."""

    row: Row[Any]
    children: list[Row[Any]] = field(default_factory=list)
    items: list[Row[Any]] = field(default_factory=list)
    fulfilments: list[Row[Any]] = field(default_factory=list)
    payments: list[Row[Any]] = field(default_factory=list)
    refunds: list[Row[Any]] = field(default_factory=list)

    @property
    def units(self) -> int:
        """How many fulfilments there are to be."""
        return len(self.children) or 1


def gather(connection: Connection, rows: Sequence[Row[Any]]) -> list[Family]:
    """The families of these orders, in their order."""
    families = {row.id: Family(row) for row in rows}
    heads = {row.id: row.id for row in rows}
    c = orders.c
    born: Select[Any] = select(c.id, c.parent_id, c.refunded_amount).where(
        c.parent_id.in_(list(families)), c.deleted_at.is_(None)
    )
    for child in connection.execute(born.order_by(c.id)):
        families[child.parent_id].children.append(child)
        heads[child.id] = child.parent_id
    for name, table in (
        ("items", items),
        ("fulfilments", fulfilments),
        ("payments", payments),
        ("refunds", refund_records),
    ):
        for owner, found in _by_order(connection, table, list(heads)).items():
            getattr(families[heads[owner]], name).extend(found)
    return list(families.values())


def _by_order(connection: Connection, table: TableClause, ids: list[int]) -> dict[int, list[Row[Any]]]:
    query: Select[Any] = select(table).where(table.c.order_id.in_(ids), table.c.deleted_at.is_(None))
    if "id" in table.c:
        query = query.order_by(table.c.id)
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.order_id].append(row)
    return found
