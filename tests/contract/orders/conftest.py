"""Every order adapter is built over the same little market and passes the same suite.

To add one: write a ``build(market, folder)`` in ``adapters`` that fills its shop with ``market.orders`` and append an
``Adapter`` there. A shop that keeps no buyer accounts or payment serials says so there: nothing is skipped for it, the same
questions must then be answered with nothing, never with somebody else's order or an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tuika.orders.model import Order
from tuika.orders.ports import OrderGateway
from tuika.orders.references import normalise_reference
from tuika.shops.demo.fixture import Fixture, parse_fixture

from .adapters import ADAPTERS, MARKET, NOW, Adapter


@pytest.fixture(scope="module")
def market() -> Fixture:
    return parse_fixture(MARKET, now=NOW)


@pytest.fixture(scope="module", params=ADAPTERS, ids=lambda adapter: adapter.name)
def adapter(request: pytest.FixtureRequest) -> Adapter:
    chosen: Adapter = request.param
    return chosen


@pytest.fixture(scope="module")
def gateway(
    adapter: Adapter, market: Fixture, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OrderGateway]:
    """One shop for all questions: nothing here can change it."""
    yield from adapter.build(market, tmp_path_factory.mktemp("shop"))


@pytest.fixture
def ask(adapter: Adapter, gateway: OrderGateway, market: Fixture) -> Callable[[str], Order | None]:
    """Asks for a reference; where the shop needs to know who asks, it is the order's own buyer."""
    owners: dict[str, str | None] = {}
    for row in market.orders:
        names = (row.order.order_no, *(payment.trade_no for payment in row.order.payments))
        owners |= dict.fromkeys(map(normalise_reference, names), row.order.buyer_id)

    def asked(reference: str) -> Order | None:
        owner = owners.get(normalise_reference(reference), "b1")
        buyer = adapter.account(owner) if adapter.as_buyer and owner else None
        return gateway.find(reference, buyer_id=buyer)

    return asked


@pytest.fixture
def guests(adapter: Adapter) -> bool:
    return adapter.guests


@pytest.fixture
def passwords(adapter: Adapter) -> bool:
    return adapter.passwords


@pytest.fixture
def buyer_accounts(adapter: Adapter) -> bool:
    return adapter.buyer_accounts


@pytest.fixture
def account(adapter: Adapter) -> Callable[[str], str]:
    return adapter.account


@pytest.fixture
def several_payments(adapter: Adapter) -> bool:
    return adapter.several_payments


@pytest.fixture
def payment_serials(adapter: Adapter) -> bool:
    return adapter.payment_serials
