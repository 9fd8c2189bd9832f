"""The doors of demo mode: clock, shop content, reset, a buyer's token.

Invariants: mounted in demo mode only, and closed to pages of other sites; a wrong fixture changes nothing;
every row that a jump makes due is worked through before the call answers.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel

from tuika.conversations.model import Buyer
from tuika.errors import FixtureError, InputError, NotFound
from tuika.web.access import Services, Wall, services_of, session_limit_of
from tuika.web.identity import sign_user_token
from tuika.web.limits import Limit
from tuika.web.ports import DemoDoors, WebServices
from tuika.web.schema import Rfc3339, problems, timestamp

FIXTURE_BYTES = 2 * 1024 * 1024
FARTHEST = timedelta(days=3660)


class ClockRequest(BaseModel):
    """Exactly one of the two: ``PT48H`` or an instant with offset."""

    advance: timedelta | None = None
    set: AwareDatetime | None = None


class ClockModel(BaseModel):
    now: Rfc3339
    worked: int


class TokenModel(BaseModel):
    token: str


class LoadedModel(BaseModel):
    platform: str
    buyers: int
    orders: int
    refunds: int


def demo_doors(request: Request) -> DemoDoors:
    """Raises NotFound for a page of another site: these doors have no lock but the loopback address."""
    origin = request.headers.get("origin")
    hosts = [request.url.hostname or "", *([urlsplit(origin).hostname or "?"] if origin else [])]
    if not all(_is_near(host) for host in hosts):
        raise NotFound
    doors = services_of(request).demo
    if doors is None:
        raise NotFound
    return doors


Demo = Annotated[DemoDoors, Depends(demo_doors)]


def demo_router() -> APIRouter:
    router = APIRouter(prefix="/api/v1/demo", tags=["demo"])
    router.add_api_route(
        "/clock",
        move_clock,
        methods=["POST"],
        response_model=ClockModel,
        responses=problems(400, 409, 413, 422),
        summary="Move the product's clock and work through what becomes due",
    )
    router.add_api_route(
        "/orders",
        load_orders,
        methods=["POST"],
        response_model=LoadedModel,
        responses=problems(413, 422),
        summary="Replace the shop's content and the history cases by a fixture (YAML or JSON)",
        openapi_extra={
            "requestBody": {"required": True, "content": {"application/yaml": {}, "application/json": {}}}
        },
    )
    router.add_api_route(
        "/reset",
        reset,
        methods=["POST"],
        status_code=204,
        response_class=Response,
        summary="Clear everything but users, and set the clock to real time",
    )
    router.add_api_route(
        "/token",
        sign_token,
        methods=["GET"],
        response_model=TokenModel,
        responses=problems(404, 409, 422),
        summary="Sign a buyer's token",
    )
    return router


def move_clock(body: ClockRequest, demo: Demo) -> dict[str, Any]:
    """A ``set`` into the past moves the clock back and works through nothing."""
    worked = demo.jumper.advance_to(_target(body, demo.clock.now()))
    return {"now": timestamp(demo.clock.now()), "worked": worked}


async def load_orders(request: Request, services: Services, demo: Demo) -> dict[str, Any]:
    data = await request.body()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FixtureError(f"第 {line} 行：演示数据应是 UTF-8 编码", line=line, key="") from None
    return await run_in_threadpool(_load, text, services, demo)


def reset(services: Services, demo: Demo, limit: Annotated[Limit, Depends(session_limit_of)]) -> Response:
    with services.uow() as uow:
        demo.wipe(uow)
    demo.shop.clear()
    demo.clock.reset()
    limit.clear()
    return Response(status_code=204)


def sign_token(
    services: Services, demo: Demo, wall: Wall, buyer: Annotated[str, Query(max_length=120)]
) -> dict[str, str]:
    known = demo.shop.buyer(buyer)
    platform = services.settings.platforms.get(demo.shop.platform() or "")
    if known is None or platform is None:
        raise NotFound("演示店铺里没有这个买家")
    return {"token": sign_user_token(Buyer(known.id, known.name), platform, now=wall.now())}


def _target(body: ClockRequest, now: datetime) -> datetime:
    if (body.advance is None) == (body.set is None):
        raise InputError("advance 与 set 要有且只有一个", field="advance")
    if body.advance is not None:
        if not timedelta(0) <= body.advance <= FARTHEST:
            raise InputError("advance 应是 PT0S 到 P3660D 之间的时长", field="advance")
        return now + body.advance
    assert body.set is not None
    if not abs(body.set - now) <= FARTHEST:
        raise InputError("set 离现在太远了，最多 3660 天", field="set")
    return body.set.astimezone(UTC)


def _load(text: str, services: WebServices, demo: DemoDoors) -> dict[str, Any]:
    fixture = demo.shop.parse(text)
    orders = {row.order.order_no: row.order for row in fixture.orders}
    with services.uow() as uow:
        demo.history.clear(uow)
        demo.history.import_history(uow, fixture.refunds, platform=str(fixture.platform), orders=orders)
        # a file of this machine, not a neighbour: written last, so that its failure takes the cases back too
        demo.shop.replace(fixture)
    return {
        "platform": str(fixture.platform),
        "buyers": len(fixture.buyers),
        "orders": len(fixture.orders),
        "refunds": len(fixture.refunds),
    }


def _is_near(host: str) -> bool:
    """Loopback, or a name without a dot, which no public name server answers for."""
    return host in ("127.0.0.1", "::1") or ("." not in host and ":" not in host and host != "?")
