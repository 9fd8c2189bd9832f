"""Which adapter a shop's settings mean.

Invariant: nothing is connected here; a database or a platform is reached with the first question.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tuika.orders.ports import OrderGateway
from tuika.refunds.gateway import FundsGateway, RefundGateway
from tuika.settings import PlatformSettings
from tuika.settings.shops import (
    AcgFakaSettings,
    CsvShopSettings,
    DemoShopSettings,
    DujiaokaSettings,
    PlatformApiSettings,
)
from tuika.shops.acg_faka.schema import acg_schema
from tuika.shops.dujiaoka.detect import detect_dujiaoka
from tuika.shops.ledger_refunds import LedgerRefunds
from tuika.shops.platform_api.client import PlatformClient
from tuika.shops.platform_api.gateways import PlatformApiOrders, PlatformApiRefunds
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.orders import SqlOrders
from tuika.shops.sql.schema import Schema
from tuika.shops.sql.seller import Seller

type Detect = Callable[[ReadOnlyDatabase, Seller, Any], Schema]
type Opener = Callable[[Any, str, PlatformSettings], ShopDoors]


@dataclass(frozen=True, slots=True)
class ShopDoors:
    """A platform's shop.

    ``pays``: whether it moves money itself when it is told to; ``funds``: where it keeps merchants' money for disputed orders.
    """

    kind: str
    orders: OrderGateway
    refunds: RefundGateway
    pays: bool
    funds: FundsGateway | None = None


def open_shop(services: Any, name: str) -> ShopDoors:
    """The doors of platform ``name``. Connects to nothing."""
    platform: PlatformSettings = services.settings.platforms[name]
    return _OPENERS[type(platform.shop)](services, name, platform)


def _demo(services: Any, name: str, platform: PlatformSettings) -> ShopDoors:
    shop = services.demo_shop
    return ShopDoors("demo", shop.orders, shop.refunds, pays=True, funds=shop.funds)


def _platform_api(services: Any, name: str, platform: PlatformSettings) -> ShopDoors:
    shop: Any = platform.shop
    client = PlatformClient(
        shop.url, key_id=shop.key_id, secret=shop.secret, timeout_s=shop.timeout_s, wall=time.time
    )
    return ShopDoors("platform_api", PlatformApiOrders(client, name), PlatformApiRefunds(client), pays=True)


def _csv(services: Any, name: str, platform: PlatformSettings) -> ShopDoors:
    return ShopDoors("csv", services.imported_shop(name).orders, LedgerRefunds(), pays=False)


def _read_only(detect: Detect) -> Opener:
    """A shop read by SQL: its refunds live in our ledger and people pay them."""

    def opened(_services: Any, name: str, platform: PlatformSettings) -> ShopDoors:
        shop: Any = platform.shop
        seller = Seller(
            platform=name,
            merchant=shop.merchant or platform.name,
            zone=ZoneInfo(shop.timezone),
            goods=shop.goods,
            manual=shop.manual_goods,
        )
        orders = SqlOrders(ReadOnlyDatabase(shop.database), lambda database: detect(database, seller, shop))
        return ShopDoors(shop.kind, orders, LedgerRefunds(), pays=False)

    return opened


def _dujiaoka(database: ReadOnlyDatabase, seller: Seller, shop: DujiaokaSettings) -> Schema:
    return detect_dujiaoka(database, seller, expires=timedelta(minutes=shop.order_expire_minutes))


def _acg_faka(database: ReadOnlyDatabase, seller: Seller, shop: AcgFakaSettings) -> Schema:
    return acg_schema(database, seller, prefix=shop.prefix, stock_out_view=shop.stock_out_view)


_OPENERS: dict[type, Opener] = {
    DemoShopSettings: _demo,
    PlatformApiSettings: _platform_api,
    DujiaokaSettings: _read_only(_dujiaoka),
    AcgFakaSettings: _read_only(_acg_faka),
    CsvShopSettings: _csv,
}
