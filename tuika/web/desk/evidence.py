"""Looking at evidence: large, turned, side by side.

Invariants: an agent sees what belongs to a filed case or to the conversation he serves, a lead all; secrets in a
picture are painted over; each look at one is in the audit log; the bytes are served with a content policy that lets
nothing in them run; zoom and turn are part of the address, so they work without script.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from tuika.audit.events import AuditEventType
from tuika.desks.revealing import may_see
from tuika.desks.seeing import SeenEvidence
from tuika.errors import NotFound
from tuika.evidence.model import Evidence
from tuika.handoff.model import Agent
from tuika.web.desk.doors import Reader, Services
from tuika.web.desk.frame import PageRoute, address, page
from tuika.web.desk.ports import PageServices
from tuika.web.desk_forms import agent_of
from tuika.web.evidence_links import SANDBOX

ZOOMS = (1, 2, 3, 4)

Turn = Annotated[int, Query(ge=0, le=3)]
Zoom = Annotated[int, Query(ge=ZOOMS[0], le=ZOOMS[-1])]
Id = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True, slots=True)
class Pane:
    """One picture: ``turn`` quarter turns clockwise, ``zoom`` times as large as fits."""

    seen: SeenEvidence
    turn: int
    zoom: int

    @property
    def item(self) -> Evidence:
        return self.seen.evidence


def evidence_pages() -> APIRouter:
    router = APIRouter(prefix="/evidence/{evidence_id}", route_class=PageRoute)
    router.add_api_route("", viewer, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/file", file, methods=["GET"])
    router.add_api_route("/still", still, methods=["GET"])
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
    agent = agent_of(user)
    first = services.seeing.see(services.uow, evidence_id, agent)
    left = first.evidence
    with services.uow.reading() as uow:
        siblings = seen_by(uow.evidence.of_conversation(left.conversation_id), uow, agent)
    right = next((e for e in siblings if e.id == beside and e.id != left.id), None)
    if beside and right is None:
        raise NotFound("这两份材料不在同一个会话里，不能并排看")
    _record(services, agent.actor, [left, *([right] if right else [])])
    panes = [Pane(first, turn, zoom)]
    if right is not None:
        panes.append(Pane(services.seeing.see(services.uow, right.id, agent), bturn, bzoom))

    def link(**changes: object) -> str:
        here = {"turn": turn, "zoom": zoom, "beside": beside, "bturn": bturn, "bzoom": bzoom, **changes}
        base = here.pop("id", left.id)
        plain = {"turn": 0, "zoom": 1, "beside": "", "bturn": 0, "bzoom": 1}
        return address(f"/desk/evidence/{base}", **{n: v for n, v in here.items() if v != plain.get(n)})

    return page(request, user, "desk/evidence.html", panes=panes, siblings=siblings, link=link, beside=beside)


def file(evidence_id: str, user: Reader, services: Services) -> Response:
    """What may be looked at without a reason."""
    with services.uow.reading() as uow:
        return _bytes(*services.seeing.shown(uow, evidence_id, agent_of(user)))


def still(evidence_id: str, user: Reader, services: Services) -> Response:
    """One image of it, for a thumbnail."""
    with services.uow.reading() as uow:
        return _bytes(*services.seeing.still(uow, evidence_id, agent_of(user)))


def seen_by(items: list[Evidence], uow: Any, agent: Agent) -> list[Evidence]:
    """Those that this agent may look at."""
    served = {each.conversation_id: may_see(uow, each.conversation_id, agent) for each in items}
    return [each for each in items if each.case_no or served[each.conversation_id]]


def _bytes(data: bytes, media_type: str) -> Response:
    headers = {"Content-Disposition": "inline", "Cache-Control": "private, max-age=300", **SANDBOX}
    return Response(data, media_type=media_type, headers=headers)


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
