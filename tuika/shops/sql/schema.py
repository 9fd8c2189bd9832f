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
from tuika.shops.sql.quoted import Quoted

type BySerial = Callable[[Sequence[str]], ColumnElement[bool]]
type Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Source:
    """Where orders stand: ``orders`` selects one row an order, ``proofs`` (number, query password, contact, …)."""

    orders: Select[Any]
    number: ColumnElement[str]
    newest: ColumnElement[Any]
    proofs: Select[Any]


@dataclass(frozen=True, slots=True)
class Schema:
    """``orders`` is where orders are listed from and looked up first, ``also`` where else they may stand.

    ``count`` counts orders by the shop's own states, for the doctor; ``contacts`` what a row of proofs says of contacts
    (else each of its values); ``by_part`` finds the order that a number of one of its parts belongs to (None: none can be
    meant); ``listed`` which orders lists may hold; ``knows`` and ``cannot`` say in Chinese what can be told from this shop
    and what can not.
    """

    variant: str
    orders: Source
    read: Callable[[Connection, Sequence[Row[Any]]], list[Order]]
    count: Callable[[Connection], Counts]
    also: Source | None = None
    by_serial: BySerial | None = None
    by_part: Callable[[Sequence[str]], ColumnElement[bool] | None] | None = None
    by_buyer: Callable[[str], ColumnElement[bool] | None] | None = None
    listed: ColumnElement[bool] | None = None
    contacts: Callable[[Row[Any]], Sequence[str]] | None = None
    quoted: tuple[Quoted, ...] = ()
    knows: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        return (self.orders,) if self.also is None else (self.orders, self.also)


def require(database: ReadOnlyDatabase, table: str, wanted: Sequence[str]) -> None:
    """Raises ShopUnavailable naming the columns that are not there or not granted."""
    found = database.columns(table)
    missing = [name for name in wanted if name not in found]
    if missing:
        raise ShopUnavailable(
            f"表 {table} 里看不到列 {', '.join(missing)}：版本不符，或数据库用户没有这些列的 SELECT 权限"
        )
