"""The buyers' conversation: messages in, messages out, events, rating.

Invariants: a message that was taken in is answered even when its sender hangs up; what is refused is stored
nowhere; typed text is cleaned before anything else looks at it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from tuika.conversations.inbound import Inbound
from tuika.conversations.model import Message
from tuika.conversations.text import clean, measured
from tuika.errors import Conflict, InputError
from tuika.settings import Limits
from tuika.web.access import OwnSession, Services, feed_of, who
from tuika.web.events import PAGE, Feed, mark_seen
from tuika.web.live import live_frames
from tuika.web.ports import WebServices
from tuika.web.schema import MessageRequest, MessagesModel, RatingRequest, message_json, problems
from tuika.web.streams import event, heartbeat, opening
from tuika.web.typing_signs import Signs

MAX_SEQ = 2**31 - 1
_COMMON = (401, 404, 422)
Seq = Annotated[int, Query(ge=0, le=MAX_SEQ)]


def buyers_router() -> APIRouter:
    router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["buyers"])
    router.add_api_route(
        "/messages",
        post_message,
        methods=["POST"],
        response_model=MessagesModel,
        responses=problems(400, *_COMMON, 409, 413, 429),
        summary="Say something or press a quick reply",
    )
    router.add_api_route(
        "/messages",
        list_messages,
        methods=["GET"],
        response_model=MessagesModel,
        responses=problems(*_COMMON),
        summary="What was said, by all speakers",
    )
    router.add_api_route(
        "/events",
        stream_events,
        methods=["GET"],
        response_class=StreamingResponse,
        responses={**problems(*_COMMON, 429), 200: {"content": {"text/event-stream": {}}}},
        summary="Server-sent events: each new message, id = seq",
    )
    router.add_api_route(
        "/rating",
        rate,
        methods=["POST"],
        status_code=204,
        response_class=Response,
        responses=problems(400, *_COMMON, 409, 413),
        summary="Rate the service once, 1 to 5",
    )
    return router


async def post_message(
    body: MessageRequest, request: Request, session: OwnSession, services: Services
) -> JSONResponse:
    """Answers with what was said to this message, in order. The same client_id answers the same."""
    if (body.text is None) == (body.action is None):
        raise InputError("text 与 action 要有且只有一个", field="text")
    inbound = Inbound(
        conversation_id=session.conversation_id,
        client_id=str(body.client_id),
        text="" if body.text is None else checked_text(body.text, services.settings.limits),
        action=body.action,
        who=who(session, request),
    )
    said = [message_json(each) for each in await receive(services, inbound)]
    return JSONResponse(
        {"messages": said}
    )  # built to the model already: FastAPI would check and copy it again


def checked_text(text: str, limits: Limits, *, may_be_empty: bool = False) -> str:
    """Cleaned text. Raises InputError when nothing is left or too much."""
    cleaned = clean(text)
    if not cleaned and not may_be_empty:
        raise InputError("消息是空的，请输入文字后再发送", field="text")
    if measured(cleaned) > limits.message_chars:
        raise InputError(f"消息太长了，最多 {limits.message_chars} 个字，请分几条发送", field="text")
    return cleaned


async def receive(services: WebServices, inbound: Inbound) -> list[Message]:
    """The hub's answer; the turn goes on to its end when the sender is gone."""
    return await asyncio.shield(asyncio.ensure_future(services.hub.receive(inbound)))


def list_messages(
    session: OwnSession,
    services: Services,
    after: Seq = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
) -> dict[str, Any]:
    """Messages after ``after``, oldest first, at most ``limit``."""
    with services.uow.reading() as uow:
        messages: list[Message] = uow.messages.after(session.conversation_id, after, limit=limit)
    mark_seen(services.uow, session.conversation_id, messages)
    return {"messages": [message_json(each) for each in messages]}


async def stream_events(
    session: OwnSession,
    services: Services,
    feed: Annotated[Feed, Depends(feed_of)],
    typing: Signs,
    after: Seq = 0,
    last_event_id: Annotated[str | None, Header()] = None,
    live: Annotated[bool, Query(description="Also events named state and typing, which have no id")] = False,
) -> StreamingResponse:
    """Replays what came after ``Last-Event-ID`` (or ``?after=``), then follows."""
    services.wakes.check_room(session.conversation_id)
    start = _last_seen(last_event_id) if last_event_id else after
    if live:
        frames = live_frames(feed, typing, services, session.conversation_id, start)
    else:
        frames = _frames(feed, session.conversation_id, start)
    return StreamingResponse(
        frames,
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _last_seen(header: str) -> int:
    if not (header.isascii() and header.isdigit() and int(header) <= MAX_SEQ):
        raise InputError("Last-Event-ID 应是上一条事件的编号", field="Last-Event-ID")
    return int(header)


async def _frames(feed: Feed, conversation_id: str, after: int) -> AsyncIterator[str]:
    yield opening()
    async for message in feed.follow(conversation_id, after):
        yield heartbeat() if message is None else event(message.seq, message_json(message))


def rate(body: RatingRequest, session: OwnSession, services: Services) -> Response:
    comment = services.screen.mask(clean(body.comment))
    with services.uow() as uow:
        stored: bool = uow.conversations.rate(
            session.conversation_id, score=body.score, comment=comment, at=services.clock.now()
        )
    if not stored:
        raise Conflict("这次服务已经评过分了，谢谢")
    return Response(status_code=204)
