"""A fixed instant, a small market, and both refund gateways over it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.shops.http import listening
from tests.shops.market import market_text
from tuika.clock import FixedClock
from tuika.refunds.gateway import RefundGateway
from tuika.shops.demo.fixture import Fixture, parse_fixture
from tuika.shops.demo.shop import DemoShop
from tuika.shops.faults import ScriptedFaults
from tuika.shops.memory_refunds import MemoryRefunds
from tuika.shops.platform_api.client import PlatformClient
from tuika.shops.platform_api.gateways import PlatformApiRefunds
from tuika.shops.platform_api.server import create_platform_app
from tuika.storage.database import open_engine

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


class BackwardsSeal:
    """Not a cipher: tells sealed from plain, which is all that is asked here."""

    def seal(self, text: str) -> bytes:
        return text[::-1].encode()

    def open(self, sealed: bytes) -> str:
        return sealed.decode()[::-1]


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


@pytest.fixture(params=["memory", "demo", "platform-api"])
def refunds(
    request: pytest.FixtureRequest, shop: DemoShop, clock: FixedClock, faults: ScriptedFaults
) -> Iterator[RefundGateway]:
    """Every refund adapter over the same market; those of real shops join here."""
    market = shop.load(market_text())
    if request.param == "memory":
        yield MemoryRefunds.of(market, clock=clock, faults=faults)
    elif request.param == "demo":
        yield shop.refunds
    else:  # the client against the reference server, by real HTTP
        app = create_platform_app(shop.orders, shop.refunds, secrets={"k1": "s" * 32}, wall=time.time)
        with listening(app) as url:
            client = PlatformClient(url, key_id="k1", secret="s" * 32, timeout_s=10, wall=time.time)
            yield PlatformApiRefunds(client)
