"""Every route with every role: who has no business there is told nothing and changes nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.routing import APIRoute

from tuika.desks.model import DeskRole

OPEN_TO_ALL = {
    "/api/v1/sessions",
    "/api/v1/desk/login",
    "/desk/login",
    "/merchant/login",
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/docs",
}
OPEN_PREFIXES = (
    "/static",
    "/demo",
    "/api/v1/demo/",
    "/api/v1/platforms",
    "/chat",
    "/widget",
    "/loader",
    "/tuika",
)
DENIED = {303, 307, 400, 401, 403, 404, 405, 422}
LEADS_ONLY = ("/api/v1/desk/audit", "/api/v1/desk/audit/verify")
PASSWORD = "a-long-password-for-tests"


def routes(app: Any) -> list[tuple[str, str]]:
    """Every (method, path) as a client calls it."""
    found = [(path, route) for path, route in _flat(app.routes) if isinstance(route, APIRoute)]
    pairs = [(method, path) for path, r in found for method in sorted(r.methods or ()) if method != "HEAD"]
    assert len(pairs) > 40
    return pairs


def _flat(found: Any, prefix: str = "") -> list[tuple[str, Any]]:
    """Routes with their whole paths; a router's prefix stands before the routers included in it."""
    flat: list[tuple[str, Any]] = []
    for route in found:
        router = getattr(route, "original_router", None)
        if router is None or isinstance(route, APIRoute):
            flat.append((prefix + getattr(route, "path", ""), route))
            continue
        flat += _flat(router.routes, prefix + route.include_context.prefix)
    return flat


def test_the_list_of_routes_is_that_of_a_client(hub: Any) -> None:
    """Whole paths, prefixes included: a page that is asked for under a wrong path would seem shut."""
    paths = {path for _, path in routes(hub.app)}
    assert {
        "/desk/cases/{case_no}/approve",
        "/desk/audit",
        "/desk/conversations/{conversation_id}/sealed",
    } <= paths
    assert not [path for path in paths if path.startswith(("/cases", "/audit", "/conversations", "/scams"))]
    known = hub.app.openapi()["paths"]
    assert set(known) - {"/openapi.json"} <= paths


def is_open(path: str) -> bool:
    return path in OPEN_TO_ALL or path.startswith(OPEN_PREFIXES)


def concrete(path: str, talk: str = "cv_nobodys") -> str:
    path = path.replace("{conversation_id}", talk)
    return re.sub(r"\{[^}]+\}", "RF00000000", path)


def test_without_a_key_no_private_route_answers(hub: Any) -> None:
    open_doors = [
        (method, path)
        for method, path in routes(hub.app)
        if not is_open(path)
        and hub.call(method, concrete(path), area="matrix", json={}, follow_redirects=False).status_code
        not in DENIED
    ]
    assert open_doors == []


def test_a_buyers_key_opens_no_desk_and_no_other_conversation(hub: Any) -> None:
    talk, _ = hub.session("b1")
    _, header = hub.session("b2")
    for method, path in routes(hub.app):
        if is_open(path):
            continue
        answer = hub.call(
            method, concrete(path, talk), area="matrix", json={}, headers=header, follow_redirects=False
        )
        assert answer.status_code in DENIED, (method, path, answer.status_code)
        if "{conversation_id}" in path and path.startswith("/api/v1/conversations/"):
            assert answer.status_code in (404, 422), "another's is never 403: nothing can be probed"


def test_another_conversation_and_none_at_all_answer_alike(hub: Any) -> None:
    talk, _ = hub.session("b1")
    _, header = hub.session("b2")
    for tail in ("messages", "events", "attachments/ev_1"):
        bodies = [
            hub.call("GET", f"/api/v1/conversations/{each}/{tail}", area="matrix", headers=header).json()
            for each in (talk, "cv_none")
        ]
        assert bodies[0] == bodies[1]


def test_a_desk_cookie_is_no_buyer(hub: Any) -> None:
    talk, _ = hub.session("b1")
    answer = hub.agent().get(f"/api/v1/conversations/{talk}/messages")
    hub.judge(answer, "matrix")
    assert answer.status_code == 401


def test_a_change_at_the_desk_needs_the_csrf_value(hub: Any) -> None:
    agent = hub.agent()
    for given in ("", "x", agent.headers["X-Tuika-CSRF"][:-1] + "!"):
        agent.headers["X-Tuika-CSRF"] = given
        for method, path in routes(hub.app):
            if method == "GET" or not path.startswith("/api/v1/desk/") or is_open(path):
                continue
            answer = agent.request(method, concrete(path), json={})
            hub.judge(answer, "csrf")
            assert answer.status_code in (403, 422), (path, answer.status_code)


@pytest.mark.parametrize("role", list(DeskRole))
def test_roles_at_the_desk(hub: Any, role: DeskRole) -> None:
    name = f"who-{role.value}"
    hub.services.desk.create_user(name, PASSWORD, role)
    agent = hub.agent(name, PASSWORD)
    for path in LEADS_ONLY:
        answer = agent.get(path)
        hub.judge(answer, "matrix")
        assert answer.status_code == (403 if role is DeskRole.AGENT else 200), path
    for method, path in routes(hub.app):
        if path.startswith("/api/v1/desk/") and method == "GET":
            answer = agent.get(concrete(path))
            hub.judge(answer, "matrix")
            assert answer.status_code in (200, 403, 404, 422), (path, answer.status_code)


def test_every_answer_carries_the_security_headers(hub: Any) -> None:
    for path in ("/healthz", "/nowhere", "/docs", "/api/v1/desk/refunds", "/demo", "/static/none.js"):
        answer = hub.call("GET", path, area="headers")
        held = answer.headers
        assert held["x-content-type-options"] == "nosniff" and held["referrer-policy"] == "no-referrer"
        assert "x-frame-options" in held or "frame-ancestors" in held["content-security-policy"]
        policy = held["content-security-policy"]
        assert "default-src 'none'" in policy or "default-src 'self'" in policy, path
        assert "unsafe-inline" not in policy.split("script-src")[-1].split(";")[0], path
        assert "unsafe-eval" not in policy


def test_cookies_of_the_desk_are_guarded(hub: Any) -> None:
    body = {"username": "demo", "password": "demo-only-password"}
    answer = hub.call("POST", "/api/v1/desk/login", area="headers", json=body)
    cookies = answer.headers.get_list("set-cookie")
    session = next(c.lower() for c in cookies if c.startswith("tuika_session="))
    assert "httponly" in session and ("samesite=lax" in session or "samesite=strict" in session)


def test_the_engine_and_the_actions_have_no_door_here(hub: Any) -> None:
    paths = ("/webhook", "/actions", "/webhooks/rest/webhook", "/model/parse", "/model", "/status", "/health")
    for path in paths:
        for method in ("GET", "POST"):
            answer = hub.call(method, path, area="matrix", json={"next_action": "action_listen"})
            assert answer.status_code in (404, 405), path
