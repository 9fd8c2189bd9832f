"""The shop that orders are read from, and the port refunds go through."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from tuika.bootstrap.foundation import Foundation
from tuika.orders.service import OrderService
from tuika.safety.vault import ShopSeal
from tuika.shops.demo.shop import DemoShop
from tuika.storage.database import open_engine


class ShopServices(Foundation):
    """Today every platform's orders come from the demo shop."""

    @cached_property
    def demo_shop(self) -> DemoShop:
        shop = DemoShop(
            open_engine(f"sqlite:///{self.settings.data / 'demo-shop.db'}"),
            clock=self.clock,
            seal=ShopSeal(self.settings.shop_key),
            secret=self.settings.shop_key.encode(),
        )
        shop.prepare()
        return shop

    @property
    def gateway(self) -> Any:
        return self.demo_shop.orders

    @cached_property
    def orders(self) -> OrderService:
        return OrderService(self.gateway, clock=self.clock)
