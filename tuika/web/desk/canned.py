"""Canned replies: what ``/`` in the composer offers, and the page where they are kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import Field

from tuika.desks.model import DeskUser
from tuika.handoff.canned import BLANKS, MAX_TEXT, MAX_TITLE, filled
from tuika.web.desk.canned_values import canned_values
from tuika.web.desk.doors import Changer, Form, Reader, Services, entered, read_form
from tuika.web.desk.frame import PageRoute, act, address, environment, page
from tuika.web.desk.login import Nothing
from tuika.web.desk.ports import PageServices
from tuika.web.desk_forms import Body, agent_of

HERE = "/desk/canned"


class Canned(Body):
    title: str = Field(min_length=1, max_length=MAX_TITLE)
    text: str = Field(min_length=1, max_length=MAX_TEXT)
    shared: bool = False
    id: str = Field(default="", max_length=40)


def canned_pages() -> APIRouter:
    router = APIRouter(prefix="/canned", route_class=PageRoute)
    router.add_api_route("", canned_page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("", save, methods=["POST"])
    router.add_api_route("/match", match, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/{canned_id}/remove", remove, methods=["POST"])
    return router


def canned_page(
    request: Request, user: Reader, services: Services, edit: Annotated[str, Query(max_length=40)] = ""
) -> HTMLResponse:
    typed: dict[str, str] = {}
    if edit:
        with services.uow.reading() as uow:
            known = services.canned.one(uow, edit, agent_of(user))
        typed = {"id": known.id, "title": known.title, "text": known.text}
        typed |= {"shared": "true"} if known.owner is None else {}
    return _show(request, user, services, typed=typed)


def match(
    request: Request,
    user: Reader,
    services: Services,
    conversation: Annotated[str, Query(max_length=40)],
    q: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """The options for what stands after the slash, their blanks filled for this conversation."""
    values = canned_values(services, conversation, user)
    with services.uow.reading() as uow:
        found = services.canned.find(uow, agent_of(user), q)
    options = [(each, filled(each.text, values)) for each in found]
    return HTMLResponse(
        environment(request).get_template("desk/canned_options.html").render(options=options, q=q)
    )


def save(request: Request, user: Changer, services: Services, fields: Form) -> Response:
    def step() -> str:
        given = read_form(fields, Canned)
        with services.uow() as uow:
            services.canned.save(
                uow,
                agent_of(user),
                title=given.title,
                text=given.text,
                shared=given.shared,
                canned_id=given.id or None,
            )
        return address(HERE, done="saved")

    return act(
        step,
        lambda status, error: _show(
            request, user, services, status=status, error=error, typed=entered(fields)
        ),
    )


def remove(canned_id: str, request: Request, user: Changer, services: Services, fields: Form) -> Response:
    def step() -> str:
        read_form(fields, Nothing)
        with services.uow() as uow:
            services.canned.remove(uow, canned_id, agent_of(user))
        return address(HERE, done="removed")

    return act(step, lambda status, error: _show(request, user, services, status=status, error=error))


def _show(
    request: Request,
    user: DeskUser,
    services: PageServices,
    *,
    status: int = 200,
    error: str = "",
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    with services.uow.reading() as uow:
        replies = services.canned.find(uow, agent_of(user), limit=500)
    return page(
        request,
        user,
        "desk/canned.html",
        status=status,
        error=error,
        replies=replies,
        typed=typed or {},
        blanks=BLANKS,
        max_title=MAX_TITLE,
        max_text=MAX_TEXT,
    )
