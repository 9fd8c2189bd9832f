"""Which adapter a shop's settings mean.

Invariant: nothing is connected here; a database or a platform is reached with the first question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tuika.orders.ports import OrderGateway
from tuika.refunds.gateway import RefundGateway
from tuika.settings import PlatformSettings
from tuika.settings_shops import CsvShopSettings, DemoShopSettings
from tuika.shops.ledger_refunds import LedgerRefunds


@dataclass(frozen=True, slots=True)
class ShopDoors:
    """A platform's shop. ``pays``: whether it moves money itself when it is told to."""

    kind: str
    orders: OrderGateway
    refunds: RefundGateway
    pays: bool


def open_shop(services: Any, name: str) -> ShopDoors:
    """The doors of platform ``name``. Connects to nothing."""
    platform: PlatformSettings = services.settings.platforms[name]
    return _OPENERS[type(platform.shop)](services, name, platform)


def _demo(services: Any, name: str, platform: PlatformSettings) -> ShopDoors:
    shop = services.demo_shop
    return ShopDoors("demo", shop.orders, shop.refunds, pays=True)


def _csv(services: Any, name: str, platform: PlatformSettings) -> ShopDoors:
    return ShopDoors("csv", services.imported_shop(name).orders, LedgerRefunds(), pays=False)


_OPENERS: dict[type, Callable[[Any, str, PlatformSettings], ShopDoors]] = {
    DemoShopSettings: _demo,
    CsvShopSettings: _csv,
}
