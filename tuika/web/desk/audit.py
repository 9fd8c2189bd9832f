"""The audit log, read and verified, by leads."""

from __future__ import annotations

import json
import re
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from tuika.audit.events import AuditEvent
from tuika.web.desk.doors import Lead, Services
from tuika.web.desk.event_names import EVENTS
from tuika.web.desk.frame import PageRoute, page

PER_PAGE = 100
CASE_NO = re.compile(r"RF[0-9A-Z]{6,12}")


def audit_pages() -> APIRouter:
    router = APIRouter(prefix="/audit", route_class=PageRoute)
    router.add_api_route("", audit_page, methods=["GET"], response_class=HTMLResponse)
    return router


def audit_page(
    request: Request,
    user: Lead,
    services: Services,
    before: Annotated[int | None, Query(ge=1, le=10**12)] = None,
    kind: Annotated[str, Query(max_length=200)] = "",
    actor: Annotated[str, Query(max_length=80)] = "",
    about: Annotated[str, Query(max_length=80)] = "",
    verify: bool = False,
) -> HTMLResponse:
    """Newest first; ``about``: a case, handoff, conversation or account."""
    with services.uow.reading() as uow:
        found: list[AuditEvent] = uow.audit.search(
            before=before,
            kind=kind.strip() or None,
            actor=actor.strip() or None,
            subject=about.strip() or None,
            limit=PER_PAGE + 1,
        )
        report = uow.audit.verify() if verify else None
    events = found[:PER_PAGE]
    return page(
        request,
        user,
        "desk/audit.html",
        events=[(event, _detail(event), _link(event)) for event in events],
        older=events[-1].seq if len(found) > PER_PAGE else None,
        kind=kind,
        actor=actor,
        about=about,
        names=EVENTS,
        report=report,
    )


def _detail(event: AuditEvent) -> str:
    """``kind handoff，urgent 是``: what was written down, as words."""
    shown = {name: value for name, value in event.detail.items() if value not in (None, "", [], {})}
    return "，".join(f"{name} {_said(value)}" for name, value in shown.items())


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(_said(each) for each in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _link(event: AuditEvent) -> str:
    """The page of what an event is about, where it has one."""
    kind, _, key = event.subject.partition(":")
    pages = {"conversation": "conversations", "incident": "incidents", "evidence": "evidence"}
    if not key and CASE_NO.fullmatch(kind):
        return f"/desk/cases/{kind}"
    return f"/desk/{pages[kind]}/{key}" if key and kind in pages else ""
