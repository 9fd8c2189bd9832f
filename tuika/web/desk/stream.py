"""News for open pages: the lines of one conversation, or that some list has changed.

Invariants: a line is sent once and in order, also after a lost connection (``id`` is its ``seq``); a stream ends when
its login does; what is sent is the same escaped HTML as the page's own lines.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from tuika.conversations.model import Message
from tuika.desks.board import BOARD
from tuika.desks.model import DeskUser
from tuika.desks.revealing import may_see
from tuika.errors import InputError, Unauthenticated
from tuika.web.desk.doors import Reader, Services
from tuika.web.desk.frame import PageRoute, environment
from tuika.web.desk.ports import PageServices
from tuika.web.desk_forms import SESSION_COOKIE, agent_of
from tuika.web.events import Feed
from tuika.web.streams import heartbeat, opening

BEAT = 15.0
MAX_SEQ = 10**9
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def streams() -> APIRouter:
    router = APIRouter(route_class=PageRoute)
    router.add_api_route("/conversations/{conversation_id}/events", lines, methods=["GET"])
    router.add_api_route("/events", board, methods=["GET"])
    return router


async def lines(
    conversation_id: str,
    request: Request,
    user: Reader,
    services: Services,
    after: Annotated[int, Query(ge=0, le=MAX_SEQ)] = 0,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> StreamingResponse:
    """Messages after ``Last-Event-ID`` (or ``after``) as lines of the transcript."""
    await run_sync(_known, services, conversation_id)
    services.wakes.check_room(conversation_id)
    start = _seen(last_event_id) if last_event_id else after
    return StreamingResponse(
        _lines(request, services, conversation_id, start, user),
        media_type="text/event-stream",
        headers=HEADERS,
    )


async def board(request: Request, user: Reader, services: Services) -> StreamingResponse:
    services.wakes.check_room(BOARD)
    return StreamingResponse(_board(request, services), media_type="text/event-stream", headers=HEADERS)


def frame_of(number: int, html: str) -> str:
    """One event of HTML, a data line for each of its lines."""
    data = "\n".join(f"data: {line}" for line in html.replace("\r", "").split("\n"))
    return f"event: line\nid: {number}\n{data}\n\n"


async def _lines(
    request: Request, services: PageServices, conversation_id: str, after: int, user: DeskUser
) -> AsyncIterator[str]:
    yield opening()
    feed: Feed = request.app.state.feed
    async for message in feed.follow(conversation_id, after):
        if message is not None:
            yield frame_of(
                message.seq, await run_sync(_drawn, request, services, message, conversation_id, user)
            )
        elif await run_sync(_still_in, request, services):
            yield heartbeat()
        else:
            return


async def _board(request: Request, services: PageServices) -> AsyncIterator[str]:
    yield opening()
    with services.wakes.listen(BOARD) as bell:
        while True:
            bell.event.clear()
            try:
                await asyncio.wait_for(bell.event.wait(), BEAT)
            except TimeoutError:
                if not await run_sync(_still_in, request, services):
                    return
                yield heartbeat()
            else:
                yield "event: board\ndata: changed\n\n"


def _drawn(
    request: Request, services: PageServices, message: Message, conversation_id: str, user: DeskUser
) -> str:
    pictures = False
    if message.attachments:
        with services.uow.reading() as uow:
            pictures = may_see(uow, conversation_id, agent_of(user))
    template = environment(request).get_template("desk/line.html")
    return template.render(message=message, now=services.clock.now(), pictures=pictures).strip()


def _known(services: PageServices, conversation_id: str) -> None:
    with services.uow.reading() as uow:
        services.conversations.get(uow, conversation_id)


def _still_in(request: Request, services: PageServices) -> bool:
    try:
        services.desk.user_of(request.cookies.get(SESSION_COOKIE))
    except Unauthenticated:
        return False
    return True


def _seen(header: str) -> int:
    if not (header.isascii() and header.isdigit() and int(header) <= MAX_SEQ):
        raise InputError("Last-Event-ID 应是上一条事件的编号", field="Last-Event-ID")
    return int(header)
