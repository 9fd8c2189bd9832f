"""The team: who is here, who holds what; one's own presence; capacity, set by leads."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import Field

from tuika.clock import shanghai
from tuika.desks.model import DeskUser
from tuika.handoff.model import GRACE, Presence
from tuika.web.desk.doors import Changer, Form, LeadingChanger, Reader, Services, read_form
from tuika.web.desk.frame import PageRoute, act, address, page
from tuika.web.desk.ports import PageServices
from tuika.web.desk_forms import Body, agent_of

HERE = "/desk/team"


class Choice(Body):
    presence: Presence


class Capacity(Body):
    username: str = Field(min_length=1, max_length=40)
    capacity: int


def people_pages() -> APIRouter:
    router = APIRouter(route_class=PageRoute)
    router.add_api_route("/team", team_page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/presence", choose_presence, methods=["POST"])
    router.add_api_route("/team/capacity", set_capacity, methods=["POST"])
    return router


def team_page(request: Request, user: Reader, services: Services) -> HTMLResponse:
    return _show(request, user, services)


def choose_presence(request: Request, user: Changer, services: Services, fields: Form) -> Response:
    def step() -> str:
        presence = read_form(fields, Choice).presence
        with services.uow() as uow:
            services.handoffs.choose_presence(uow, presence, agent_of(user))
        return address(HERE, done="presence")

    return act(step, lambda status, error: _show(request, user, services, status=status, error=error))


def set_capacity(request: Request, user: LeadingChanger, services: Services, fields: Form) -> Response:
    def step() -> str:
        given = read_form(fields, Capacity)
        with services.uow() as uow:
            services.handoffs.set_capacity(uow, given.username, given.capacity, agent_of(user))
        return address(HERE, done="saved")

    return act(step, lambda status, error: _show(request, user, services, status=status, error=error))


def _show(
    request: Request, user: DeskUser, services: PageServices, *, status: int = 200, error: str = ""
) -> HTMLResponse:
    wall = request.app.state.wall.now()
    now = services.clock.now()
    with services.uow.reading() as uow:
        users = uow.users.all()
        seats = {seat.username: seat for seat in services.handoffs.seats(uow)}
        held = {each.username: uow.handoffs.of_agent(each.username) for each in users}
    working, guess = services.work_days.is_working(shanghai(now).date())
    return page(
        request,
        user,
        "desk/team.html",
        status=status,
        error=error,
        users=users,
        seats=seats,
        held=held,
        wall=wall,
        grace=GRACE,
        presences=list(Presence),
        working_day=working,
        guess=guess,
        opening=services.hours.next_opening(now),
        closing=services.hours.closing(now),
    )
