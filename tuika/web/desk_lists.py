"""What the desk reads and does not change: scam reports and the audit log.

Annotations are evaluated here at once (no ``annotations`` import): FastAPI reads the local dependencies in them.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from tuika.audit.events import AuditEvent
from tuika.desks.model import DeskUser
from tuika.errors import InputError
from tuika.safety.reports import ScamReport, report_json
from tuika.web.desk_forms import PREFIX, DeskDoor, DeskServices, from_cursor, page

Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=200)]
_BAD_CURSOR = "翻页游标无效，请从第一页重新打开"


def desk_lists_router(services: DeskServices) -> APIRouter:
    router = APIRouter(prefix=PREFIX, tags=["desk"])
    door = DeskDoor(services)
    units = services.uow
    Reader = Annotated[DeskUser, Depends(door.user)]
    Lead = Annotated[DeskUser, Depends(door.lead)]

    @router.get("/scam-reports")
    def scam_reports(user: Reader, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
        with units.reading() as uow:
            found: list[ScamReport] = uow.reports.list(after=_report(uow, cursor), limit=limit + 1)
        return page(
            [report_json(r) for r in found], limit=limit, last=found[:limit][-1].id if found else None
        )

    @router.get("/audit")
    def audit(user: Lead, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
        with units.reading() as uow:
            found: list[AuditEvent] = uow.audit.list(before=_seq(cursor), limit=limit + 1)
        last = str(found[:limit][-1].seq) if found else None
        return page([_event_json(e) for e in found], limit=limit, last=last)

    @router.get("/audit/verify")
    def verify(user: Lead) -> dict[str, Any]:
        with units.reading() as uow:
            report = uow.audit.verify()
        return {"ok": report.ok, "count": report.count, "broken_at": report.broken_at, "why": report.why}

    return router


def _report(uow: Any, cursor: str | None) -> ScamReport | None:
    report_id = from_cursor(cursor)
    if report_id is None:
        return None
    found: ScamReport | None = uow.reports.get(report_id)
    if found is None:
        raise InputError(_BAD_CURSOR, field="cursor")
    return found


def _seq(cursor: str | None) -> int | None:
    text = from_cursor(cursor)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise InputError(_BAD_CURSOR, field="cursor")
    return int(text)


def _event_json(event: AuditEvent) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "type": event.type,
        "actor": event.actor,
        "subject": event.subject,
        "detail": dict(event.detail),
        "at": event.at.isoformat(),
        "digest": event.digest,
    }
