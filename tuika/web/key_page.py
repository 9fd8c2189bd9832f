"""A replacement key behind a signed link that opens once: for buyers in chat apps, where no card can show it.

Invariants: looking at the page opens nothing (a chat app fetches what it is sent), only the button does; the key is in the
answer to that one form and in no cache; each opening is recorded, and a link that was used is refused whoever has it.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from tuika.errors import Conflict
from tuika.links import Purpose
from tuika.refunds.model import Actor, RefundCase
from tuika.web.access import Services, Wall
from tuika.web.linked_case import case_behind, linked_page
from tuika.web.ports import WebServices


def key_pages_router() -> APIRouter:
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/key/{token}", page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/key/{token}", opened, methods=["POST"], response_class=HTMLResponse)
    return router


def page(token: str, request: Request, services: Services, wall: Wall) -> HTMLResponse:
    return _page(request, _case(token, services, wall))


def opened(token: str, request: Request, services: Services, wall: Wall) -> HTMLResponse:
    case = _case(token, services, wall)
    actor = Actor.buyer(case.buyer_id) if case.buyer_id else Actor.guest(case.conversation_id or "")
    try:
        with services.uow() as uow:
            link = sha256(token.encode()).hexdigest()[:16]
            secret_id = services.refunds.open_replacement(uow, case.case_no, actor=actor, link=link)
            key = services.vault.reveal(
                uow, secret_id, actor=str(actor), reason="replacement key, by its link"
            )
    except Conflict as used:
        return _page(request, case, problem=used.detail, status=used.status)
    return _page(request, case, key=key)


def _case(token: str, services: WebServices, wall: Any) -> RefundCase:
    return case_behind(token, Purpose.KEY, services, wall, missing="没有可以查看的新卡密")


def _page(
    request: Request, case: RefundCase, *, key: str = "", problem: str = "", status: int = 200
) -> HTMLResponse:
    return linked_page(request, "key.html", status=status, case=case, key=key, problem=problem)
