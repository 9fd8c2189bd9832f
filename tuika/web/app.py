"""The web application, put together from its routers and middleware.

Invariants: nothing is made at import; demo doors exist in demo mode only; turns that a crash or an absent
engine left open are looked after for as long as the application lives.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Protocol

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from tuika.clock import Clock, SystemClock
from tuika.settings import Limits, Settings
from tuika.web.attachments import attachments_router
from tuika.web.buyer_orders import buyer_orders_router
from tuika.web.buyers import buyers_router
from tuika.web.chores import every
from tuika.web.demo import FIXTURE_BYTES, demo_router
from tuika.web.desk import desk_pages_router
from tuika.web.desk.jobs import TABLE_BYTES
from tuika.web.desk.ports import PageServices
from tuika.web.desk_evidence import EvidenceDeskServices, desk_evidence_router
from tuika.web.desk_handoffs import desk_handoffs_router
from tuika.web.desk_lists import desk_lists_router
from tuika.web.desk_login import desk_login_router
from tuika.web.desk_payee import desk_payee_router
from tuika.web.desk_refunds import desk_refunds_router
from tuika.web.desk_safety import desk_safety_router
from tuika.web.edge import BuyersCors, Counters, Edge
from tuika.web.events import Feed, Wakes
from tuika.web.key_page import key_pages_router
from tuika.web.limits import BodyLimit
from tuika.web.merchants.pages import merchant_router
from tuika.web.notices import notice_pages_router, notices_router
from tuika.web.pages import HERE, demo_pages_router, docs_router, templates
from tuika.web.payee import payee_pages_router
from tuika.web.platform_events import platform_events_router
from tuika.web.platforms import platforms_router
from tuika.web.ports import WebServices
from tuika.web.problems import install_problems
from tuika.web.replacement import replacement_router
from tuika.web.schema import Problem
from tuika.web.service import service_router
from tuika.web.sessions import purge_sessions, sessions_router
from tuika.web.standing import standing_router
from tuika.web.transcript import transcript_router
from tuika.web.typing_signs import TYPING, Typing, desk_typing_router, typing_router
from tuika.web.widget import widget_router

log = structlog.get_logger(__name__)
RETRY_SECONDS = 2.0
PURGE_SECONDS = 3600.0
THREADS = 24  # a turn's transactions and shop calls run in threads; Python's default for two cores is six
FORM_OVERHEAD = 64 * 1024


class AppServices(WebServices, PageServices, EvidenceDeskServices, Protocol):
    """What buyers' and desk's doors need, together."""


def create_app(
    services: AppServices, *, wall: Clock | None = None, routers: Sequence[APIRouter] = ()
) -> FastAPI:
    """The application of one ``services``; ``wall`` is real time, by which sessions live.

    ``routers``: further doors, such as those of channels.
    """
    wall = wall or SystemClock()
    app = FastAPI(
        title="Tuika",
        description="The refund desk of marketplaces for virtual goods: buyers, desk and service doors.",
        docs_url=None,
        redoc_url=None,
        lifespan=partial(_lifespan, services, wall),
    )
    app.state.services = services
    app.state.wall = wall
    app.state.feed = Feed(services.wakes, services.uow)
    app.state.typing = _typing(services.wakes)
    app.state.counters = Counters()
    app.state.templates = templates()
    _add_routes(app, services)
    for router in routers:
        app.include_router(router)
    _add_middleware(app, services.settings)
    install_problems(app)
    _describe_problems(app)
    return app


def _typing(wakes: Wakes) -> Typing:
    """Signs of typing that go to the other processes and come from them."""
    typing = Typing(tell=lambda sign: wakes.others.tell(TYPING, sign))

    def heard(sign: str) -> None:
        about = typing.heard(sign)
        if about is not None:
            wakes.ring(about)

    wakes.topics[TYPING] = heard
    return typing


def _add_routes(app: FastAPI, services: AppServices) -> None:
    routers = [sessions_router(), platforms_router(), buyers_router(), standing_router(), typing_router()]
    routers += [attachments_router(), buyer_orders_router(), transcript_router(), replacement_router()]
    routers += [desk_typing_router(services, services.wakes.wake), widget_router()]
    routers += [notices_router(), notice_pages_router(), payee_pages_router(), key_pages_router()]
    routers += [desk_payee_router(services)]
    routers += [merchant_router(), platform_events_router()]
    routers += [desk_login_router(services), desk_handoffs_router(services)]
    routers += [desk_refunds_router(services), desk_lists_router(services), desk_safety_router(services)]
    routers += [desk_evidence_router(services)]
    routers += [desk_pages_router(), service_router(), docs_router()]
    if services.settings.demo:
        routers += [demo_router(), demo_pages_router()]
    for router in routers:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """Last added is outermost."""
    origins = {origin for platform in settings.platforms.values() for origin in platform.origins}
    app.add_middleware(BodyLimit, limit_of=partial(body_limit, settings.limits))
    app.add_middleware(BuyersCors, origins=tuple(sorted(origins)), near=settings.demo)
    app.add_middleware(Edge, counters=app.state.counters)


def body_limit(limits: Limits, path: str) -> int:
    """How many bytes a request to ``path`` may have."""
    if path.startswith("/api/v1/conversations/") and path.endswith("/attachments"):
        return max(limits.upload_bytes, limits.video_bytes) + FORM_OVERHEAD
    if path.startswith("/channels/"):
        return limits.upload_bytes * 4 // 3 + FORM_OVERHEAD  # a picture may come as base64
    if path.startswith("/merchant/cases/") and path.endswith("/evidence"):
        return limits.upload_bytes + FORM_OVERHEAD
    if path.startswith("/desk/jobs/"):
        return TABLE_BYTES + FORM_OVERHEAD
    return FIXTURE_BYTES if path == "/api/v1/demo/orders" else limits.body_bytes


def _describe_problems(app: FastAPI) -> None:
    """Puts the schema that the problem answers refer to into the OpenAPI document."""
    plain = app.openapi

    def openapi() -> dict[str, object]:
        document = plain()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.setdefault("Problem", Problem.model_json_schema())
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend it


@asynccontextmanager
async def _lifespan(services: WebServices, wall: Clock, app: FastAPI) -> AsyncIterator[None]:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "tuika"))
    async with AsyncExitStack() as stack:
        for enter in services.lifespan:
            await stack.enter_async_context(enter())
        log.info("web.started")
        chores = [
            asyncio.create_task(every(RETRY_SECONDS, services.hub.retry)),
            asyncio.create_task(
                every(PURGE_SECONDS, partial(asyncio.to_thread, purge_sessions, services, wall))
            ),
        ]
        try:
            yield
        finally:
            for chore in chores:
                chore.cancel()
            await asyncio.gather(*chores, return_exceptions=True)
