"""Each route with each role, one by one, against the list beside this file.

A route that is added without a line in ``matrix.tsv`` fails, and so does a line whose route is gone: somebody has to say
who may pass. Columns: method, path, then for nobody, another buyer, the conversation's own buyer, a merchant and each role of the desk: ``no`` (401, 403, or led to the
login), ``404`` (told that there is no such thing) or ``in`` (let through, whatever the answer was then).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from tuika.desks.model import DeskRole

from .test_doors import PASSWORD, concrete, routes

LISTED = Path(__file__).with_name("matrix.tsv")
ROLES = ("nobody", "buyer", "owner", "merchant", *(role.value for role in DeskRole))


def listed() -> dict[tuple[str, str], tuple[str, ...]]:
    rows = [line.split("\t") for line in LISTED.read_text("utf-8").splitlines() if line[:1] != "#"]
    return {(row[0], row[1]): tuple(row[2:]) for row in rows}


def passed(answer: httpx.Response) -> str:
    """What the door did; a request without a login is led to the login page."""
    led_away = answer.status_code in (302, 303, 307) and "login" in answer.headers.get("location", "")
    if led_away or answer.status_code in (401, 403):
        return "no"
    return "404" if answer.status_code == 404 else "in"


def asked(path: str) -> bool:
    """A demo's doors close outside the demo; a stream never ends; a logout ends the role: they have tests of their own."""
    return not (path.startswith("/api/v1/demo") or path.endswith(("/logout", "/events", "/stream", "/live")))


def merchant_of(hub: Any) -> TestClient:
    hub.services.merchants.create_user("matrix-merchant", PASSWORD, platform="generic", merchant_id="m1")
    client = TestClient(hub.app, raise_server_exceptions=False, base_url="https://127.0.0.1:8000")
    client.post("/merchant/login", data={"username": "matrix-merchant", "password": PASSWORD})
    assert "tuika_merchant" in client.cookies
    return client


@pytest.fixture(scope="module")
def seen(hub: Any) -> dict[tuple[str, str], tuple[str, ...]]:
    talk, owner = hub.session("b1")
    _, other = hub.session("b2")
    clients = [merchant_of(hub)]
    for role in DeskRole:
        hub.services.desk.create_user(f"matrix-{role.value}", PASSWORD, role)
        clients.append(hub.agent(f"matrix-{role.value}", PASSWORD))
    found = {}
    for method, path in sorted(set(routes(hub.app))):
        if not asked(path):
            continue
        where, more = concrete(path, talk), {"json": {}, "follow_redirects": False}
        cells = [
            passed(hub.call(method, where, area="matrix", headers=header, **more))
            for header in ({}, other, owner)
        ]
        for client in clients:
            answer = client.request(method, where, **more)
            hub.judge(answer, "matrix")
            cells.append(passed(answer))
        found[(method, path)] = tuple(cells)
    return found


def test_every_route_is_listed_and_no_other(seen: Any) -> None:
    assert set(seen) == set(listed())


def test_every_role_passes_where_the_list_says_and_nowhere_else(seen: Any) -> None:
    wanted = listed()
    wrong = {
        key: dict(zip(ROLES, zip(got, wanted.get(key, ()), strict=False), strict=False))
        for key, got in seen.items()
        if got != wanted.get(key)
    }
    assert wrong == {}


def test_what_is_the_desks_lets_no_stranger_and_no_buyer_in() -> None:
    """The list itself is not believed: no line may open the desk to who has no desk account."""
    opened = [
        key
        for key, cells in listed().items()
        if key[1].startswith(("/api/v1/desk/", "/desk/")) and "login" not in key[1] and "in" in cells[:4]
    ]
    assert opened == []


def test_a_buyers_conversation_opens_to_him_alone() -> None:
    opened = [
        key
        for key, cells in listed().items()
        if "{conversation_id}" in key[1] and "in" in (*cells[:2], cells[3])
    ]
    assert opened == []


def test_a_merchants_inbox_opens_to_merchants_alone() -> None:
    opened = [
        key
        for key, cells in listed().items()
        if key[1].startswith("/merchant") and "login" not in key[1] and "in" in (*cells[:3], *cells[4:])
    ]
    assert opened == []


def test_what_the_list_leaves_out_is_shut_to_strangers(hub: Any) -> None:
    """Streams and logouts: a stranger gets no stream and is led to a login."""
    left = [(m, p) for m, p in sorted(set(routes(hub.app))) if not asked(p) and "/demo" not in p]
    assert len(left) >= 4
    for method, path in left:
        answer = hub.call(method, concrete(path), area="matrix", json={}, follow_redirects=False)
        assert answer.status_code in (303, 401, 403, 404, 422), (method, path, answer.status_code)
