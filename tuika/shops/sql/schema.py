"""What an adapter has to know of one shop's tables, as a value.

Invariants: a schema names every column that it reads (there is no ``*``) and none that holds a key's secret; contact and
query password are read by ``proofs`` alone; ``read`` sees rows of ``orders`` and turns them into orders, in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select

from tuika.errors import ShopUnavailable
from tuika.orders.model import Order
from tuika.shops.sql.database import ReadOnlyDatabase

type BySerial = Callable[[Sequence[str]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Schema:
    """``orders`` selects one row an order; ``proofs`` selects (number, contact, password).

    ``state`` with ``states`` name what is counted by the doctor; ``knows`` and ``cannot`` say in Chinese what can be
    told from this shop and what can not.
    """

    variant: str
    orders: Select[Any]
    number: ColumnElement[str]
    newest: ColumnElement[Any]
    read: Callable[[Connection, Sequence[Row[Any]]], list[Order]]
    proofs: Select[Any]
    state: ColumnElement[Any]
    states: Mapping[str, str]
    by_serial: BySerial | None = None
    by_buyer: Callable[[str], ColumnElement[bool] | None] | None = None
    knows: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()


def require(database: ReadOnlyDatabase, table: str, wanted: Sequence[str]) -> None:
    """Raises ShopUnavailable naming the columns that are not there or not granted."""
    missing = [name for name in wanted if name not in database.columns(table)]
    if missing:
        raise ShopUnavailable(
            f"表 {table} 里看不到列 {', '.join(missing)}：版本不符，或数据库用户没有这些列的 SELECT 权限"
        )
