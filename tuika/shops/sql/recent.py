"""Looking a number up in a column that the shop has not indexed, without weighing on the shop.

Invariant: where the operator has indexed the column, all orders are searched; else the newest ``SEARCHED_BACK`` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, TableClause, case, func, select

from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.schema import BySerial

SEARCHED_BACK = 200_000


def among_newest(orders: TableClause, number: ColumnElement[Any], database: ReadOnlyDatabase) -> BySerial:
    """``number`` is a column of ``orders``, whose ``id`` grows with every order."""
    indexed = getattr(number, "name", "") in database.indexed(orders.name)

    def condition(names: Sequence[str]) -> ColumnElement[bool]:
        if indexed:
            return number.in_(names)
        newest = orders.alias("newest")
        last = select(func.max(newest.c.id)).scalar_subquery()
        # ids are unsigned: the difference must not fall below nothing
        floor = case((last > SEARCHED_BACK, last - SEARCHED_BACK), else_=0)
        recent: ColumnElement[bool] = orders.c.id > floor
        return recent & number.in_(names)

    return condition
