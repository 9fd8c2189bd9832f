"""A fixed instant, a small market, and both refund gateways over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tuika.clock import FixedClock
from tuika.refunds.gateway import RefundGateway
from tuika.shops.demo.fixture import Fixture, parse_fixture
from tuika.shops.demo.shop import DemoShop
from tuika.shops.faults import ScriptedFaults
from tuika.shops.memory_refunds import MemoryRefunds
from tuika.storage.database import open_engine

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
MARKET = """
buyers: [{id: b1, name: 小林}]
merchants:
  - {id: never, answers: never}
  - {id: yes, answers: {approve_after: 2h}}
  - {id: no, answers: {reject_after: 90m}}
  - {id: deal, answers: {settle_after: 1d, amount_fen: 4900}}
  - {id: swift, answers: {approve_after: 0s}}
orders:
  - {order_no: NEVER1, buyer: b1, merchant: never, amount_fen: 9800, status: paid, paid: -3h,
            product: {name: Q币 100, type: card_key}, key: {value: ABCD-1234-EFGH-5678, state: revealed}}
"""
ORDER = """
  - {{order_no: {no}, buyer: b1, merchant: {merchant}, amount_fen: 9800, status: paid, paid: -3h,
     product: {{name: Q币 100, type: card_key}}, pay_channel: {channel}, payout: {payout}}}"""
ORDERS = (
    ("YES1", "yes", "alipay", "null"),
    ("NO1", "no", "alipay", "null"),
    ("DEAL1", "deal", "alipay", "null"),
    ("SWIFT1", "swift", "alipay", "null"),
    ("BANK1", "never", "bank_card", "null"),
    ("SLOW1", "never", "alipay", "{arrives_after: 2h}"),
    ("LOST1", "never", "alipay", "never"),
    ("BANKNOW1", "never", "bank_card", "{arrives_after: 0s}"),
)


class BackwardsSeal:
    """Not a cipher: tells sealed from plain, which is all that is asked here."""

    def seal(self, text: str) -> bytes:
        return text[::-1].encode()

    def open(self, sealed: bytes) -> str:
        return sealed.decode()[::-1]


def market_text() -> str:
    rows = (ORDER.format(no=no, merchant=m, channel=c, payout=p) for no, m, c, p in ORDERS)
    return MARKET.rstrip() + "".join(rows) + "\n"


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def faults() -> ScriptedFaults:
    return ScriptedFaults()


@pytest.fixture
def parse() -> Callable[[str], Fixture]:
    return lambda text: parse_fixture(text, now=NOW)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/shop.db")
    yield engine
    engine.dispose()


@pytest.fixture
def shop(engine: Engine, clock: FixedClock, faults: ScriptedFaults) -> DemoShop:
    shop = DemoShop(engine, clock=clock, seal=BackwardsSeal(), secret=b"s" * 32, faults=faults)
    shop.prepare()
    return shop


@pytest.fixture(params=["memory", "demo"])
def refunds(
    request: pytest.FixtureRequest, shop: DemoShop, clock: FixedClock, faults: ScriptedFaults
) -> RefundGateway:
    """Every refund adapter over the same market; those of real shops join here."""
    market = shop.load(market_text())
    if request.param == "memory":
        return MemoryRefunds.of(market, clock=clock, faults=faults)
    return shop.refunds
