"""The desk's safety doors: the block list, and what was sealed in a conversation.

Annotations are evaluated here at once (no ``annotations`` import): FastAPI reads the local dependencies in them.
"""

from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import escape
from pydantic import Field

from tuika.desks.model import DeskUser, Forbidden
from tuika.desks.revealing import Revealing, Sealed
from tuika.errors import InputError
from tuika.safety.blocklist import BlockedContact, Blocklist, blocked_json
from tuika.web.desk_forms import (
    PREFIX,
    Body,
    DeskDoor,
    DeskServices,
    agent_of,
    body_of,
    described,
    from_cursor,
    page,
)

Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=200)]


class SafetyServices(DeskServices, Protocol):
    @property
    def blocklist(self) -> Blocklist: ...
    @property
    def revealing(self) -> Revealing: ...


class Why(Body):
    reason: str = Field(min_length=1, max_length=300)


def desk_safety_router(services: SafetyServices) -> APIRouter:
    router = APIRouter(prefix=PREFIX, tags=["desk"])
    door = DeskDoor(services)
    _add_blocklist(router, services, door)
    _add_secrets(router, services, door)
    return router


def _add_blocklist(router: APIRouter, services: SafetyServices, door: DeskDoor) -> None:
    Reader = Annotated[DeskUser, Depends(door.user)]
    Changer = Annotated[DeskUser, Depends(door.changer)]

    @router.get("/blocked-contacts")
    def listed(user: Reader, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
        """Contacts that several buyers reported, newest report first; lifted ones stay for the record."""
        with services.uow.reading() as uow:
            found: list[BlockedContact] = uow.blocklist.list(after=_place(uow, cursor), limit=limit + 1)
        last = found[:limit][-1].id if found else None
        return page([blocked_json(each) for each in found], limit=limit, last=last)

    @router.post("/blocked-contacts/{blocked_id}/lift", openapi_extra=described(Why))
    def lift(blocked_id: str, user: Changer, body: Annotated[Why, Depends(body_of(Why))]) -> dict[str, Any]:
        """Take a contact off the list, with a reason; supervisors and operators only."""
        if not user.role.leads:
            raise Forbidden("只有主管和管理员能解除黑名单")
        actor = agent_of(user).actor
        with services.uow() as uow:
            lifted = services.blocklist.lift(
                uow, blocked_id, actor=actor, by=user.username, reason=body.reason
            )
        return blocked_json(lifted)


def _add_secrets(router: APIRouter, services: SafetyServices, door: DeskDoor) -> None:
    Reader = Annotated[DeskUser, Depends(door.user)]
    Changer = Annotated[DeskUser, Depends(door.changer)]

    @router.get("/conversations/{conversation_id}/secrets")
    def sealed(conversation_id: str, user: Reader) -> dict[str, Any]:
        """What is sealed in a conversation, without the values; for the one who serves it, and for leads."""
        now = services.clock.now()
        with services.uow.reading() as uow:
            found = services.revealing.listed(uow, conversation_id, agent_of(user), now)
        return {"items": [_sealed_json(each) for each in found], "next": None}

    @router.post("/secrets/{secret_id}/reveal", openapi_extra=described(Why), response_model=None)
    def reveal(
        secret_id: str, user: Changer, request: Request, body: Annotated[Why, Depends(body_of(Why))]
    ) -> dict[str, Any] | HTMLResponse:
        """One value in clear. Recorded with who, when and why before it is answered.

        A page element that asks with ``HX-Request`` is answered with an element.
        """
        with services.uow() as uow:
            secret, value = services.revealing.reveal(uow, secret_id, agent_of(user), body.reason)
        if request.headers.get("HX-Request") == "true":
            return HTMLResponse(f'<output class="revealed">{escape(value)}</output>')
        return {"secret_id": secret.id, "kind": secret.kind, "value": value}


def _place(uow: Any, cursor: str | None) -> BlockedContact | None:
    blocked_id = from_cursor(cursor)
    if blocked_id is None:
        return None
    found: BlockedContact | None = uow.blocklist.get(blocked_id)
    if found is None:
        raise InputError("翻页游标无效，请从第一页重新打开", field="cursor")
    return found


def _sealed_json(sealed: Sealed) -> dict[str, Any]:
    return {
        "secret_id": sealed.secret_id,
        "kind": sealed.kind,
        "placeholder": sealed.placeholder,
        "seq": sealed.seq,
        "at": sealed.at.isoformat(),
        "expires_at": sealed.expires_at.isoformat(),
    }
