"""The platform API's doors for keys and funds, its contract document, and answers that do not come in time."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import pytest
import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.shops.http import listening
from tests.shops.market import market_text
from tuika.errors import Conflict, ShopUnavailable
from tuika.money import Money
from tuika.orders.model import KeyCheck, Payment, ShopRefund
from tuika.orders.ports import KeyChecks, KeyVerdict
from tuika.orders.service import OrderService
from tuika.shops.demo.shop import DemoShop
from tuika.shops.platform_api.client import PlatformClient
from tuika.shops.platform_api.conformance import Subject, conform
from tuika.shops.platform_api.gateways import PlatformApiFunds, PlatformApiOrders, PlatformApiRefunds
from tuika.shops.platform_api.server import create_platform_app
from tuika.shops.platform_api.wire import WireOrder, order_body, order_from

SECRET = "a secret of tests that is long"
CONTRACT = Path(__file__).parents[3] / "docs" / "platform-api.yaml"
KEYED = """
buyers: [{id: b1}]
merchants: [{id: m1}]
orders:
  - {order_no: KEYS1, buyer: b1, merchant: m1, product: {name: 点卡, type: card_key}, amount_fen: 900, status: delivered,
     paid: -2h, delivered: -2h, key: {value: ABCD-1234-EFGH-5678, state: revealed, check: used}}
"""


def client_of(url: str, **more: Any) -> PlatformClient:
    given = {"key_id": "k1", "secret": SECRET, "timeout_s": 5.0, "wall": time.time} | more
    return PlatformClient(url, **given)


@pytest.fixture(params=[True, False], ids=["with-funds", "without-funds"])
def funded(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def reference(shop: DemoShop, funded: bool) -> Iterator[str]:
    shop.load(market_text())
    app = create_platform_app(
        shop.orders,
        shop.refunds,
        secrets={"k1": SECRET},
        wall=time.time,
        funds=shop.funds if funded else None,
    )
    with listening(app) as url:
        yield url


class TestFunds:
    """The merchant's money for an order, held by the platform while its case is open."""

    def test_held_once_per_key_and_released(self, reference: str, funded: bool) -> None:
        funds = PlatformApiFunds(client_of(reference))
        assert funds.hold("YES1", Money(9800), key="h1") is funded
        assert funds.hold("YES1", Money(9800), key="h1") is funded
        if funded:
            with pytest.raises(Conflict):
                funds.hold("YES1", Money(9800), key="h2")
        assert funds.release("YES1", key="r1") is funded
        assert funds.release("YES1", key="r1") is funded
        assert funds.release("YES1", key="r2") is False

    def test_no_more_is_taken_than_was_held(self, reference: str, funded: bool) -> None:
        funds = PlatformApiFunds(client_of(reference))
        funds.hold("NO1", Money(5000), key="h1")
        if funded:
            with pytest.raises(Conflict):
                funds.deduct("NO1", Money(5001), key="d1")
        assert funds.deduct("NO1", Money(5000), key="d2") is funded

    def test_an_order_that_is_not_there_has_none(self, reference: str) -> None:
        assert PlatformApiFunds(client_of(reference)).hold("NO-SUCH", Money(1), key="h") is False

    def test_doors_that_are_not_offered_do_not_open_the_circuit(self) -> None:
        async def missing(_request: Request) -> Response:
            return JSONResponse({"detail": "no"}, status_code=501)

        app = Starlette(routes=[Route("/{path:path}", missing, methods=["GET", "POST"])])
        with listening(app) as url:
            funds = PlatformApiFunds(client_of(url, failures=2))
            assert [funds.release("YES1", key=str(n)) for n in range(6)] == [False] * 6

    def test_the_reference_server_conforms_with_and_without_them(self, reference: str) -> None:
        subject = Subject(reference, "k1", SECRET, "NEVER1", "b1")
        outcomes = {o.name: o.problem for o in conform(subject, wall=time.time, run="t2")}
        assert "an order's funds are held once per key" in outcomes
        problems = {name: problem for name, problem in outcomes.items() if problem}
        assert set(problems) <= {"an order by its payment number"}, problems


class TestKeyChecks:
    """What the issuer says of a delivered key, asked when a claim needs it."""

    def test_by_the_platforms_door(self, shop: DemoShop) -> None:
        shop.load(KEYED)
        app = create_platform_app(shop.orders, shop.refunds, secrets={"k1": SECRET}, wall=time.time)
        with listening(app) as url:
            orders = PlatformApiOrders(client_of(url), "generic")
            assert isinstance(orders, KeyChecks)
            assert orders.check_key("KEYS1", 1) == KeyVerdict(KeyCheck.USED)
            assert orders.check_key("KEYS1", 2) is None
            assert orders.check_key("NO-SUCH", 1) is None

    @pytest.mark.parametrize(
        ("answer", "status", "known"),
        [
            ({"position": 1, "check": "used", "used_at": "2026-11-20T00:00:00+08:00"}, 200, KeyCheck.USED),
            ({"position": 1, "check": "expired"}, 200, KeyCheck.EXPIRED),
            ({"position": 2, "check": "used"}, 200, KeyCheck.UNKNOWN),
            ({"detail": "没有"}, 501, KeyCheck.UNKNOWN),
            ({"detail": "忙"}, 503, KeyCheck.UNKNOWN),
            ({"check": "broken"}, 200, KeyCheck.UNKNOWN),
        ],
    )
    def test_an_order_takes_the_issuers_word_and_lives_without_it(
        self, shop: DemoShop, answer: dict[str, Any], status: int, known: KeyCheck, clock: Any
    ) -> None:
        shop.load(KEYED.replace(", check: used", ""))
        order = shop.orders.find("KEYS1")
        assert order is not None

        async def check(_request: Request) -> Response:
            return JSONResponse(answer, status_code=status)

        app = Starlette(routes=[Route("/{path:path}", check, methods=["GET"])])
        with listening(app) as url:
            service = OrderService(PlatformApiOrders(client_of(url), "generic"), clock=clock)
            checked = service.with_checks(order)
        assert [key.check for key in checked.keys] == [known]
        if known is KeyCheck.USED:
            assert checked.keys[0].used_at == datetime(2026, 11, 19, 16, 0, tzinfo=UTC)

    def test_a_shop_that_cannot_be_asked_leaves_the_order_as_it_is(self, shop: DemoShop, clock: Any) -> None:
        shop.load(KEYED)
        order = shop.orders.find("KEYS1")
        assert order is not None
        assert OrderService(shop.orders, clock=clock).with_checks(order) is order


class TestContract:
    """docs/platform-api.yaml and the reference server say the same."""

    def test_they_have_the_same_doors(self, shop: DemoShop) -> None:
        document = yaml.safe_load(CONTRACT.read_text("utf-8"))
        app = create_platform_app(shop.orders, shop.refunds, secrets={}, wall=time.time)
        assert _doors(document) == _doors(app.openapi())

    def test_an_order_has_the_members_of_the_contract(self) -> None:
        document = yaml.safe_load(CONTRACT.read_text("utf-8"))
        told = document["components"]["schemas"]["Order"]
        assert set(told["properties"]) == set(WireOrder.model_fields)
        assert set(told["required"]) == {
            name for name, field in WireOrder.model_fields.items() if field.is_required()
        }

    def test_refunds_and_fees_travel(self, shop: DemoShop) -> None:
        shop.load(KEYED)
        order = shop.orders.find("KEYS1")
        assert order is not None
        at = datetime(2026, 11, 20, tzinfo=UTC)
        whole = replace(
            order,
            payments=(Payment("42001", Money(900), at, merchant_no="P1", fee=Money(9)),),
            refunds=(ShopRefund(Money(500), at, to_balance=True), ShopRefund(Money(1))),
            frozen=True,
        )
        assert order_from(WireOrder.model_validate(order_body(whole)), "generic") == whole


def _doors(document: dict[str, Any]) -> set[tuple[str, str]]:
    methods = ("get", "post", "put", "patch", "delete")
    return {
        (method, path) for path, doors in document["paths"].items() for method in doors if method in methods
    }


class TestTime:
    """A call ends in its time, whatever the platform does with it."""

    def test_an_answer_that_drips_is_left(self) -> None:
        async def drip() -> AsyncIterator[bytes]:
            for _ in range(200):
                yield b" "
                await anyio.sleep(0.05)

        async def answer(_request: Request) -> Response:
            return StreamingResponse(drip())

        app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
        with listening(app) as url:
            begun = time.monotonic()
            with pytest.raises(ShopUnavailable):
                PlatformApiOrders(client_of(url, timeout_s=0.5), "generic").find("KM1")
            assert time.monotonic() - begun < 2
            with pytest.raises(TimeoutError):
                PlatformApiRefunds(client_of(url, timeout_s=0.5)).withdraw("SR1", key="k")

    def test_a_question_that_took_all_its_time_is_not_asked_again(self) -> None:
        heard = []

        async def slow(_request: Request) -> Response:
            heard.append(1)
            await anyio.sleep(3)
            return JSONResponse({"orders": []})

        app = Starlette(routes=[Route("/{path:path}", slow, methods=["GET"])])
        with listening(app) as url, pytest.raises(ShopUnavailable):
            PlatformApiOrders(client_of(url, timeout_s=0.3), "generic").find("KM1")
        assert len(heard) == 1
