"""A case behind a signed link of one purpose, and the page that is shown of it.

Invariants: the link names the case and nothing else does; such a page is kept in no cache and tells no other site its address.
"""

from __future__ import annotations

from typing import Any, cast

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from tuika.errors import NotFound
from tuika.links import Purpose
from tuika.refunds.model import RefundCase
from tuika.web.ports import WebServices

_HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


def case_behind(
    token: str, purpose: Purpose, services: WebServices, wall: Any, *, missing: str
) -> RefundCase:
    """Raises what the link's reading raises, and NotFound with the words ``missing``."""
    about = services.links.read(purpose, token, now=wall.now())
    with services.uow.reading() as uow:
        case: RefundCase | None = uow.cases.get(about.get("case_no", ""))
    if case is None:
        raise NotFound(missing)
    return case


def linked_page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    environment = cast(Environment, request.app.state.templates)
    shown = environment.get_template(template).render(**values)
    return HTMLResponse(shown, status_code=status, headers=_HEADERS)
