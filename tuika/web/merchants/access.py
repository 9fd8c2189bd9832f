"""Who is at the inbox: a signed token in a cookie, from a link or a login.

Invariants: the token names a platform and a merchant and nothing else; the cookie is HttpOnly, SameSite=Lax and Secure
outside demo mode; a form that changes something names a value bound to the token, compared in constant time.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse

from tuika.desks.model import Forbidden
from tuika.errors import Unauthenticated
from tuika.links import LIVES, Purpose
from tuika.refunds.merchant_inbox import Merchant
from tuika.web.access import Services, Wall
from tuika.web.ports import WebServices

COOKIE = "tuika_merchant"


def current(request: Request, services: Services, wall: Wall) -> Merchant:
    """Raises Unauthenticated."""
    token = request.cookies.get(COOKIE)
    if not token:
        raise Unauthenticated("请先登录商家收件箱")
    about = services.links.read(Purpose.MERCHANT, token, now=wall.now())
    return Merchant(about.get("platform", ""), about.get("merchant", ""))


Current = Annotated[Merchant, Depends(current)]


def csrf_of(request: Request, services: WebServices) -> str:
    """What the session's forms must name."""
    token = request.cookies.get(COOKIE, "")
    key = services.settings.session_secret.encode()
    return hmac.new(key, b"merchant csrf:" + token.encode(), sha256).hexdigest()


def check_csrf(request: Request, services: WebServices, value: str) -> None:
    """Raises Forbidden."""
    if not hmac.compare_digest(csrf_of(request, services).encode(), value.encode("utf-8", "replace")):
        raise Forbidden("页面已过期，请刷新后再试")


def entered(services: WebServices, token: str) -> RedirectResponse:
    """To the inbox, with the token kept."""
    answer = RedirectResponse("/merchant", status_code=303)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(LIVES[Purpose.MERCHANT].total_seconds()),
        path="/merchant",
        secure=not services.settings.demo,
        httponly=True,
        samesite="lax",
    )
    return answer
