"""Orders brought from files, kept in a file of their own.

Invariants: contacts and query passwords are kept as keyed digests only; an order that comes again replaces itself
whole; an import takes effect as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, delete, func, select

from tuika.refunds.gateway import Seal
from tuika.shops.demo import tables
from tuika.shops.demo.gateway import DemoOrders
from tuika.shops.demo.store import DemoStore
from tuika.shops.demo.values import Fixture, FixtureBuyer, FixtureMerchant, FixtureOrder, Platform
from tuika.shops.plans import NEVER_ANSWERS
from tuika.storage.database import Database


class ImportedShop:
    """``engine`` is the platform's own file (``tuika.storage.database.open_engine``)."""

    def __init__(self, engine: Engine, *, seal: Seal, secret: bytes) -> None:
        self._database = Database(engine)
        self._store = DemoStore(engine, seal=seal, secret=secret)
        self.orders = DemoOrders(self._store)

    def prepare(self) -> None:
        """Create the tables where they are missing."""
        self._store.create_tables()

    def take(self, rows: Sequence[FixtureOrder]) -> tuple[int, int]:
        """Add or replace these orders in one transaction; how many were new, how many replaced."""
        return self._store.merge(_as_fixture(rows))

    def count(self) -> int:
        with self._database.read() as connection:
            return int(connection.scalar(select(func.count()).select_from(tables.orders)) or 0)

    def clear(self) -> None:
        with self._database.write() as connection:
            for table in reversed(tables.metadata.sorted_tables):
                connection.execute(delete(table))


def _as_fixture(rows: Sequence[FixtureOrder]) -> Fixture:
    buyers = {row.order.buyer_id for row in rows if row.order.buyer_id is not None}
    merchants = {row.order.merchant.id: row.order.merchant.name for row in rows}
    return Fixture(
        Platform.GENERIC,
        tuple(FixtureBuyer(buyer, buyer, None) for buyer in sorted(buyers)),
        tuple(FixtureMerchant(each, name, NEVER_ANSWERS) for each, name in sorted(merchants.items())),
        tuple(rows),
        (),
    )
