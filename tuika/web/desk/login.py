"""Logging in and out by a form.

Invariants: a wrong name and a wrong password are answered alike; five failures lock the name for that address, and
the page says for how long; after the login one lands only on a page of the desk.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from tuika.errors import TuikaError, Unauthenticated
from tuika.web.desk.doors import Changer, Form, Services, read_form
from tuika.web.desk.frame import LOGIN, PageRoute, environment, html
from tuika.web.desk_forms import CSRF_COOKIE, SESSION_COOKIE, Body
from tuika.web.desk_login import Login, same_origin, set_cookies
from tuika.web.limits import client_address

HOME = "/desk/conversations"


class PageLogin(Login):
    next: str = ""


class Nothing(Body):
    """A form with nothing but its button."""


def login_pages() -> APIRouter:
    router = APIRouter(route_class=PageRoute)
    router.add_api_route("/login", login_page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/login", log_in, methods=["POST"], dependencies=[Depends(same_origin)])
    router.add_api_route("/logout", log_out, methods=["POST"])
    return router


def login_page(
    request: Request, services: Services, next: Annotated[str, Query(max_length=500)] = ""
) -> Response:
    try:
        services.desk.user_of(request.cookies.get(SESSION_COOKIE))
    except Unauthenticated:
        return _form(request, services, target=next)
    return RedirectResponse(_safe(next), status_code=303)


def log_in(request: Request, services: Services, fields: Form) -> Response:
    username = str((fields.values.get("username") or [""])[0])[:80]
    target = str((fields.values.get("next") or [""])[0])[:500]
    try:
        given = read_form(fields, PageLogin)
        grant = services.desk.login(given.username, given.password, address=client_address(request))
    except TuikaError as refused:
        return _form(
            request, services, target=target, username=username, error=refused.detail, status=refused.status
        )
    response = RedirectResponse(_safe(given.next), status_code=303)
    set_cookies(response, grant, secure=not services.settings.demo)
    return response


def log_out(request: Request, services: Services, user: Changer, fields: Form) -> Response:
    read_form(fields, Nothing)
    services.desk.logout(request.cookies[SESSION_COOKIE])
    response = RedirectResponse(LOGIN, status_code=303)
    for name in (SESSION_COOKIE, CSRF_COOKIE):
        response.delete_cookie(name, path="/")
    return response


def _form(
    request: Request,
    services: Services,
    *,
    target: str = "",
    username: str = "",
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    text = (
        environment(request)
        .get_template("desk/login.html")
        .render(target=target, username=username, error=error, demo=services.settings.demo)
    )
    return html(text, status)


def _safe(target: str) -> str:
    """A page of the desk, whatever the address asked for."""
    inside = target.startswith("/desk/") or target == "/desk"
    plain = all(part not in target for part in ("//", "\\", "..", "\n", "\r"))
    return target if inside and plain and not target.startswith(LOGIN) else HOME
