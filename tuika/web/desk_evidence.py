"""Evidence at the desk: what is known of a piece, and short signed links to look at it.

Annotations are evaluated here at once (no ``annotations`` import): FastAPI reads the local dependencies in them.
"""

from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from tuika.clock import Clock
from tuika.desks.model import DeskUser
from tuika.desks.seeing import Seeing, SeenEvidence
from tuika.errors import NotFound
from tuika.web.desk_forms import PREFIX, DeskDoor, DeskServices, agent_of, body_of, described
from tuika.web.desk_safety import Why
from tuika.web.evidence_links import SANDBOX, EvidenceLinks, Link, Look

FILES = f"{PREFIX}/evidence-files"


class EvidenceDeskServices(DeskServices, Protocol):
    @property
    def seeing(self) -> Seeing: ...
    @property
    def evidence_links(self) -> EvidenceLinks: ...


def desk_evidence_router(services: EvidenceDeskServices) -> APIRouter:
    router = APIRouter(prefix=PREFIX, tags=["desk"])
    door = DeskDoor(services)
    _add_knowing(router, services, door)
    _add_looking(router, services, door)
    return router


def _add_knowing(router: APIRouter, services: EvidenceDeskServices, door: DeskDoor) -> None:
    Reader = Annotated[DeskUser, Depends(door.user)]

    @router.get("/evidence/{evidence_id}")
    def one(evidence_id: str, user: Reader, request: Request) -> dict[str, Any]:
        """What was read in it, contradictions with the order's records, the same screenshot elsewhere, links."""
        seen = services.seeing.see(services.uow, evidence_id, agent_of(user))
        return seen_json(seen, _links(services, seen, user, request))

    @router.get("/evidence/{evidence_id}/panel", response_class=HTMLResponse)
    def panel(evidence_id: str, user: Reader, request: Request) -> HTMLResponse:
        """The same as a page element, to be put into a desk page."""
        seen = services.seeing.see(services.uow, evidence_id, agent_of(user))
        view = seen_json(seen, _links(services, seen, user, request))
        page: str = request.app.state.templates.get_template("desk_evidence_panel.html").render(seen=view)
        return HTMLResponse(page)


def _add_looking(router: APIRouter, services: EvidenceDeskServices, door: DeskDoor) -> None:
    Reader = Annotated[DeskUser, Depends(door.user)]
    Changer = Annotated[DeskUser, Depends(door.changer)]

    @router.post("/evidence/{evidence_id}/original", openapi_extra=described(Why))
    def original(
        evidence_id: str, user: Changer, request: Request, body: Annotated[Why, Depends(body_of(Why))]
    ) -> dict[str, Any]:
        """A link to the upload with nothing painted over. Recorded with who, when and why."""
        with services.uow() as uow:
            services.seeing.ask_original(uow, evidence_id, agent_of(user), body.reason)
        link = Link(evidence_id, Look.ORIGINAL, user.username)
        return {"url": f"{FILES}/{services.evidence_links.make(link, wall_of(request).now())}"}

    @router.get("/evidence-files/{token}", response_class=Response)
    def file(token: str, user: Reader, request: Request) -> Response:
        """What a link leads to, sandboxed."""
        link = services.evidence_links.read(token, wall_of(request).now())
        if link.username != user.username:
            raise NotFound("这个链接已经失效，请刷新页面")
        seeing = services.seeing
        ways = {Look.VIEW: seeing.shown, Look.STILL: seeing.still, Look.ORIGINAL: seeing.original}
        with services.uow.reading() as uow:
            data, media_type = ways[link.look](uow, link.evidence_id, agent_of(user))
        headers = {"Content-Disposition": "inline", "Cache-Control": "private, no-store", **SANDBOX}
        return Response(data, media_type=media_type, headers=headers)


def wall_of(request: Request) -> Clock:
    """Real time: links do not follow the demo clock."""
    wall: Clock = request.app.state.wall
    return wall


def _links(
    services: EvidenceDeskServices, seen: SeenEvidence, user: DeskUser, request: Request
) -> dict[str, str]:
    now = wall_of(request).now()
    looks = (Look.VIEW, Look.STILL) if seen.evidence.is_video else (Look.VIEW,)
    return {
        look.value: f"{FILES}/{services.evidence_links.make(Link(seen.evidence.id, look, user.username), now)}"
        for look in looks
    }


def seen_json(seen: SeenEvidence, links: dict[str, str]) -> dict[str, Any]:
    evidence, reading = seen.evidence, seen.reading
    return {
        "id": evidence.id,
        "kind": evidence.kind.value,
        "media_type": evidence.media_type,
        "sha256": evidence.sha256,
        "size": evidence.size,
        "at": evidence.at.isoformat(),
        "case_no": evidence.case_no,
        "duration_ms": evidence.duration_ms,
        "reading": reading.state.value if reading else None,
        "text": reading.text if reading else "",
        "found": dict(reading.found) if reading else {},
        "covered": bool(reading and reading.covered_sha256),
        "secrets": [{"placeholder": p, "secret_id": s} for p, s in reading.secrets.items()]
        if reading
        else [],
        "compared": seen.compared,
        "flags": [{"kind": flag.kind.value, "text": flag.text} for flag in seen.flags],
        "twins": [{"id": t.id, "case_no": t.case_no, "at": t.at.isoformat()} for t in seen.twins],
        "links": links,
    }
