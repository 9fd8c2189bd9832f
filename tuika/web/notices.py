"""Where a buyer hears of his cases after he left: asked for in the conversation, agreed to here, taken back here.

Invariants: the address goes into the vault and comes back masked; the page of the signed link needs no session, names
nothing but masks, and speaks in the conversation, so that its owner sees what was agreed.
"""

from __future__ import annotations

from typing import Annotated, Any, cast

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment
from pydantic import BaseModel, Field

from tuika.conversations.model import Role, Say
from tuika.errors import TuikaError
from tuika.links import Purpose
from tuika.refunds.reach import Agreement
from tuika.web.access import OwnSession, Services, Wall
from tuika.web.ports import WebServices
from tuika.web.schema import problems

NAMES = {"email": "邮箱", "sms": "手机短信"}


class WayRequest(BaseModel):
    """``way``: one of ``ways``, or of a bound account ``chats[].way``, which needs no address."""

    way: str = Field(max_length=30)
    address: str = Field(default="", max_length=254)


class ChatModel(BaseModel):
    way: str
    label: str


class WayModel(BaseModel):
    """``ways`` are those that can be chosen here; ``way`` and ``masked`` what is agreed, if anything is."""

    ways: list[str]
    chats: list[ChatModel]
    way: str | None
    masked: str | None


def notices_router() -> APIRouter:
    router = APIRouter(prefix="/api/v1/conversations/{conversation_id}/notices", tags=["buyers"])
    common: Any = {"response_model": WayModel, "responses": problems(401, 404, 413, 422)}
    router.add_api_route("", show, methods=["GET"], summary="Where notices go besides the chat", **common)
    router.add_api_route("", agree, methods=["PUT"], summary="Have notices sent to an address", **common)
    router.add_api_route("", forget, methods=["DELETE"], summary="Have them sent no more", **common)
    return router


def notice_pages_router() -> APIRouter:
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/notify/{token}", form_page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/notify/{token}", form_sent, methods=["POST"], response_class=HTMLResponse)
    return router


def show(session: OwnSession, services: Services) -> dict[str, Any]:
    with services.uow.reading() as uow:
        return _shown(services, uow, session.conversation_id)


def agree(body: WayRequest, session: OwnSession, services: Services) -> dict[str, Any]:
    _agree(services, session.conversation_id, body.way, body.address)
    return show(session, services)


def forget(session: OwnSession, services: Services) -> dict[str, Any]:
    with services.uow() as uow:
        services.reaching.forget(
            uow, session.conversation_id, actor=f"conversation:{session.conversation_id}"
        )
    return show(session, services)


def form_page(token: str, request: Request, services: Services, wall: Wall) -> HTMLResponse:
    about = services.links.read(Purpose.NOTIFY, token, now=wall.now())
    return _page(request, services, about["conversation_id"])


def form_sent(
    token: str,
    request: Request,
    services: Services,
    wall: Wall,
    way: Annotated[str, Form(max_length=30)],
    address: Annotated[str, Form(max_length=254)] = "",
) -> Response:
    """The form is its own proof: its address is the signed link, which only the conversation shows."""
    about = services.links.read(Purpose.NOTIFY, token, now=wall.now())
    try:
        made = _agree(services, about["conversation_id"], way, address)
    except TuikaError as refusal:
        here = about["conversation_id"]
        return _page(request, services, here, problem=refusal.detail, status=refusal.status)
    return _page(request, services, about["conversation_id"], agreed=made)


def _agree(services: WebServices, conversation_id: str, way: str, address: str) -> Agreement:
    with services.uow() as uow:
        services.conversations.get(uow, conversation_id)
        made: Agreement = services.reaching.agree(
            uow, conversation_id, way=way, address=address, actor=f"conversation:{conversation_id}"
        )
        said = f"记下了：退款有进展时，除了在这里告诉您，也会发到您的{_place(made)}。不想收了随时告诉我。"
        services.conversations.post(uow, conversation_id, Role.SYSTEM, Say(said))
    services.wakes.wake(conversation_id)
    return made


def _place(agreement: Agreement) -> str:
    """``手机短信 138****0001``, ``Telegram``."""
    name = NAMES.get(agreement.way, "")
    return f"{name} {agreement.masked}".strip()


def _shown(services: WebServices, uow: Any, conversation_id: str) -> dict[str, Any]:
    agreement: Agreement | None = uow.agreements.get(conversation_id)
    chats = services.reaching.chats(uow, conversation_id)
    return {
        "ways": list(services.reaching.ways),
        "chats": [{"way": chat.choice, "label": chat.label} for chat in chats],
        "way": agreement.way if agreement else None,
        "masked": agreement.masked if agreement else None,
    }


def _page(
    request: Request,
    services: WebServices,
    conversation_id: str,
    *,
    problem: str = "",
    agreed: Agreement | None = None,
    status: int = 200,
) -> HTMLResponse:
    environment = cast(Environment, request.app.state.templates)
    with services.uow.reading() as uow:
        chats = [(chat.choice, chat.label) for chat in services.reaching.chats(uow, conversation_id)]
    ways = [(way, NAMES[way]) for way in services.reaching.ways]
    page = environment.get_template("notify.html").render(
        ways=ways, chats=chats, problem=problem, agreed=agreed
    )
    headers = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    return HTMLResponse(page, status_code=status, headers=headers)
