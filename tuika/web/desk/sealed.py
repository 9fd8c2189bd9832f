"""Sealed values of a conversation, shown to a person who says why; contacts on the block list, lifted with a reason.

Invariants: a value is in the answer to its own form only, never in an address, a redirect or a later page, and no
cache may keep it; the services write the look into the audit log before it is shown.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import Field

from tuika.desks.model import DeskUser
from tuika.desks.revealing import Sealed
from tuika.errors import NotFound, TuikaError
from tuika.web.desk.doors import Changer, Form, LeadingChanger, Reader, Services, read_form
from tuika.web.desk.frame import PageRoute, act, address, page
from tuika.web.desk.ports import PageServices
from tuika.web.desk.scams import show_scams
from tuika.web.desk_forms import Body, agent_of


class Look(Body):
    secret: str = Field(min_length=1, max_length=60)
    reason: str = Field(min_length=1, max_length=300)


class Why(Body):
    reason: str = Field(min_length=1, max_length=300)


def sealed_pages() -> APIRouter:
    router = APIRouter(route_class=PageRoute)
    where = "/conversations/{conversation_id}/sealed"
    router.add_api_route(where, sealed_page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route(where, reveal, methods=["POST"], response_class=HTMLResponse)
    router.add_api_route("/blocked/{blocked_id}/lift", lift, methods=["POST"])
    return router


def sealed_page(conversation_id: str, request: Request, user: Reader, services: Services) -> HTMLResponse:
    return _show(request, user, services, conversation_id)


def reveal(
    conversation_id: str, request: Request, user: Changer, services: Services, fields: Form
) -> HTMLResponse:
    try:
        given = read_form(fields, Look)
        with services.uow() as uow:
            secret, value = services.revealing.reveal(uow, given.secret, agent_of(user), given.reason)
            if secret.conversation_id != conversation_id:
                raise NotFound("这条加密内容不在这个会话里")
    except NotFound:
        raise
    except TuikaError as refused:
        return _show(request, user, services, conversation_id, status=refused.status, error=refused.detail)
    return _show(request, user, services, conversation_id, opened=(secret.id, value))


def lift(
    blocked_id: str, request: Request, user: LeadingChanger, services: Services, fields: Form
) -> Response:
    def step() -> str:
        reason = read_form(fields, Why).reason
        with services.uow() as uow:
            services.blocklist.lift(
                uow, blocked_id, actor=agent_of(user).actor, by=user.username, reason=reason
            )
        return address("/desk/scams", done="saved")

    return act(step, lambda status, error: show_scams(request, user, services, status=status, error=error))


def _show(
    request: Request,
    user: DeskUser,
    services: PageServices,
    conversation_id: str,
    *,
    status: int = 200,
    error: str = "",
    opened: tuple[str, str] | None = None,
) -> HTMLResponse:
    """Raises NotFound for a conversation that is not his to see."""
    with services.uow.reading() as uow:
        found: list[Sealed] = services.revealing.listed(
            uow, conversation_id, agent_of(user), services.clock.now()
        )
    return page(
        request,
        user,
        "desk/sealed.html",
        status=status,
        error=error,
        sealed=found,
        opened=opened,
        conversation_id=conversation_id,
    )
