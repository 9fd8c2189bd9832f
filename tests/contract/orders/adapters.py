"""Every order adapter over the same little market: how each is built, and what its shop does not know."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from tests.databases import database_url
from tests.shops import acg_faka, card_system, dujiao_next, dujiaoka, kamifaka, zfaka
from tests.shops.channel import FakeChannel, client_of
from tests.shops.http import listening
from tuika.clock import FixedClock
from tuika.orders.ports import OrderGateway
from tuika.shops.demo.fixture import Fixture
from tuika.shops.demo.shop import DemoShop
from tuika.shops.dujiao_next.both import ChannelThenTables
from tuika.shops.dujiao_next.channel import ChannelOrders
from tuika.shops.imported.shop import ImportedShop
from tuika.shops.memory import MemoryOrders
from tuika.shops.platform_api.client import PlatformClient
from tuika.shops.platform_api.gateways import PlatformApiOrders
from tuika.shops.platform_api.server import create_platform_app
from tuika.shops.sql.orders import SqlOrders
from tuika.storage.database import open_engine

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
MARKET = """
platform: generic
buyers: [{id: b1}, {id: b2}, {id: b3}]
merchants: [{id: m1, name: 闪充小店}]
orders:
  - {order_no: KM202611210001, buyer: b1, merchant: m1, product: {name: Q币 100, type: card_key}, contact: "13800000001",
     query_password: Ab8848, amount_fen: 9800, status: paid, paid: -3h, payments: [{trade_no: "2026112122001400000000010001", at: -3h}]}
  - {order_no: KM202611210002, buyer: b1, merchant: m1, product: {name: 点卡, type: card_key}, contact: Lin@Example.com,
     amount_fen: 500, status: delivered, paid: -2h, delivered: -2h, key: {value: ABCD-1234-EFGH-5678, state: revealed},
     payments: [{trade_no: "4200002611202611210000000002", at: -2h}, {trade_no: wx-7, amount_fen: 700, at: -1h, status: failed}]}
  - {order_no: DJ20261121080000123456-01, buyer: b1, merchant: m1, product: {name: 会员, type: membership},
     amount_fen: 1500, status: paid, paid: -1h}
  - {order_no: A_B, buyer: b2, merchant: m1, product: {name: 话费, type: direct_topup}, amount_fen: 100, status: paid, paid: -5d}
  - {order_no: AXB, buyer: b2, merchant: m1, product: {name: 话费, type: direct_topup}, amount_fen: 200, status: paid, paid: -4d}
  - {order_no: "123456789012345678", buyer: null, merchant: m1, product: {name: 卡, type: card_key}, contact: "QQ 1234567",
     query_password: "8848", amount_fen: 300, status: paid, paid: -6h}
"""


@dataclass(frozen=True, slots=True)
class Adapter:
    name: str
    build: Callable[[Fixture, Path], Iterator[OrderGateway]]
    buyer_accounts: bool = True
    payment_serials: bool = True
    several_payments: bool = True
    passwords: bool = True
    guests: bool = True  # whether guests' orders and their proofs are known
    as_buyer: bool = False  # whether the shop shows an order to its buyer alone
    account: Callable[[str], str] = str  # what the shop calls the market's buyer b1
    lacks: str = ""


class BackwardsSeal:
    """Not a cipher: tells sealed from plain, which is all that is asked here."""

    def seal(self, text: str) -> bytes:
        return text[::-1].encode()

    def open(self, sealed: bytes) -> str:
        return sealed.decode()[::-1]


def _memory(market: Fixture, folder: Path) -> Iterator[OrderGateway]:
    yield MemoryOrders.of(market)


def _demo(market: Fixture, folder: Path) -> Iterator[OrderGateway]:
    yield from _demo_on("sqlite", market, folder)


def _demo_postgresql(market: Fixture, folder: Path) -> Iterator[OrderGateway]:
    yield from _demo_on("postgresql", market, folder)


def _demo_on(kind: str, market: Fixture, folder: Path) -> Iterator[OrderGateway]:
    with database_url(kind, folder) as url:
        engine: Engine = open_engine(url)
        yield _filled(engine, market)
        engine.dispose()


def _filled(engine: Engine, market: Fixture) -> OrderGateway:
    shop = DemoShop(engine, clock=FixedClock(NOW), seal=BackwardsSeal(), secret=b"s" * 32)
    shop.prepare()
    shop.replace(market)
    return shop.orders


def _closed(orders: SqlOrders) -> Iterator[OrderGateway]:
    yield orders
    orders.close()


def _dujiaoka(market: Fixture, folder: Path) -> Iterator[OrderGateway]:
    with dujiaoka.classic() as shop:
        dujiaoka.fill_classic(shop, market)
        yield from _closed(dujiaoka.orders_of(shop))


def _dujiaoka_community(market: Fixture, folder: Path) -> Iterator[OrderGateway]:
    with dujiaoka.community() as shop:
        dujiaoka.fill_community(shop, market)
        yield from _closed(dujiaoka.orders_of(shop))


def _acg_faka(market: Fixture, folder: Path) -> Iterator[OrderGateway]:
    with acg_faka.acg_faka() as shop:
        acg_faka.fill_acg(shop, market)
        yield from _closed(acg_faka.orders_of(shop))


def _platform_api(market: Fixture, folder: Path) -> Iterator[OrderGateway]:
    """The client against the reference server, by real HTTP."""
    engine = open_engine(f"sqlite:///{folder / 'platform.db'}")
    shop = DemoShop(engine, clock=FixedClock(NOW), seal=BackwardsSeal(), secret=b"s" * 32)
    shop.prepare()
    shop.replace(market)
    app = create_platform_app(shop.orders, shop.refunds, secrets={"k1": "s" * 32}, wall=time.time)
    with listening(app) as url:
        client = PlatformClient(url, key_id="k1", secret="s" * 32, timeout_s=10, wall=time.time)
        yield PlatformApiOrders(client, "generic")
    engine.dispose()


def _imported(market: Fixture, folder: Path) -> Iterator[OrderGateway]:
    engine = open_engine(f"sqlite:///{folder / 'imported.db'}")
    shop = ImportedShop(engine, seal=BackwardsSeal(), secret=b"s" * 32)
    shop.prepare()
    assert shop.take(market.orders) == (len(market.orders), 0)
    assert shop.take(market.orders) == (0, len(market.orders))
    yield shop.orders
    engine.dispose()


def _kamifaka_on(kind: str) -> Callable[[Fixture, Path], Iterator[OrderGateway]]:
    def build(market: Fixture, folder: Path) -> Iterator[OrderGateway]:
        with kamifaka.kamifaka(kind, folder) as shop:
            kamifaka.fill_kami(shop, market)
            yield from _closed(kamifaka.orders_of(shop))

    return build


def _zfaka(market: Fixture, folder: Path) -> Iterator[OrderGateway]:
    with zfaka.zfaka() as shop:
        zfaka.fill_zfaka(shop, market)
        yield from _closed(zfaka.orders_of(shop))


def _card_system(market: Fixture, folder: Path) -> Iterator[OrderGateway]:
    with card_system.card_system() as shop:
        card_system.fill_cards(shop, market)
        yield from _closed(card_system.orders_of(shop))


def _dujiao_next_on(kind: str) -> Callable[[Fixture, Path], Iterator[OrderGateway]]:
    def build(market: Fixture, folder: Path) -> Iterator[OrderGateway]:
        with dujiao_next.dujiao_next(kind, folder) as shop:
            dujiao_next.fill_next(shop, market)
            yield from _closed(dujiao_next.tables_of(shop))

    return build


def _channel(market: Fixture, folder: Path) -> Iterator[OrderGateway]:
    """The client against a fake that checks signatures, by real HTTP; it must never make an account."""
    fake = FakeChannel.of(market, now=time.time)
    with listening(fake.app()) as url:
        yield ChannelOrders(client_of(url), dujiao_next.SELLER)
    assert fake.made_accounts == []


def _channel_and_tables(market: Fixture, folder: Path) -> Iterator[OrderGateway]:
    fake = FakeChannel.of(market, now=time.time)
    with listening(fake.app()) as url, dujiao_next.dujiao_next("postgresql", folder) as shop:
        dujiao_next.fill_next(shop, market)
        channel, tables = ChannelOrders(client_of(url), dujiao_next.SELLER), dujiao_next.tables_of(shop)
        yield ChannelThenTables(channel, tables)
        tables.close()
    assert fake.made_accounts == []


def _telegram(buyer: str) -> str:
    """The market's b1 has the Telegram number 1."""
    return f"tg:{buyer[1:]}" if buyer in ("b1", "b2", "b3") else buyer


def _digits(buyer: str) -> str:
    """These shops number their buyers; the market's b1 is their 1."""
    return buyer[1:] if buyer in ("b1", "b2", "b3") else buyer


ADAPTERS = (
    Adapter("memory", _memory),
    Adapter("demo", _demo),
    Adapter("demo-postgresql", _demo_postgresql),
    Adapter("platform-api", _platform_api),
    Adapter("imported", _imported),
    Adapter(
        "dujiaoka-classic",
        _dujiaoka,
        buyer_accounts=False,
        several_payments=False,
        lacks="独角数卡 2.0.x has no buyers, and one payment number an order",
    ),
    Adapter(
        "dujiaoka-community",
        _dujiaoka_community,
        several_payments=False,
        lacks="one payment number an order",
        account=_digits,
    ),
    Adapter(
        "acg-faka",
        _acg_faka,
        payment_serials=False,
        several_payments=False,
        lacks="异次元发卡 keeps no payment numbers",
        account=_digits,
    ),
)


_NO_ACCOUNTS = "no buyers there, no payment numbers and no query password"
ADAPTERS += tuple(
    Adapter(
        f"kamifaka-{kind}",
        _kamifaka_on(kind),
        buyer_accounts=False,
        payment_serials=False,
        several_payments=False,
        passwords=False,
        lacks=f"kamiFaka: {_NO_ACCOUNTS}",
    )
    for kind in ("sqlite", "mysql", "postgresql")
)
ADAPTERS += (
    Adapter("zfaka", _zfaka, several_payments=False, account=_digits, lacks="one payment number an order"),
    Adapter(
        "card-system",
        _card_system,
        buyer_accounts=False,
        several_payments=False,
        lacks="card-system has no buyers, and one payment number an order",
    ),
    *(
        Adapter(f"dujiao-next-{kind}", _dujiao_next_on(kind), account=_digits)
        for kind in ("sqlite", "postgresql")
    ),
    Adapter(
        "dujiao-next-channel",
        _channel,
        payment_serials=False,
        several_payments=False,
        guests=False,
        as_buyer=True,
        account=_telegram,
        lacks="the channel API tells no payment numbers and nothing of guests",
    ),
    Adapter("dujiao-next-both", _channel_and_tables, as_buyer=True, account=_telegram),
)
