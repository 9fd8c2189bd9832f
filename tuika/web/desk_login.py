"""Logging in to the desk and out of it.

Invariants: the session cookie is HttpOnly and SameSite=Lax, and Secure outside demo mode; a login that another
site's page sends is refused by its Origin; nothing here says whether an account exists.

Annotations are evaluated here at once (no ``annotations`` import): FastAPI reads the local dependencies in them.
"""

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from tuika.desks.model import DeskUser, Forbidden, Grant
from tuika.web.desk_forms import (
    CSRF_COOKIE,
    PREFIX,
    SESSION_COOKIE,
    Body,
    DeskDoor,
    DeskServices,
    Nothing,
    body_of,
    described,
)
from tuika.web.limits import client_address


class Login(Body):
    username: str = Field(min_length=1, max_length=80)
    password: str = Field(min_length=1, max_length=200)


def desk_login_router(services: DeskServices) -> APIRouter:
    router = APIRouter(prefix=PREFIX, tags=["desk"])
    door = DeskDoor(services)

    @router.post(
        "/login", status_code=204, dependencies=[Depends(same_origin)], openapi_extra=described(Login)
    )
    def login(request: Request, body: Annotated[Login, Depends(body_of(Login))]) -> Response:
        grant = services.desk.login(body.username, body.password, address=client_address(request))
        response = Response(status_code=204)
        set_cookies(response, grant, secure=not services.settings.demo)
        return response

    @router.post("/logout", status_code=204, openapi_extra=described(Nothing))
    def logout(request: Request, user: Annotated[DeskUser, Depends(door.changer)]) -> Response:
        services.desk.logout(request.cookies[SESSION_COOKIE])
        response = Response(status_code=204)
        for name in (SESSION_COOKIE, CSRF_COOKIE):
            response.delete_cookie(name, path="/")
        return response

    @router.get("/me")
    def me(user: Annotated[DeskUser, Depends(door.user)]) -> dict[str, Any]:
        return {"username": user.username, "role": user.role.value}

    return router


def same_origin(request: Request) -> None:
    """Refuse what a page of another site sends. Raises Forbidden."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("只能从客服台自己的页面登录")


def set_cookies(response: Response, grant: Grant, *, secure: bool) -> None:
    age = int(grant.life.total_seconds())
    response.set_cookie(
        SESSION_COOKIE, grant.token, max_age=age, path="/", secure=secure, httponly=True, samesite="lax"
    )
    response.set_cookie(
        CSRF_COOKIE, grant.csrf, max_age=age, path="/", secure=secure, httponly=False, samesite="lax"
    )
