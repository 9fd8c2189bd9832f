"""The conformance suite finds what is wrong: the reference server with one fault built in, each caught by the check named."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.shops.http import listening
from tests.shops.market import market_text
from tuika.shops.demo.shop import DemoShop
from tuika.shops.platform_api import server
from tuika.shops.platform_api.conformance import Subject, conform
from tuika.shops.platform_api.server import create_platform_app
from tuika.shops.platform_api.signing import check_signature
from tuika.shops.platform_api.wire import order_body

SECRET = "a secret of tests that is long"
ORDER, BUYER = "YES1", "b1"
type Change = Callable[[Request, dict[str, Any]], dict[str, Any]]


def conformed(shop: DemoShop, fault: Callable[[Starlette], None] | None = None) -> dict[str, str]:
    shop.load(market_text())
    made = create_platform_app(
        shop.orders, shop.refunds, secrets={"k1": SECRET}, wall=time.time, funds=shop.funds
    )
    if fault is not None:
        fault(made)
    with listening(made) as url:
        subject = Subject(url, "k1", SECRET, ORDER, BUYER)
        return {
            each.name: each.problem for each in conform(subject, wall=time.time, run="f1") if each.problem
        }


def answering(change: Change, *, path: str, status: int = 200) -> Callable[[Starlette], None]:
    """What is said at paths that hold ``path`` is changed on its way out."""

    async def dispatch(request: Request, call_next: Any) -> Response:
        answer = await call_next(request)
        if path not in request.url.path or answer.status_code not in (status, 201):
            return answer  # type: ignore[no-any-return]
        chunks: AsyncIterator[bytes] = answer.body_iterator
        said = json.loads(b"".join([part async for part in chunks]))
        return JSONResponse(change(request, said), status_code=answer.status_code)

    return lambda app: app.add_middleware(BaseHTTPMiddleware, dispatch=dispatch)


def test_the_server_without_a_fault_has_none(shop: DemoShop) -> None:
    assert set(conformed(shop)) <= {"an order by its payment number"}


def _oldest_first(_request: Request, said: dict[str, Any]) -> dict[str, Any]:
    return said | {"orders": said["orders"][::-1]} if "orders" in said else said


def _yuan(_request: Request, said: dict[str, Any]) -> dict[str, Any]:
    return said | {"amount_fen": said["amount_fen"] / 100 + 0.005} if "amount_fen" in said else said


def _no_zone(_request: Request, said: dict[str, Any]) -> dict[str, Any]:
    return said | {"paid_at": "2026-11-20T10:00:00"} if "order_no" in said else said


def _one_page(_request: Request, said: dict[str, Any]) -> dict[str, Any]:
    return said | {"next_cursor": None} if "next_cursor" in said else said


def _anybody(_request: Request, said: dict[str, Any]) -> dict[str, Any]:
    return said | {"proved": True} if "proved" in said else said


_REFS = iter(range(10_000))


def _new_reference(_request: Request, said: dict[str, Any]) -> dict[str, Any]:
    return said | {"ref": f"R{next(_REFS)}"} if "ref" in said else said


FAULTS: dict[str, tuple[Callable[[Starlette], None], str]] = {
    "oldest first": (answering(_oldest_first, path="/v1/orders"), "a buyer's orders, newest first"),
    "amounts in yuan": (answering(_yuan, path="/v1/orders"), "an order by its number, well formed"),
    "times without a zone": (answering(_no_zone, path="/v1/orders"), "an order by its number, well formed"),
    "one page and no more": (answering(_one_page, path="/v1/orders"), "a buyer's orders, newest first"),
    "any proof will do": (answering(_anybody, path="/proof"), "a wrong proof is not proved"),
    "a new reference each time": (
        answering(_new_reference, path="/v1/refunds"),
        "a refund is filed; the same again",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_by_the_check_of_its_name(shop: DemoShop, fault: str) -> None:
    built_in, check = FAULTS[fault]
    problems = conformed(shop, built_in)
    assert any(name.startswith(check) for name in problems), problems


def test_a_server_that_looks_at_no_signature(shop: DemoShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "check_signature", lambda *_what, **_more: "k1")
    assert set(conformed(shop)) - {"an order by its payment number"} == {
        "a request without a signature is 401",
        "a wrong signature is 401",
        "a signature of another path is 401",
        "a signature of another query is 401",
        "a signature of another body is 401",
        "a time outside the window is 401",
    }


def test_a_server_that_ignores_the_body(shop: DemoShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It recomputes the signature of what came, so that only a changed body tells it from a right one."""

    def lax(method: str, target: str, body: bytes, headers: Any, **more: Any) -> str:
        known = {json.dumps({"proof": "another"}).encode()} if target.endswith("/proof") else set()
        for each in (body, *known):
            try:
                return check_signature(method, target, each, headers, **more)
            except Exception:
                continue
        return check_signature(method, target, body, headers, **more)

    monkeypatch.setattr(server, "check_signature", lax)
    assert set(conformed(shop)) - {"an order by its payment number"} == {"a signature of another body is 401"}


def test_a_server_that_finds_by_part_of_a_number(shop: DemoShop) -> None:
    def greedy(request: Request, said: dict[str, Any]) -> dict[str, Any]:
        wanted = parse_qs(request.url.query).get("number", [""])[0].strip("%")
        if said.get("orders") == [] and wanted and wanted in ORDER:
            found = shop.orders.find(ORDER)
            assert found is not None
            return said | {"orders": [order_body(found)]}
        return said

    problems = conformed(shop, answering(greedy, path="/v1/orders"))
    assert "it found an order" in problems["part of a number, or a pattern, finds nothing"]


def test_a_server_that_never_answers_or_says_no_json(shop: DemoShop) -> None:
    def broken(app: Starlette) -> None:
        async def dispatch(request: Request, call_next: Any) -> Response:
            answer: Response = await call_next(request)
            return Response("<html>502</html>", 200) if answer.status_code == 200 else answer

        app.add_middleware(BaseHTTPMiddleware, dispatch=dispatch)

    problems = conformed(shop, broken)
    assert "an order by its number, well formed" in problems
    assert all(len(problem) < 400 for problem in problems.values())
