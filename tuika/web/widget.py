"""The widget's one script, and the same chat as a page of its own.

Invariants: the script is the committed build, byte for byte; it may be loaded by any page and says so; which
pages may then call the API is for each platform's origins to say; a page holds no inline script or style.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment

from tuika.errors import NotFound
from tuika.web.access import Services
from tuika.web.pages import HERE

SCRIPT = HERE / "static" / "widget.js"
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=300, stale-while-revalidate=86400",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class Script:
    plain: bytes
    packed: bytes
    etag: str


def script() -> Script:
    """The build as it lies there now; packed once for each build."""
    return _packed(SCRIPT.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _packed(_changed: int) -> Script:
    plain = SCRIPT.read_bytes()
    digest = hashlib.sha256(plain).hexdigest()[:32]
    return Script(plain, gzip.compress(plain, 9, mtime=0), digest)


def widget_router() -> APIRouter:
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/widget.js", widget_script, methods=["GET", "HEAD"])
    router.add_api_route("/chat/{platform}", chat_page, response_class=HTMLResponse)
    return router


def widget_script(request: Request) -> Response:
    """The script, packed where the browser takes that; 304 for a copy that is still good."""
    made = script()
    packs = "gzip" in request.headers.get("accept-encoding", "")
    etag = f'"{made.etag}{"-gz" if packs else ""}"'
    headers = {**_HEADERS, "ETag": etag}
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    if packs:
        headers["Content-Encoding"] = "gzip"
    body = made.packed if packs else made.plain
    return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)


def chat_page(platform: str, request: Request, services: Services) -> HTMLResponse:
    """The chat alone, for phones and for links in notices. A buyer's token may come as ``#token=``."""
    known = services.settings.platforms.get(platform)
    if known is None:
        raise NotFound("没有这个平台")
    environment = cast(Environment, request.app.state.templates)
    page = environment.get_template("chat.html").render(platform=platform, name=known.name or platform)
    return HTMLResponse(page)
