"""The shop of each platform: where its orders are read from, and the port its refunds go through."""

from __future__ import annotations

from functools import cached_property

from tuika.bootstrap.foundation import Foundation
from tuika.bootstrap.shop_kinds import ShopDoors, open_shop
from tuika.observing.shops import MeasuredFunds, MeasuredRefunds, measured_orders
from tuika.orders.ports import OrderGateways
from tuika.refunds.gateway import FundsGateway, RefundGateways
from tuika.safety.vault import ShopSeal
from tuika.shops.demo.shop import DemoShop
from tuika.shops.imported.shop import ImportedShop
from tuika.shops.router import ByPlatform
from tuika.storage.database import open_engine


class ShopServices(Foundation):
    """Adapters as ``platforms.<name>.shop`` names them."""

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

    def imported_shop(self, platform: str) -> ImportedShop:
        """Where the orders of a platform that only has files are kept."""
        shop = ImportedShop(
            open_engine(f"sqlite:///{self.settings.data / f'shop-{platform}.db'}"),
            seal=ShopSeal(self.settings.shop_key),
            secret=self.settings.shop_key.encode(),
        )
        shop.prepare()
        return shop

    @cached_property
    def shop_doors(self) -> dict[str, ShopDoors]:
        """Everything about a platform's shop, by the platform's name. Connects to none of them."""
        return {name: open_shop(self, name) for name in self.settings.platforms}

    @cached_property
    def shops(self) -> OrderGateways:
        return ByPlatform(
            {
                name: measured_orders(doors.orders, self.stages, name)
                for name, doors in self.shop_doors.items()
            }
        )

    @cached_property
    def refund_shops(self) -> RefundGateways:
        return ByPlatform(
            {
                name: MeasuredRefunds(doors.refunds, self.stages, name)
                for name, doors in self.shop_doors.items()
            }
        )

    @cached_property
    def fund_shops(self) -> dict[str, FundsGateway]:
        """Shops that can keep a merchant's money while a case is open."""
        return {
            name: MeasuredFunds(doors.funds, self.stages, name)
            for name, doors in self.shop_doors.items()
            if doors.funds is not None
        }

    @cached_property
    def manual_payout(self) -> frozenset[str]:
        """Platforms whose shop cannot pay back: a person does."""
        return frozenset(name for name, doors in self.shop_doors.items() if not doors.pays)
