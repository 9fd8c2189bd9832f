"""Looking at evidence: large, turned, side by side.

Invariants: only people of the desk; each look at a picture is in the audit log; the bytes are served with a content
policy that lets nothing in them run; zoom and turn are part of the address, so they work without script.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from tuika.audit.events import AuditEventType
from tuika.errors import NotFound
from tuika.evidence.model import Evidence
from tuika.web.desk.doors import Reader, Services
from tuika.web.desk.frame import PageRoute, address, page
from tuika.web.desk.ports import PageServices
from tuika.web.desk_forms import agent_of

ZOOMS = (1, 2, 3, 4)
BYTES_CSP = "sandbox; default-src 'none'; style-src 'none'; frame-ancestors 'none'"

Turn = Annotated[int, Query(ge=0, le=3)]
Zoom = Annotated[int, Query(ge=ZOOMS[0], le=ZOOMS[-1])]
Id = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True, slots=True)
class Pane:
    """One picture: ``turn`` quarter turns clockwise, ``zoom`` times as large as fits."""

    item: Evidence
    turn: int
    zoom: int
    twins: int


def evidence_pages() -> APIRouter:
    router = APIRouter(prefix="/evidence/{evidence_id}", route_class=PageRoute)
    router.add_api_route("", viewer, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/file", file, methods=["GET"])
    return router


def viewer(
    evidence_id: str,
    request: Request,
    user: Reader,
    services: Services,
    turn: Turn = 0,
    zoom: Zoom = 1,
    beside: Id = "",
    bturn: Turn = 0,
    bzoom: Zoom = 1,
) -> HTMLResponse:
    left = _get(services, evidence_id)
    with services.uow.reading() as uow:
        siblings: list[Evidence] = uow.evidence.of_conversation(left.conversation_id)
        twins = uow.evidence.twins([e.sha256 for e in siblings], apart_from=left.conversation_id)
    right = next((e for e in siblings if e.id == beside and e.id != left.id), None)
    if beside and right is None:
        raise NotFound("这两份材料不在同一个会话里，不能并排看")
    _record(services, agent_of(user).actor, [left, *([right] if right else [])])
    panes = [Pane(left, turn, zoom, len(twins.get(left.sha256, ())))]
    if right is not None:
        panes.append(Pane(right, bturn, bzoom, len(twins.get(right.sha256, ()))))

    def link(**changes: object) -> str:
        here = {"turn": turn, "zoom": zoom, "beside": beside, "bturn": bturn, "bzoom": bzoom, **changes}
        base = here.pop("id", left.id)
        plain = {"turn": 0, "zoom": 1, "beside": "", "bturn": 0, "bzoom": 1}
        return address(f"/desk/evidence/{base}", **{n: v for n, v in here.items() if v != plain.get(n)})

    return page(request, user, "desk/evidence.html", panes=panes, siblings=siblings, link=link, beside=beside)


def file(evidence_id: str, user: Reader, services: Services) -> Response:
    item = _get(services, evidence_id)
    with services.uow.reading() as uow:
        _item, data = services.evidence.read(
            uow, conversation_id=item.conversation_id, evidence_id=evidence_id
        )
    return Response(
        data,
        media_type=item.media_type,
        headers={
            "Content-Security-Policy": BYTES_CSP,
            "Content-Disposition": "inline",
            "Cache-Control": "private, max-age=300",
        },
    )


def _get(services: PageServices, evidence_id: str) -> Evidence:
    with services.uow.reading() as uow:
        item: Evidence | None = uow.evidence.get(evidence_id)
    if item is None:
        raise NotFound("没有这份材料")
    return item


def _record(services: PageServices, actor: str, items: list[Evidence]) -> None:
    with services.uow() as uow:
        for item in items:
            uow.audit.append(
                type=AuditEventType.EVIDENCE_VIEWED,
                actor=actor,
                subject=f"evidence:{item.id}",
                detail={"case_no": item.case_no, "kind": item.kind.value},
                at=services.clock.now(),
            )
