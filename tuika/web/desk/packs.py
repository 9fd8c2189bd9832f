"""Policy packs: read, checked, as the table that an operator reads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from tuika.errors import NotFound
from tuika.policy.prove import Report, prove
from tuika.policy.schema import Pack
from tuika.policy.show import pack_table, render_report
from tuika.web.desk.doors import Form, LeadingChanger, Reader, Services, read_form
from tuika.web.desk.frame import PageRoute, page
from tuika.web.desk.login import Nothing
from tuika.web.desk.ports import PageServices


def pack_pages() -> APIRouter:
    router = APIRouter(prefix="/packs", route_class=PageRoute)
    router.add_api_route("", packs_page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/{pack_id}", pack_page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/{pack_id}/check", check, methods=["POST"], response_class=HTMLResponse)
    return router


def packs_page(request: Request, user: Reader, services: Services) -> HTMLResponse:
    used: dict[str, list[str]] = {}
    for platform, pack in services.platform_packs.items():
        used.setdefault(pack.id, []).append(services.settings.platforms[platform].name or platform)
    return page(request, user, "desk/packs.html", packs=services.packs, used=used)


def pack_page(request: Request, user: Reader, services: Services, pack_id: str) -> HTMLResponse:
    return _show(request, user, _pack(services, pack_id))


async def check(
    pack_id: str, request: Request, user: LeadingChanger, services: Services, fields: Form
) -> HTMLResponse:
    """Every combination of facts, as ``tuika policy check`` does it: seconds of work, one at a time."""
    read_form(fields, Nothing)
    pack = _pack(services, pack_id)
    report: Report = await run_sync(prove, pack, limiter=_one_at_a_time(request))
    show: Callable[[], HTMLResponse] = partial(
        _show, request, user, pack, checked=render_report(report), ok=report.ok
    )
    return await run_sync(show)


def _one_at_a_time(request: Request) -> Any:
    from anyio import CapacityLimiter

    known = getattr(request.app.state, "pack_checks", None)
    if known is None:
        known = request.app.state.pack_checks = CapacityLimiter(1)
    return known


def _pack(services: PageServices, pack_id: str) -> Pack:
    pack = services.packs.get(pack_id)
    if pack is None:
        raise NotFound("没有这个规则包")
    return pack


def _show(request: Request, user: Any, pack: Pack, *, checked: str = "", ok: bool = True) -> HTMLResponse:
    values = [(name, getattr(pack.values, name)) for name in type(pack.values).model_fields]
    return page(
        request,
        user,
        "desk/pack.html",
        pack=pack,
        rows=pack_table(pack),
        values=values,
        checked=checked,
        ok=ok,
    )
