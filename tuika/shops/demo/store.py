"""The demo shop's file: filled as a whole, read in parts.

Invariants: :meth:`DemoStore.replace_all` and :meth:`DemoStore.clear` are one transaction each, so a reader
sees the old shop or the new one; filings and payouts belong to a shop's orders and go with them. Secrets
are sealed or digested before they reach a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, insert, select
from sqlalchemy.schema import CreateIndex

from tuika.orders.model import Order
from tuika.refunds.gateway import Seal
from tuika.shops.demo import rows, tables
from tuika.shops.demo.queries import orders_of
from tuika.shops.demo.values import Fixture, FixtureBuyer, FixtureOrder, Platform
from tuika.shops.proofs import ProofDigests
from tuika.storage.database import Database


class DemoStore:
    def __init__(self, engine: Engine, *, seal: Seal, secret: bytes) -> None:
        """``secret`` keys the digests of contacts and query passwords (16 bytes or more)."""
        self.database = Database(engine)
        self.digests = ProofDigests(secret)
        self._seal = seal

    def create_tables(self) -> None:
        """Does nothing where they are there; an index that a shop of an older release lacks is made.

        Processes that start together wait for each other.
        """
        with self.database.write() as connection:
            tables.metadata.create_all(connection)
            for table in tables.metadata.sorted_tables:
                for index in table.indexes:
                    connection.execute(CreateIndex(index, if_not_exists=True))

    def replace_all(self, fixture: Fixture) -> None:
        """The shop holds this fixture and nothing else."""
        with self.database.write() as connection:
            _empty(connection)
            connection.execute(insert(tables.shop), {"id": 1, "platform": fixture.platform.value})
            self._write(connection, fixture)

    def merge(self, fixture: Fixture) -> tuple[int, int]:
        """Orders are added, or replaced where their number is known: (new, replaced). One transaction."""
        numbers = [row.order.order_no for row in fixture.orders]
        with self.database.write() as connection:
            known = {number for part in _parts(numbers) for number in _known(connection, part)}
            for part in _parts(sorted(known)):
                for table in (tables.keys, tables.payments, tables.orders):
                    connection.execute(delete(table).where(table.c.order_no.in_(part)))
            people = (tables.buyers, fixture.buyers), (tables.merchants, fixture.merchants)
            there = {table.name: set(connection.scalars(select(table.c.id))) for table, _ in people}
            fresh = replace(
                fixture,
                buyers=tuple(each for each in fixture.buyers if each.id not in there["buyers"]),
                merchants=tuple(each for each in fixture.merchants if each.id not in there["merchants"]),
            )
            self._write(connection, fresh)
        return len(numbers) - len(known), len(known)

    def clear(self) -> None:
        with self.database.write() as connection:
            _empty(connection)

    def platform(self) -> Platform | None:
        """The pack of the loaded fixture; None: nothing loaded."""
        with self.database.read() as connection:
            found = connection.scalar(select(tables.shop.c.platform))
        return Platform(found) if found else None

    def buyers(self) -> list[FixtureBuyer]:
        """In the fixture's order; without their phones, which are not kept."""
        table = tables.buyers
        with self.database.read() as connection:
            found = connection.execute(select(table).order_by(table.c.position)).all()
        return [FixtureBuyer(row.id, row.name) for row in found]

    def key_value(self, order_no: str, position: int) -> str | None:
        """The secret of a key, opened: for the shop's own hand-over, never for a conversation."""
        table = tables.keys
        wanted = select(table.c.sealed).where(table.c.order_no == order_no, table.c.position == position)
        with self.database.read() as connection:
            sealed = connection.scalar(wanted)
        return None if sealed is None else self._seal.open(sealed)

    def read_orders(self, query: Select[Any], **values: Any) -> list[Order]:
        """The orders of one of the queries of ``queries``."""
        with self.database.read() as connection:
            return orders_of(connection, query, values)

    def _write(self, connection: Connection, fixture: Fixture) -> None:
        buyers = [{"id": b.id, "position": i, "name": b.name} for i, b in enumerate(fixture.buyers)]
        merchants = [
            {"id": m.id, "name": m.name, **rows.answer_columns(m.answers)} for m in fixture.merchants
        ]
        orders = [self._order(position, row) for position, row in enumerate(fixture.orders)]
        keys = [columns for row in fixture.orders for columns in self._keys(row)]
        payments = [
            rows.payment_columns(row.order.order_no, place, payment)
            for row in fixture.orders
            for place, payment in enumerate(row.order.payments, start=1)
        ]
        for table, batch in (
            (tables.buyers, buyers),
            (tables.merchants, merchants),
            (tables.orders, orders),
            (tables.keys, keys),
            (tables.payments, payments),
        ):
            if batch:
                connection.execute(insert(table), batch)

    def _order(self, position: int, row: FixtureOrder) -> rows.Columns:
        order_no = row.order.order_no
        return {
            **rows.order_columns(row.order),
            **rows.payout_columns(row.payout),
            "position": position,
            "contact_digest": self.digests.contact(order_no, row.contact or ""),
            "password_digest": self.digests.password(order_no, row.query_password or ""),
        }

    def _keys(self, row: FixtureOrder) -> list[rows.Columns]:
        return [
            rows.key_columns(row.order.order_no, key, None if value is None else self._seal.seal(value))
            for key, value in zip(row.order.keys, row.key_values, strict=True)
        ]


def _parts(numbers: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    """Lists short enough for one statement."""
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]


def _known(connection: Connection, numbers: Sequence[str]) -> list[str]:
    wanted = select(tables.orders.c.order_no).where(tables.orders.c.order_no.in_(numbers))
    return list(connection.scalars(wanted))


def _empty(connection: Connection) -> None:
    for table in reversed(tables.metadata.sorted_tables):
        connection.execute(delete(table))
