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
    CardSystemSettings,
    CsvShopSettings,
    DemoShopSettings,
    DujiaokaSettings,
    DujiaoNextSettings,
    KamiFakaSettings,
    PlatformApiSettings,
    ZfakaSettings,
)
from tuika.shops.acg_faka.schema import acg_schema
from tuika.shops.card_system.schema import card_schema
from tuika.shops.dujiao_next.both import ChannelThenTables
from tuika.shops.dujiao_next.channel import ChannelOrders
from tuika.shops.dujiao_next.channel_client import ChannelClient
from tuika.shops.dujiao_next.schema import next_schema
from tuika.shops.dujiaoka.detect import detect_dujiaoka
from tuika.shops.kamifaka.schema import kami_schema
from tuika.shops.ledger_refunds import LedgerRefunds
from tuika.shops.platform_api.client import PlatformClient
from tuika.shops.platform_api.gateways import PlatformApiFunds, PlatformApiOrders, PlatformApiRefunds
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.orders import SqlOrders
from tuika.shops.sql.schema import Schema
from tuika.shops.sql.seller import Seller
from tuika.shops.zfaka.schema import zfaka_schema

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
    return ShopDoors(
        "platform_api",
        PlatformApiOrders(client, name),
        PlatformApiRefunds(client),
        pays=True,
        funds=PlatformApiFunds(client),
    )


def _csv(services: Any, name: str, platform: PlatformSettings) -> ShopDoors:
    return ShopDoors("csv", services.imported_shop(name).orders, LedgerRefunds(), pays=False)


def _read_only(detect: Detect) -> Opener:
    """A shop read by SQL: its refunds live in our ledger and people pay them."""

    def opened(_services: Any, name: str, platform: PlatformSettings) -> ShopDoors:
        shop: Any = platform.shop
        seller = _seller(name, platform, zone=shop.timezone)
        orders = SqlOrders(ReadOnlyDatabase(shop.database), lambda database: detect(database, seller, shop))
        return ShopDoors(shop.kind, orders, LedgerRefunds(), pays=False)

    return opened


def _seller(name: str, platform: PlatformSettings, *, zone: str = "Asia/Shanghai") -> Seller:
    shop: Any = platform.shop
    return Seller(
        platform=name,
        merchant=shop.merchant or platform.name,
        zone=ZoneInfo(zone),
        goods=shop.goods,
        manual=shop.manual_goods,
    )


def _dujiao_next(_services: Any, name: str, platform: PlatformSettings) -> ShopDoors:
    """Its refunds are made by people too: the channel API has no door for them."""
    shop, seller = platform.shop, _seller(name, platform)
    assert isinstance(shop, DujiaoNextSettings)
    tables = None
    if shop.database:
        tables = SqlOrders(ReadOnlyDatabase(shop.database), lambda database: next_schema(database, seller))
    if not shop.url:
        assert tables is not None
        return ShopDoors("dujiao_next", tables, LedgerRefunds(), pays=False)
    client = ChannelClient(
        shop.url, key=shop.channel_key, secret=shop.channel_secret, timeout_s=shop.timeout_s, wall=time.time
    )
    channel = ChannelOrders(client, seller)
    orders = channel if tables is None else ChannelThenTables(channel, tables)
    return ShopDoors("dujiao_next", orders, LedgerRefunds(), pays=False)


def _dujiaoka(database: ReadOnlyDatabase, seller: Seller, shop: DujiaokaSettings) -> Schema:
    return detect_dujiaoka(database, seller, expires=timedelta(minutes=shop.order_expire_minutes))


def _acg_faka(database: ReadOnlyDatabase, seller: Seller, shop: AcgFakaSettings) -> Schema:
    return acg_schema(database, seller, prefix=shop.prefix, stock_out_view=shop.stock_out_view)


def _kamifaka(database: ReadOnlyDatabase, seller: Seller, shop: KamiFakaSettings) -> Schema:
    return kami_schema(database, seller, no_key_view=shop.no_key_view)


def _zfaka(database: ReadOnlyDatabase, seller: Seller, _shop: ZfakaSettings) -> Schema:
    return zfaka_schema(database, seller)


def _card_system(database: ReadOnlyDatabase, seller: Seller, _shop: CardSystemSettings) -> Schema:
    return card_schema(database, seller)


_OPENERS: dict[type, Opener] = {
    DemoShopSettings: _demo,
    PlatformApiSettings: _platform_api,
    DujiaokaSettings: _read_only(_dujiaoka),
    DujiaoNextSettings: _dujiao_next,
    AcgFakaSettings: _read_only(_acg_faka),
    KamiFakaSettings: _read_only(_kamifaka),
    ZfakaSettings: _read_only(_zfaka),
    CardSystemSettings: _read_only(_card_system),
    CsvShopSettings: _csv,
}
