"""Incidents: what so many buyers complain of at once, decided and announced together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import Field

from tuika.desks.model import DeskUser
from tuika.errors import InputError, TuikaError
from tuika.incidents.model import Outcome
from tuika.policy.model import EvidenceKind
from tuika.refunds.model import Actor
from tuika.web.desk.doors import Changer, Form, LeadingChanger, Reader, Services, entered, read_form
from tuika.web.desk.frame import PageRoute, act, address, page
from tuika.web.desk.login import Nothing
from tuika.web.desk.ports import PageServices
from tuika.web.desk_forms import Body, agent_of
from tuika.web.desk_refunds import run_due


class Decide(Body):
    what: str = Field(pattern="^(approve|reject|evidence)$")
    case_no: tuple[str, ...] = Field(default=(), max_length=200)
    reason: str = Field(default="", max_length=500)


class Announce(Body):
    text: str = Field(min_length=1, max_length=1_000)


def incident_pages() -> APIRouter:
    router = APIRouter(prefix="/incidents", route_class=PageRoute)
    router.add_api_route("", incidents_page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/{incident_id}", incident_page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/{incident_id}/decide", decide, methods=["POST"], response_class=HTMLResponse)
    router.add_api_route("/{incident_id}/announce", announce, methods=["POST"])
    router.add_api_route("/{incident_id}/close", close, methods=["POST"])
    return router


def incidents_page(request: Request, user: Reader, services: Services) -> HTMLResponse:
    with services.uow.reading() as uow:
        found = uow.incidents.list()
        sizes = {each.id: len(uow.incidents.members(each.id)) for each in found}
    return page(
        request,
        user,
        "desk/incidents.html",
        incidents=found,
        sizes=sizes,
        least=services.incidents.least,
        window=services.incidents.window,
    )


def incident_page(request: Request, user: Reader, services: Services, incident_id: str) -> HTMLResponse:
    return _show(request, user, services, incident_id)


def decide(
    incident_id: str, request: Request, user: Changer, services: Services, fields: Form
) -> HTMLResponse:
    """The outcome of each case is told on the page that answers; nothing is decided twice by sending it again."""
    try:
        given = read_form(fields, Decide)
        outcomes = services.incidents.decide(
            services.uow,
            incident_id,
            given.case_no,
            _step(services, given, Actor.agent(user.username)),
            agent_of(user),
            what=given.what,
        )
    except TuikaError as refused:
        return _show(
            request,
            user,
            services,
            incident_id,
            status=refused.status,
            error=refused.detail,
            typed=entered(fields),
        )
    run_due(services, incident_id)
    return _show(request, user, services, incident_id, outcomes=outcomes)


def announce(
    incident_id: str, request: Request, user: LeadingChanger, services: Services, fields: Form
) -> Response:
    def step() -> str:
        text = read_form(fields, Announce).text
        with services.uow() as uow:
            services.incidents.announce(uow, incident_id, text, agent_of(user))
        return address(f"/desk/incidents/{incident_id}", done="announced")

    return act(step, _again(request, user, services, incident_id, entered(fields)))


def close(
    incident_id: str, request: Request, user: LeadingChanger, services: Services, fields: Form
) -> Response:
    def step() -> str:
        read_form(fields, Nothing)
        with services.uow() as uow:
            services.incidents.close(uow, incident_id, agent_of(user))
        return address(f"/desk/incidents/{incident_id}", done="closed")

    return act(step, _again(request, user, services, incident_id, {}))


def _step(services: PageServices, given: Decide, actor: Actor) -> Callable[[Any, str], object]:
    refunds = services.refunds
    if given.what == "approve":
        return lambda uow, number: refunds.approve(uow, number, note=given.reason, actor=actor)
    if given.what == "reject":
        if not given.reason.strip():
            raise InputError("请写明驳回的原因，买家会看到", field="reason")
        return lambda uow, number: refunds.reject(uow, number, reason=given.reason, actor=actor)
    kinds = (EvidenceKind.OTHER,)
    return lambda uow, number: refunds.request_evidence(uow, number, kinds=kinds, actor=actor)


def _again(
    request: Request, user: DeskUser, services: PageServices, incident_id: str, typed: dict[str, str]
) -> Callable[[int, str], HTMLResponse]:
    return lambda status, error: _show(
        request, user, services, incident_id, status=status, error=error, typed=typed
    )


def _show(
    request: Request,
    user: DeskUser,
    services: PageServices,
    incident_id: str,
    *,
    status: int = 200,
    error: str = "",
    outcomes: tuple[Outcome, ...] = (),
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    with services.uow.reading() as uow:
        incident = services.incidents.get(uow, incident_id)
        cases = services.incidents.cases(uow, incident_id)
        members = {member.case_no: member for member in uow.incidents.members(incident_id)}
    return page(
        request,
        user,
        "desk/incident.html",
        status=status,
        error=error,
        incident=incident,
        cases=cases,
        members=members,
        outcomes={outcome.case_no: outcome for outcome in outcomes},
        typed=typed or {},
    )
