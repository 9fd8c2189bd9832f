"""The product as the crash suite runs it: all its own, but a shop that breaks and short leases.

Invariants: what is replaced is only how fast a dead process is noticed (lease, rounds) and how the neighbours behave
(the shop's faults, repeated calls); in runs without Rasa a clerk stands in for it, who files through the same turn.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Engine

from tests.crash.clerk import Clerk
from tuika.bootstrap import Services
from tuika.errors import ShopUnavailable
from tuika.refunds.gateway import Faults, FilingReceipt, FilingRequest, PayoutReceipt, PayoutRequest
from tuika.refunds.runner import DueRunner
from tuika.safety.vault import ShopSeal
from tuika.settings import Settings
from tuika.shops.demo.shop import DemoShop
from tuika.shops.faults import NoFaults
from tuika.shops.seeded_faults import SeededFaults
from tuika.storage.database import open_engine

LEASE = timedelta(seconds=1)


class Repeating:
    """A network that delivers every call twice; what the second one says is what the caller hears.

    After the first delivery nobody may say "surely no effect" any more: an error of the second is a time-out.
    """

    def __init__(self, shop: Any) -> None:
        self._shop = shop

    def file(self, request: FilingRequest, *, key: str) -> FilingReceipt:
        return self._again(self._shop.file(request, key=key), lambda: self._shop.file(request, key=key))

    def pay(self, request: PayoutRequest, *, key: str) -> PayoutReceipt:
        return self._again(self._shop.pay(request, key=key), lambda: self._shop.pay(request, key=key))

    def _again[T](self, first: T, call: Callable[[], T]) -> T:
        try:
            second = call()
        except ShopUnavailable as error:
            raise TimeoutError(str(error)) from error
        assert type(second) is type(first)
        return second

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shop, name)


class Weather:
    """The shop's faults, decided after the shop is made: one that a nursery made is every child's own."""

    def __init__(self) -> None:
        self.faults: Faults = NoFaults()

    def before(self, call: str, key: str) -> None:
        self.faults.before(call, key)

    def after(self, call: str, key: str) -> None:
        self.faults.after(call, key)


class CrashServices(Services):
    """``seed`` None: a shop without faults, for the one who looks on."""

    def __init__(self, settings: Settings, seed: int | None, *, rasa: bool = False) -> None:
        super().__init__(settings)
        self._weather = Weather()
        self.breaks(seed, rasa=rasa)

    def breaks(self, seed: int | None, *, rasa: bool) -> None:
        """Decides how the neighbours behave."""
        self._weather.faults = NoFaults() if seed is None else SeededFaults(seed)
        self._rasa = rasa

    def let_go(self) -> None:
        """Closes what is open to a database, which a fork must not share; it is opened again when used."""
        self.database.engine.dispose()
        self._shop_engine.dispose()

    @cached_property
    def _shop_engine(self) -> Engine:
        return open_engine(f"sqlite:///{self.settings.data / 'demo-shop.db'}")

    @cached_property
    def demo_shop(self) -> DemoShop:
        shop = DemoShop(
            self._shop_engine,
            clock=self.clock,
            seal=ShopSeal(self.settings.shop_key),
            secret=self.settings.shop_key.encode(),
            faults=self._weather,
        )
        shop.prepare()
        return shop

    @cached_property
    def due_runner(self) -> DueRunner:
        shops = {name: Repeating(self.demo_shop.refunds) for name in self.settings.platforms}
        return self.runner(shops, lease=LEASE)

    @cached_property
    def engine(self) -> Any:
        return super().engine if self._rasa else Clerk(self)
