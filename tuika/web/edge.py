"""What happens to every request at the outer edge.

Invariants: each answer carries a request id and the security headers; the access log holds neither body,
query, token nor header; a route is counted by its template, so that ids make no new series.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("tuika.access")
PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DATA_CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
BUYER_PATHS = ("/api/v1/sessions", "/api/v1/conversations/", "/api/v1/platforms/")
NEAR = r"http://(localhost|127\.0\.0\.1)(:\d{1,5})?"  # pages of this machine, whatever their port
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Counters:
    """The numbers of one app; a registry of its own, so that several apps may live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "tuika_http_requests", "Requests answered", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "tuika_http_request_seconds",
            "Seconds from request to the last byte, streams left out",
            ("method", "route"),
            registry=self.registry,
        )


class Edge:
    """ASGI middleware: request id, access log, counters, security headers."""

    def __init__(
        self, app: ASGIApp, *, counters: Counters, timer: Callable[[], float] = time.perf_counter
    ) -> None:
        self._app = app
        self._counters = counters
        self._timer = timer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        begun = self._timer()
        with structlog.contextvars.bound_contextvars(request_id=answer.request_id):
            try:
                await self._app(scope, receive, answer)
            except Exception:
                answer.status = 500
                raise
            finally:
                self._note(scope, answer, self._timer() - begun)

    def _note(self, scope: Scope, answer: _Answer, seconds: float) -> None:
        method, route = scope["method"], _route(scope)
        self._counters.requests.labels(method, route, str(answer.status)).inc()
        if not answer.streams:
            self._counters.seconds.labels(method, route).observe(seconds)
        log.info(
            "http.request", method=method, route=route, status=answer.status, ms=round(seconds * 1000, 1)
        )


class _Answer:
    """``send`` with headers added on the way."""

    def __init__(self, scope: Scope, send: Send) -> None:
        given = Headers(scope=scope).get("x-request-id", "")
        self.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        self.status = 499  # gone before an answer
        self.streams = False
        self._path: str = scope["path"]
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._dress(MutableHeaders(scope=message))
        await self._send(message)

    def _dress(self, headers: MutableHeaders) -> None:
        kind = headers.get("content-type", "")
        self.streams = kind.startswith("text/event-stream")
        headers["X-Request-ID"] = self.request_id
        for name, value in _ALWAYS.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", PAGE_CSP if kind.startswith("text/html") else DATA_CSP)
        headers.setdefault("Cache-Control", "no-cache" if self._path.startswith("/static/") else "no-store")
        if self.status == 401 and self._path.startswith(BUYER_PATHS):
            headers.setdefault("WWW-Authenticate", "Bearer")


class BuyersCors:
    """ASGI middleware: the platforms' pages may call the buyers' API, and nothing else, from their origins."""

    def __init__(self, app: ASGIApp, *, origins: tuple[str, ...], near: bool = False) -> None:
        """``near``: pages that this machine itself serves may call too (demo mode)."""
        self._app = app
        self._open = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_origin_regex=NEAR if near else None,
            allow_methods=("GET", "POST"),
            allow_headers=("Authorization", "Content-Type", "Last-Event-ID", "X-Request-ID"),
            expose_headers=("Retry-After", "X-Request-ID", "Content-Disposition"),
            max_age=600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        buyers = scope["type"] == "http" and scope["path"].startswith(BUYER_PATHS)
        await (self._open if buyers else self._app)(scope, receive, send)


def _route(scope: Scope) -> str:
    route = scope.get("route")
    return str(getattr(route, "path", "unmatched"))
