"""The demo shop in one piece, as bootstrap builds it.

Invariants: nothing is written before :meth:`DemoShop.prepare`; a document that is wrong leaves the shop
as it was.
"""

from __future__ import annotations

from sqlalchemy import Engine

from tuika.clock import Clock
from tuika.refunds.gateway import Faults, Seal
from tuika.shops.demo.fixture import parse_fixture
from tuika.shops.demo.funds import DemoFunds
from tuika.shops.demo.gateway import DemoOrders
from tuika.shops.demo.refunds import DemoRefunds
from tuika.shops.demo.store import DemoStore
from tuika.shops.demo.values import Fixture, FixtureBuyer, Platform


class DemoShop:
    """``engine`` is the shop's own file (``tuika.storage.database.open_engine``), not the hub's."""

    def __init__(
        self, engine: Engine, *, clock: Clock, seal: Seal, secret: bytes, faults: Faults | None = None
    ) -> None:
        self._clock = clock
        self._store = DemoStore(engine, seal=seal, secret=secret)
        self.orders = DemoOrders(self._store)
        self.refunds = DemoRefunds(self._store, clock=clock, faults=faults)
        self.funds = DemoFunds(self._store, faults=faults)

    def prepare(self) -> None:
        """Create the tables where they are missing."""
        self._store.create_tables()

    def parse(self, text: str) -> Fixture:
        """Offsets count from the clock's now. Raises ``FixtureError``."""
        return parse_fixture(text, now=self._clock.now())

    def load(self, text: str) -> Fixture:
        """Parse and replace everything the shop holds; the history rows are the caller's to file."""
        fixture = self.parse(text)
        self._store.replace_all(fixture)
        return fixture

    def replace(self, fixture: Fixture) -> None:
        self._store.replace_all(fixture)

    def clear(self) -> None:
        self._store.clear()

    def platform(self) -> Platform | None:
        return self._store.platform()

    def is_empty(self) -> bool:
        return self._store.platform() is None

    def buyers(self) -> list[FixtureBuyer]:
        return self._store.buyers()

    def buyer(self, buyer_id: str) -> FixtureBuyer | None:
        return next((buyer for buyer in self._store.buyers() if buyer.id == buyer_id), None)

    def key_value(self, order_no: str, position: int) -> str | None:
        """A key's secret, opened: for the shop's own order page, never for a conversation."""
        return self._store.key_value(order_no, position)
