"""``POST /api/v1/sessions``: a buyer or guest begins to talk, or comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from tuika.clock import Clock
from tuika.conversations.model import Buyer, Conversation, Message, Role, Say
from tuika.conversations.ports import Session
from tuika.errors import InputError, Unauthenticated
from tuika.links import Purpose, is_link
from tuika.web.access import Services, Wall, session_limit_of
from tuika.web.identity import SESSION_LIFE, hash_session_token, new_session_token, read_user_token
from tuika.web.limits import Limit, client_address
from tuika.web.ports import WebServices
from tuika.web.schema import SessionModel, SessionRequest, buyer_json, message_json, problems

SHOWN_ON_RESUME = 500
GRACE = timedelta(days=1)


def sessions_router() -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["buyers"])
    router.add_api_route(
        "/sessions",
        open_session,
        methods=["POST"],
        status_code=201,
        response_model=SessionModel,
        responses=problems(400, 401, 413, 422, 429),
        summary="Begin or resume a conversation",
    )
    return router


def open_session(
    body: SessionRequest,
    request: Request,
    services: Services,
    wall: Wall,
    limit: Annotated[Limit, Depends(session_limit_of)],
) -> dict[str, Any]:
    """Without ``user_token`` the buyer is a guest; a bad or expired one is 401, never a guest.

    The token of a link in a notice resumes the conversation that the notice was about.
    """
    address = client_address(request)
    limit.check(address)
    if body.user_token is not None and is_link(body.user_token, Purpose.RESUME):
        buyer, conversation, messages = _by_link(body, services, wall)
    else:
        buyer = _buyer(body, services)
        conversation, messages = _conversation(body, buyer, services)
    token = _keep_session(conversation, buyer, address, services, wall)
    return {
        "session_token": token,
        "conversation_id": conversation.id,
        "buyer": buyer_json(buyer),
        "messages": [message_json(each) for each in messages],
    }


def _by_link(
    body: SessionRequest, services: WebServices, wall: Clock
) -> tuple[Buyer | None, Conversation, list[Message]]:
    """Raises Unauthenticated for a link that is not good, or is for another platform."""
    about = services.links.read(Purpose.RESUME, body.user_token or "", now=wall.now())
    with services.uow() as uow:
        conversation: Conversation | None = uow.conversations.get(about.get("conversation_id", ""))
        if conversation is None or conversation.platform != body.platform:
            raise Unauthenticated("链接无效或已过期，请重新获取")
        uow.audit.append(
            type="conversation.link.opened",
            actor=f"conversation:{conversation.id}",
            subject=about.get("case_no", conversation.id),
            detail={},
            at=services.clock.now(),
        )
        messages: list[Message] = uow.messages.last(conversation.id, SHOWN_ON_RESUME)
    return conversation.buyer, conversation, messages


def _buyer(body: SessionRequest, services: WebServices) -> Buyer | None:
    platform = services.settings.platforms.get(body.platform)
    if platform is None:
        raise InputError("没有这个平台（platform），请检查接入设置", field="platform")
    return None if body.user_token is None else read_user_token(body.user_token, platform)


def _conversation(
    body: SessionRequest, buyer: Buyer | None, services: WebServices
) -> tuple[Conversation, list[Message]]:
    if body.resume and buyer is not None:
        with services.uow.reading() as uow:
            last: Conversation | None = uow.conversations.last_of_buyer(body.platform, buyer.id)
            if last is not None:
                return last, uow.messages.last(last.id, SHOWN_ON_RESUME)
    greeting = services.greeting(body.platform, buyer)
    return _open(body, buyer, greeting, services)


def _open(
    body: SessionRequest, buyer: Buyer | None, greeting: Say, services: WebServices
) -> tuple[Conversation, list[Message]]:
    with services.uow() as uow:
        conversation = services.conversations.open(
            uow, platform=body.platform, channel=body.channel, buyer=buyer
        )
        return conversation, [services.conversations.post(uow, conversation.id, Role.BOT, greeting)]


def _keep_session(
    conversation: Conversation, buyer: Buyer | None, address: str, services: WebServices, wall: Clock
) -> str:
    token = new_session_token()
    session = Session(
        token_hash=hash_session_token(token),
        conversation_id=conversation.id,
        platform=conversation.platform,
        buyer=buyer,
        expires_at=wall.now() + SESSION_LIFE,
        address=address,
    )
    with services.uow() as uow:
        uow.sessions.add(session)
    return token


def purge_sessions(services: WebServices, wall: Clock) -> None:
    """Forget sessions that ended a while ago."""
    with services.uow() as uow:
        uow.sessions.purge(wall.now() - GRACE)
