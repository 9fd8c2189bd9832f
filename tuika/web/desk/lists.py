"""The five lists of conversations, the pulse that keeps them fresh, and the sheet of shortcuts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from tuika.desks.model import DeskUser
from tuika.handoff.board import BoardList, BoardRow
from tuika.web.desk.doors import Reader, Services
from tuika.web.desk.frame import PageRoute, page
from tuika.web.desk.ports import PageServices

PER_PAGE = 50
MOST_PAGES = 200

Words = Annotated[str, Query(max_length=80)]
PageNumber = Annotated[int, Query(ge=1, le=MOST_PAGES)]


def list_pages() -> APIRouter:
    router = APIRouter(route_class=PageRoute)
    router.add_api_route("/conversations", conversations_page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/pulse", pulse, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/keys", keys_page, methods=["GET"], response_class=HTMLResponse)
    return router


def conversations_page(
    request: Request,
    user: Reader,
    services: Services,
    list: BoardList | None = None,
    mine: bool = False,
    q: Words = "",
    p: PageNumber = 1,
) -> HTMLResponse:
    chosen = list or first_list(services, user)
    rows, more = board_rows(services, user, chosen, mine=mine, words=q, number=p)
    return page(
        request,
        user,
        "desk/conversations.html",
        which=chosen,
        rows=rows,
        mine=mine,
        q=q,
        number=p,
        more=more,
    )


def pulse(request: Request, user: Reader) -> HTMLResponse:
    """The navigation alone, with its counts; also the sign of life of an open page."""
    return page(request, user, "desk/pulse.html")


def keys_page(request: Request, user: Reader) -> HTMLResponse:
    return page(request, user, "desk/keys.html")


def first_list(services: PageServices, user: DeskUser) -> BoardList:
    """Where work is: what one holds, what waits, what needs a look; else what the bot does."""
    with services.uow.reading() as uow:
        counts = uow.board.counts(now=services.clock.now())
    order = (BoardList.HUMAN, BoardList.QUEUED, BoardList.ATTENTION, BoardList.BOT)
    return next((which for which in order if counts[which]), BoardList.QUEUED)


def board_rows(
    services: PageServices,
    user: DeskUser,
    which: BoardList,
    *,
    mine: bool = False,
    words: str = "",
    number: int = 1,
) -> tuple[list[BoardRow], bool]:
    """One page of a list, and whether there is another."""
    with services.uow.reading() as uow:
        found: Any = uow.board.rows(
            which,
            now=services.clock.now(),
            agent=user.username if mine else None,
            words=words,
            limit=PER_PAGE + 1,
            offset=(number - 1) * PER_PAGE,
        )
    return found[:PER_PAGE], len(found) > PER_PAGE
