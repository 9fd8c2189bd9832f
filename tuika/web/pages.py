"""The few pages that the service draws itself: API documentation and the demo shop.

Invariants: no inline script or style, nothing from another host, so the pages work offline and under the
strict content policy; what a page shows of a shop is escaped by the template.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, cast

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from jinja2 import BytecodeCache, Environment, FileSystemLoader, select_autoescape
from jinja2.bccache import Bucket

from tuika.clock import Clock
from tuika.conversations.model import Buyer
from tuika.errors import Conflict, NotFound, ShopUnavailable
from tuika.intake.texts import PRODUCT_TYPES, order_status, when
from tuika.orders.model import Order
from tuika.settings import ROOT
from tuika.web.access import Services, Wall
from tuika.web.demo import Demo
from tuika.web.identity import sign_user_token
from tuika.web.operations import operations
from tuika.web.ports import ShopBuyer, WebServices

HERE = Path(__file__).resolve().parent
SAMPLE = ROOT / "demo" / "fixture.yml"
SHOWN_ORDERS = 50
GUEST = "guest"


class _Compiled(BytecodeCache):
    """Templates compiled by one environment of this process, for the others."""

    def __init__(self) -> None:
        self._code: dict[str, tuple[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._code.get(bucket.key, ("", b""))
        if checksum == bucket.checksum:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.checksum, bucket.bytecode_to_string()


@cache
def _compiled() -> _Compiled:
    return _Compiled()


def templates() -> Environment:
    return Environment(
        bytecode_cache=_compiled(),
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def docs_router() -> APIRouter:
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/docs", docs_page, response_class=HTMLResponse)
    return router


def demo_pages_router() -> APIRouter:
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/demo", demo_page, response_class=HTMLResponse)
    router.add_api_route("/demo/fixture.yml", sample_fixture, response_class=PlainTextResponse)
    return router


def docs_page(request: Request) -> str:
    """Every operation of ``/openapi.json`` on one page."""
    document = request.app.openapi()
    return _render(request, "docs.html", info=document["info"], groups=operations(document))


def demo_page(
    request: Request,
    services: Services,
    demo: Demo,
    wall: Wall,
    buyer: Annotated[str, Query(max_length=120)] = "",
) -> HTMLResponse:
    shop = demo.shop
    buyers = shop.buyers()
    chosen = buyer or (buyers[0].id if buyers else GUEST)
    known = next((each for each in buyers if each.id == chosen), None)
    if known is None and chosen != GUEST:
        raise NotFound("演示店铺里没有这个买家")
    platform = shop.platform() or next(iter(services.settings.platforms))
    page = _render(
        request,
        "demo.html",
        buyers=buyers,
        chosen=chosen,
        name=known.name if known else "访客",
        platform=platform,
        token=_token(services, known, platform, wall) if known else "",
        platform_name=services.settings.platforms[platform].name or platform,
        orders=_orders(services, platform, known.id) if known else [],
        now=when(services.clock.now()),
    )
    return HTMLResponse(page)


def _token(services: WebServices, buyer: ShopBuyer, platform: str, wall: Clock) -> str:
    """What the shop's own site would sign for its logged-in buyer; none where it keeps the key to itself."""
    try:
        return sign_user_token(
            Buyer(buyer.id, buyer.name), services.settings.platforms[platform], now=wall.now()
        )
    except Conflict:
        return ""


def sample_fixture(demo: Demo) -> PlainTextResponse:
    """The marketplace that the demo starts with, to be loaded again after a reset."""
    if not SAMPLE.is_file():
        raise NotFound
    return PlainTextResponse(SAMPLE.read_text("utf-8"), media_type="text/plain; charset=utf-8")


def _orders(services: WebServices, platform: str, buyer_id: str) -> list[dict[str, Any]]:
    try:
        found = services.shops[platform].of_buyer(buyer_id, limit=SHOWN_ORDERS)
    except ShopUnavailable:
        return []
    return [_order(each) for each in found]


def _order(order: Order) -> dict[str, Any]:
    bought = order.paid_at or order.created_at
    return {
        "order_no": order.order_no,
        "product": order.product.name,
        "kind": PRODUCT_TYPES[order.product.type],
        "merchant": order.merchant.name,
        "amount": order.amount.yuan,
        "status": order_status(order),
        "state": order.status.value,
        "when": when(bought) if bought else "",
    }


def _render(request: Request, template: str, /, **values: Any) -> str:
    environment = cast(Environment, request.app.state.templates)
    return environment.get_template(template).render(**values)


__all__ = ["demo_pages_router", "docs_router", "templates"]
