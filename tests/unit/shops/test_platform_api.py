"""The platform API: signatures, faults on the way, the circuit, refunds, and the conformance suite."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.shops.http import listening
from tests.shops.market import market_text
from tuika.errors import Conflict, InputError, NotFound, ShopUnavailable, Unauthenticated
from tuika.money import Money
from tuika.policy.model import Reason
from tuika.refunds.gateway import FilingRequest, PayoutRequest, PayoutState
from tuika.shops.demo.shop import DemoShop
from tuika.shops.platform_api.client import PlatformClient
from tuika.shops.platform_api.conformance import Subject, conform
from tuika.shops.platform_api.gateways import PlatformApiOrders, PlatformApiRefunds
from tuika.shops.platform_api.server import MOST_BODY, create_platform_app
from tuika.shops.platform_api.signing import SIGNATURE, TIME, check_signature, signed_headers
from tuika.shops.platform_api.wire import WireOrders

SECRET = "a secret of tests that is long"
FILING = FilingRequest("RF1", "YES1", Reason.NO_DELIVERY, Money(9800), "没收到")


def client_of(url: str, **more: Any) -> PlatformClient:
    given = {"key_id": "k1", "secret": SECRET, "timeout_s": 5.0, "wall": time.time} | more
    return PlatformClient(url, **given)


@pytest.fixture
def reference(shop: DemoShop) -> Iterator[str]:
    """The demo shop, speaking the platform API."""
    shop.load(market_text())
    with listening(
        create_platform_app(shop.orders, shop.refunds, secrets={"k1": SECRET}, wall=time.time)
    ) as url:
        yield url


class Scripted:
    """A platform that answers as it is told; it counts what it heard."""

    def __init__(self, *answers: Callable[[], Response]) -> None:
        self.answers = list(answers)
        self.heard: list[tuple[str, str]] = []

    async def answer(self, request: Request) -> Response:
        self.heard.append((request.method, request.headers.get("idempotency-key", "")))
        return self.answers.pop(0)() if self.answers else JSONResponse({"orders": []})

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self.answer, methods=["GET", "POST"])])


def status(code: int, **body: Any) -> Callable[[], Response]:
    return lambda: JSONResponse(body or {"detail": "没有"}, status_code=code)


class TestSignature:
    HEADERS = signed_headers("POST", "/v1/refunds?a=1", b"{}", key_id="k1", secret=SECRET, now=1000)

    def check(
        self,
        *,
        method: str = "POST",
        target: str = "/v1/refunds?a=1",
        body: bytes = b"{}",
        now: int = 1000,
        **change: str,
    ) -> str:
        headers = self.HEADERS | {name.replace("_", "-"): value for name, value in change.items()}
        return check_signature(method, target, body, headers, secrets={"k1": SECRET}, now=now)

    def test_what_was_signed_is_taken(self) -> None:
        assert self.check() == "k1"
        assert self.check(now=1300) == "k1"

    @pytest.mark.parametrize(
        "change",
        [
            {"method": "GET"},
            {"target": "/v1/refunds?a=2"},
            {"target": "/v1/refunds"},
            {"body": b"{ }"},
            {"now": 1301},
            {"now": 699},
            {"Tuika_Key": "k2"},
            {"Tuika_Signature": ""},
            {"Tuika_Signature": "é"},
            {"Tuika_Timestamp": "1001"},
            {"Tuika_Timestamp": "soon"},
        ],
    )
    def test_anything_else_is_not(self, change: dict[str, Any]) -> None:
        with pytest.raises(Unauthenticated):
            self.check(**change)


class TestReferenceServer:
    def test_nothing_is_answered_without_a_signature(self, reference: str) -> None:
        for method, path in (("GET", "/v1/orders?buyer=b1"), ("POST", "/v1/payouts")):
            assert requests.request(method, reference + path, timeout=5).status_code == 401

    def test_a_body_that_is_too_large_is_refused(self, reference: str) -> None:
        answer = requests.post(reference + "/v1/refunds", data=b"x" * (MOST_BODY + 1), timeout=5)
        assert answer.status_code == 413

    def test_a_refund_from_filing_to_the_merchants_answer(self, reference: str, clock: Any) -> None:
        refunds = PlatformApiRefunds(client_of(reference))
        receipt = refunds.file(FILING, key="shop.file:RF1")
        assert receipt == refunds.file(FILING, key="shop.file:RF1")
        assert refunds.answer(receipt.shop_ref) is None
        clock.advance(timedelta(hours=2))
        answer = refunds.answer(receipt.shop_ref)
        assert answer is not None
        assert answer.kind.value == "approve"
        assert answer.at == clock.now()

    def test_a_payout_once_per_key(self, reference: str) -> None:
        refunds = PlatformApiRefunds(client_of(reference))
        request = PayoutRequest("RF1", "YES1", Money(9800))
        first = refunds.pay(request, key="payout.pay:RF1")
        assert first == refunds.pay(request, key="payout.pay:RF1") == refunds.payout("payout.pay:RF1")
        assert first.state is PayoutState.PAID
        with pytest.raises(Conflict):
            refunds.pay(request, key="payout.pay:RF2")
        assert refunds.payout("payout.pay:RF9") is None

    def test_refusals_keep_their_kind(self, reference: str) -> None:
        refunds = PlatformApiRefunds(client_of(reference))
        with pytest.raises(NotFound):
            refunds.pay(PayoutRequest("RF1", "NO-SUCH", Money(1)), key="k")
        with pytest.raises(NotFound):
            refunds.withdraw("SR-NONE", key="w")
        with pytest.raises(InputError):
            refunds.pay(PayoutRequest("R" * 41, "YES1", Money(1)), key="k2")

    def test_a_wrong_secret_is_an_outage_not_an_answer(self, reference: str) -> None:
        with pytest.raises(ShopUnavailable, match="401"):
            PlatformApiOrders(client_of(reference, secret="another secret of that length"), "generic").find(
                "YES1"
            )


class TestOnTheWay:
    def test_a_question_is_asked_twice_a_change_once(self) -> None:
        platform = Scripted(status(500), status(500), status(500))
        with listening(platform.app()) as url:
            with pytest.raises(ShopUnavailable):
                PlatformApiOrders(client_of(url), "generic").find("KM1")
            with pytest.raises(TimeoutError):
                PlatformApiRefunds(client_of(url)).file(FILING, key="k1")
        assert platform.heard == [("GET", ""), ("GET", ""), ("POST", "k1")]

    @pytest.mark.parametrize("code", [429, 503, 401, 501])
    def test_what_surely_had_no_effect_says_so(self, code: int) -> None:
        with listening(Scripted(status(code)).app()) as url, pytest.raises(ShopUnavailable):
            PlatformApiRefunds(client_of(url)).file(FILING, key="k1")

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html>",
            b'{"ref": 7}',
            b'{"answer_due": null}',
            b"[]",
            b'{"ref": "x", "answer_due": "2026-01-01T00:00:00"}',
        ],
    )
    def test_a_broken_answer_to_a_change_is_an_unknown_outcome(self, body: bytes) -> None:
        with listening(Scripted(lambda: Response(body, 201)).app()) as url, pytest.raises(TimeoutError):
            PlatformApiRefunds(client_of(url)).file(FILING, key="k1")

    def test_a_redirect_is_not_followed(self) -> None:
        away = Scripted(lambda: Response(status_code=307, headers={"Location": "http://127.0.0.1:9/"}))
        with listening(away.app()) as url, pytest.raises(TimeoutError):
            PlatformApiRefunds(client_of(url)).file(FILING, key="k1")
        assert len(away.heard) == 1

    def test_an_endless_answer_is_cut(self) -> None:
        huge = Scripted(*[lambda: Response(b" " * (2 * 1024 * 1024 + 1))] * 2)
        with listening(huge.app()) as url, pytest.raises(ShopUnavailable, match="2 MB"):
            client_of(url).get("/v1/orders", WireOrders, number="X")

    def test_nobody_there(self) -> None:
        with pytest.raises(ShopUnavailable):
            PlatformApiRefunds(client_of("http://127.0.0.1:9")).file(FILING, key="k1")

    def test_a_platform_cannot_slip_in_orders_of_others(self) -> None:
        order = {
            "order_no": "KM2",
            "buyer_id": "b2",
            "merchant": {"id": "m", "name": "m"},
            "product": {"name": "p", "type": "card_key"},
            "amount_fen": 1,
            "status": "delivered",
            "keys": [{"position": 1, "masked": "ABCD-EFGH-1234"}, {"position": 2, "masked": "SHORT"}],
        }
        answer = status(200, orders=[order])
        with listening(Scripted(answer, answer, answer).app()) as url:
            orders = PlatformApiOrders(client_of(url), "generic")
            assert orders.of_buyer("b1") == []
            assert orders.find("KM1") is None
            found = orders.find("KM2")
        assert found is not None
        assert [key.masked for key in found.keys] == ["••••••••••1234", "•••••"]

    def test_the_circuit_opens_rests_and_closes(self) -> None:
        ticks = [0.0]
        platform = Scripted(*[status(503)] * 3)
        with listening(platform.app()) as url:
            client = client_of(url, failures=3, rest_s=15, ticks=lambda: ticks[0])
            orders = PlatformApiOrders(client, "generic")
            for _ in range(5):
                with pytest.raises(ShopUnavailable):
                    orders.find("KM1")
            assert len(platform.heard) == 3
            ticks[0] = 16
            assert orders.find("KM1") is None
            assert orders.find("KM1") is None
        assert len(platform.heard) == 5


class TestConformance:
    def outcomes(self, url: str, **more: str) -> dict[str, str]:
        given = {"key_id": "k1", "secret": SECRET, "order_no": "NEVER1", "buyer_id": "b1"} | more
        return {o.name: o.problem for o in conform(Subject(url, **given), wall=time.time, run="t1")}

    def test_the_reference_server_conforms(self, shop: DemoShop, reference: str) -> None:
        problems = {name: problem for name, problem in self.outcomes(reference).items() if problem}
        assert set(problems) <= {"an order by its payment number"}, problems

    def test_a_server_that_checks_nothing_does_not(self) -> None:
        async def yes(_request: Request) -> Response:
            return Response(
                json.dumps({"orders": [], "proved": True, "ref": "R"}), media_type="application/json"
            )

        app = Starlette(routes=[Route("/{path:path}", yes, methods=["GET", "POST"])])
        with listening(app) as url:
            outcomes = self.outcomes(url)
        failed = {name for name, problem in outcomes.items() if problem}
        assert len(failed) >= 10
        assert {"a request without a signature is 401", "a wrong signature is 401"} <= failed
        assert TIME and SIGNATURE
