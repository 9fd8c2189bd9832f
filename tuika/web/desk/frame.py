"""The frame around every page: navigation, who is here, what went well or wrong.

Invariants: a page is rendered after its transaction; the counts in the navigation are read for each page; a notice
after an action is one of a fixed set named in the address, never text from it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from jinja2 import Environment
from starlette.exceptions import HTTPException

from tuika.desks.model import DeskUser, Forbidden
from tuika.errors import TuikaError, Unauthenticated
from tuika.handoff.board import BoardList
from tuika.web.desk.doors import services_of
from tuika.web.desk.words import FILTERS
from tuika.web.desk_forms import SESSION_COOKIE, agent_of
from tuika.web.pages import templates
from tuika.web.problems import in_words

LOGIN = "/desk/login"
DONE = {
    "claimed": "已接入，机器人不再发言",
    "sent": "已发送",
    "noted": "备注已保存，只有客服台看得到",
    "returned": "已交还机器人，它会接着之前的内容服务",
    "finished": "会话已结束，已请买家评分",
    "requeued": "已放回队列，买家排在最前面",
    "transferred": "已转给同事",
    "closed": "已关闭",
    "approved": "已通过，正在发起打款",
    "pending": "已记录您的同意，还要另一位同事确认",
    "rejected": "已驳回，买家已收到原因",
    "evidence": "已请买家补充材料",
    "offered": "方案已发给买家",
    "reissued": "新卡密已封存，买家同意后可以查看",
    "paid": "已登记打款，买家已收到通知",
    "saved": "已保存",
    "removed": "已删除",
    "announced": "公告已发给相关买家",
    "decided": "批量处理完成，结果见下方",
    "presence": "状态已更新",
    "asked": "已经收下，可以离开这一页，结果会留在这里",
}


class PageRoute(APIRoute):
    """Errors as pages; who is not logged in is shown the way."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        plain = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await plain(request)
            except Unauthenticated:
                return to_login(request)
            except TuikaError as error:
                return error_page(request, error.status, error.title, error.detail)
            except RequestValidationError as error:
                return error_page(request, 422, "地址或内容有误", in_words(error.errors()))
            except HTTPException as error:
                return error_page(request, error.status_code, "请求没有成功", str(error.detail))

        return handle


def environment(request: Request) -> Environment:
    """The desk's templates, made once an application."""
    known: Environment | None = getattr(request.app.state, "desk_templates", None)
    if known is None:
        known = templates()
        known.filters.update(FILTERS)
        platforms = services_of(request).settings.platforms
        known.filters["platform"] = lambda key: platforms[key].name or key if key in platforms else key
        request.app.state.desk_templates = known
    return known


def to_login(request: Request) -> Response:
    """To the login, and afterwards back to where a reader was going."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = LOGIN + (f"?next={quote(here)}" if request.method == "GET" else "")
    if request.headers.get("HX-Request"):
        return Response(status_code=204, headers={"HX-Redirect": target.partition("?")[0]})
    return RedirectResponse(target, status_code=303)


def html(text: str, status: int = 200) -> HTMLResponse:
    """A page. Its forms must say where they come from, so the edge's stricter referrer policy gives way."""
    return HTMLResponse(text, status_code=status, headers={"Referrer-Policy": "same-origin"})


def error_page(request: Request, status: int, title: str, detail: str) -> HTMLResponse:
    text = (
        environment(request).get_template("desk/error.html").render(status=status, title=title, detail=detail)
    )
    return html(text, status)


def page(
    request: Request,
    user: DeskUser,
    template: str,
    /,
    *,
    status: int = 200,
    error: str = "",
    **values: Any,
) -> HTMLResponse:
    """A page in its frame. ``error``: what went wrong with the form that was just sent."""
    text = (
        environment(request)
        .get_template(template)
        .render(
            **frame_values(request, user),
            error=error,
            notice=DONE.get(request.query_params.get("done", ""), ""),
            **values,
        )
    )
    return html(text, status)


def frame_values(request: Request, user: DeskUser) -> dict[str, Any]:
    """What navigation and forms need."""
    services = services_of(request)
    now = services.clock.now()
    agent = agent_of(user)
    with services.uow.reading() as uow:
        counts: dict[BoardList, int] = uow.board.counts(now=now)
        incidents = uow.incidents.list(open_only=True, limit=5)
        seat = uow.seats.get(user.username)
        stale = services.handoffs.is_stale(uow, agent)
    if stale:  # an open page is a sign of life; most are too fresh to be worth writing
        with services.uow() as uow:
            seat = services.handoffs.seen(uow, agent)
    return {
        "user": user,
        "agent": agent,
        "csrf": services.desk.csrf_of(request.cookies[SESSION_COOKIE]),
        "counts": counts,
        "lists": list(BoardList),
        "alerts": incidents,
        "seat": seat,
        "now": now,
        "hours": services.hours,
        "open_now": services.hours.is_open(now),
        "path": request.url.path,
        "demo": services.settings.demo,
    }


def act(
    step: Callable[[], str],
    again: Callable[[int, str], HTMLResponse],
) -> Response:
    """Do ``step``; it gives the address to go to. What it refuses is said on the page it came from.

    A refusal to the person himself (not logged in, not his to do) is the route's to answer.
    """
    try:
        target = step()
    except (Unauthenticated, Forbidden):
        raise
    except TuikaError as refused:
        return again(refused.status, refused.detail)
    return RedirectResponse(target, status_code=303)


def address(path: str, **query: object) -> str:
    """``path`` with a query of what is set."""
    chosen = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(chosen)}" if chosen else path
