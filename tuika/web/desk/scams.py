"""Scam reports, the contacts that keep coming back, and the registry of official ones."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from tuika.desks.model import DeskUser
from tuika.safety.blocklist import BlockedContact
from tuika.safety.reports import ScamReport
from tuika.safety.tactics import Tactic
from tuika.web.desk.doors import Reader, Services
from tuika.web.desk.frame import PageRoute, page
from tuika.web.desk.ports import PageServices

SHOWN = 200
REPEATED = 2
KINDS = (
    ("phones", "电话"),
    ("emails", "邮箱"),
    ("domains", "域名"),
    ("qq", "QQ"),
    ("wechat", "微信"),
    ("telegram", "Telegram"),
    ("others", "其他"),
)


def scam_pages() -> APIRouter:
    router = APIRouter(route_class=PageRoute)
    router.add_api_route("/scams", scams_page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/contacts", contacts_page, methods=["GET"], response_class=HTMLResponse)
    return router


def scams_page(request: Request, user: Reader, services: Services) -> HTMLResponse:
    return show_scams(request, user, services)


def show_scams(
    request: Request, user: DeskUser, services: PageServices, *, status: int = 200, error: str = ""
) -> HTMLResponse:
    """Newest first; above them the block list and the contacts that several reports name."""
    with services.uow.reading() as uow:
        reports: list[ScamReport] = uow.reports.list(limit=SHOWN)
        blocked: list[BlockedContact] = uow.blocklist.list(limit=SHOWN)
    named = Counter(contact for report in reports for contact in set(report.contacts))
    repeated = [(contact, count) for contact, count in named.most_common() if count >= REPEATED]
    return page(
        request,
        user,
        "desk/scams.html",
        status=status,
        error=error,
        blocked=blocked,
        reports=reports,
        repeated=repeated[:20],
        labels={tactic.value: tactic.label for tactic in Tactic},
        lost=sum(report.paid_fen or 0 for report in reports),
    )


def contacts_page(
    request: Request,
    user: Reader,
    services: Services,
    asked: Annotated[str, Query(max_length=200)] = "",
    platform: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """What is registered as official, and a check of anything a buyer asks about."""
    platforms = services.settings.platforms
    chosen = platform if platform in platforms else next(iter(platforms))
    registries: list[Any] = [
        (
            name,
            each.name or name,
            [(label, getattr(each.official_contacts, kind)) for kind, label in KINDS],
        )
        for name, each in platforms.items()
    ]
    verdict = services.official.check(asked, platform=chosen) if asked.strip() else None
    return page(
        request,
        user,
        "desk/contacts.html",
        registries=registries,
        asked=asked,
        chosen=chosen,
        platforms=platforms,
        verdict=verdict,
    )
