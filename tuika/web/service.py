"""For whoever runs the service: is it up, is it ready, what does it count.

Invariants: ``/healthz`` touches nothing but the process; ``/readyz`` names each neighbour and never waits
longer than ``PATIENCE`` for one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import BaseModel

from tuika.errors import TuikaError
from tuika.web.access import Services
from tuika.web.ports import WebServices

PATIENCE = 3.5
_NOBODYS_ORDER = "KM000000000000"


class Check(BaseModel):
    ok: bool
    detail: str


class ReadyModel(BaseModel):
    ok: bool
    checks: dict[str, Check]


class HealthModel(BaseModel):
    ok: bool


def service_router() -> APIRouter:
    router = APIRouter(tags=["service"])
    router.add_api_route("/healthz", healthz, response_model=HealthModel, summary="The process is up")
    router.add_api_route(
        "/readyz",
        readyz,
        response_model=ReadyModel,
        responses={503: {"model": ReadyModel, "description": "A neighbour is missing."}},
        summary="Database, Rasa and shop are reachable",
    )
    router.add_api_route(
        "/metrics",
        metrics,
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
        summary="Prometheus metrics",
    )
    return router


async def healthz() -> dict[str, bool]:
    return {"ok": True}


async def readyz(services: Services) -> JSONResponse:
    database, rasa, shop = await asyncio.gather(
        _check(asyncio.to_thread(_ask_database, services)),
        _check(_ask_engine(services)),
        _check(asyncio.to_thread(_ask_shop, services)),
    )
    checks = {"database": database, "rasa": rasa, "shop": shop}
    ok = all(check.ok for check in checks.values())
    ready = ReadyModel(ok=ok, checks=checks)
    return JSONResponse(ready.model_dump(), status_code=200 if ok else 503)


def metrics(request: Request, services: Services) -> Response:
    """What this process counted, and how the rows stand."""
    registries = (request.app.state.counters.registry, services.meters.registry, _standing(services))
    body = b"".join(generate_latest(each) for each in registries)
    return Response(body, media_type=CONTENT_TYPE_LATEST)


def _standing(services: WebServices) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(services.standing)
    return registry


async def _check(question: Awaitable[Any]) -> Check:
    try:
        await asyncio.wait_for(question, PATIENCE)
    except TimeoutError:
        return Check(ok=False, detail=f"no answer within {PATIENCE} s")
    except TuikaError as error:
        return Check(ok=False, detail=error.detail)
    except Exception as error:  # whatever it is, the neighbour is not usable
        return Check(ok=False, detail=type(error).__name__)
    return Check(ok=True, detail="reachable")


def _ask_database(services: WebServices) -> None:
    with services.uow.reading() as uow:
        uow.turns.get("tn_none")


async def _ask_engine(services: WebServices) -> None:
    if not await services.engine.ready():
        raise TuikaError("Rasa does not answer or has no model loaded")


def _ask_shop(services: WebServices) -> None:
    for shop in {id(each): each for each in services.shops.values()}.values():
        shop.find(_NOBODYS_ORDER)
