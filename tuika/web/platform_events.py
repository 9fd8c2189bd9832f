"""Where a platform that speaks docs/platform-api.yaml tells of what changed there.

Invariants: nothing is read before the signature holds, by the secret of the platform in the path; a platform without that
contract and one that does not exist are refused alike; what an event says is asked of the platform before it counts.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from fastapi import APIRouter, Request
from pydantic import ValidationError

from tuika.errors import InputError
from tuika.settings.shops import PlatformApiSettings
from tuika.shops.platform_api.events import Event, EventType
from tuika.shops.platform_api.signing import check_signature
from tuika.web.access import Services, Wall
from tuika.web.ports import WebServices
from tuika.web.schema import problems

log = structlog.get_logger(__name__)


def platform_events_router() -> APIRouter:
    router = APIRouter(tags=["platforms"])
    router.add_api_route(
        "/platforms/{platform}/events",
        take_event,
        methods=["POST"],
        status_code=202,
        responses=problems(401, 413, 422),
        summary="A platform tells that something changed (docs/platform-api.yaml, webhooks)",
    )
    return router


async def take_event(platform: str, request: Request, services: Services, wall: Wall) -> dict[str, Any]:
    body = await request.body()
    path, query = request.scope.get("raw_path", b""), request.scope.get("query_string", b"")
    target = (path + b"?" + query if query else path).decode("ascii", "replace")
    check_signature(
        request.method,
        target,
        body,
        request.headers,
        secrets=_secrets(services, platform),
        now=int(wall.now().timestamp()),
    )
    event = _read(body)
    waited = await asyncio.to_thread(_nudge, services, platform, event)
    log.info("platform.event", platform=platform, event_id=event.id, type=event.type.value, waited=waited)
    return {"accepted": True, "waited_for": waited}


def _secrets(services: WebServices, platform: str) -> dict[str, str]:
    known = services.settings.platforms.get(platform)
    shop = known.shop if known is not None else None
    return {shop.key_id: shop.secret} if isinstance(shop, PlatformApiSettings) else {}


def _read(body: bytes) -> Event:
    try:
        return Event.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "body"
        raise InputError(f"{place}: {first['msg']}", field=place) from None


def _nudge(services: WebServices, platform: str, event: Event) -> bool:
    with services.uow() as uow:
        if event.type is EventType.REFUND_ANSWERED:
            return services.nudges.refund_answered(uow, platform, event.case_no)
        if event.type is EventType.PAYOUT_CHANGED:
            return services.nudges.payout_changed(uow, platform, event.payout_key)
        return services.nudges.order_changed(uow, platform, event.order_no)
