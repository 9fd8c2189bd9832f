"""Each route with each role, one by one, against the list beside this file.

A route that is added without a line in ``matrix.tsv`` fails, and so does a line whose route is gone: somebody has to say
who may pass. Columns: method, path, then for nobody, another buyer and each role of the desk: ``no`` (401, 403, or led to the
login), ``404`` (told that there is no such thing) or ``in`` (let through, whatever the answer was then).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tuika.desks.model import DeskRole

from .test_doors import PASSWORD, concrete, routes

LISTED = Path(__file__).with_name("matrix.tsv")
ROLES = ("nobody", "buyer", *(role.value for role in DeskRole))


def listed() -> dict[tuple[str, str], tuple[str, ...]]:
    rows = [line.split("\t") for line in LISTED.read_text("utf-8").splitlines() if line[:1] != "#"]
    return {(row[0], row[1]): tuple(row[2:]) for row in rows}


def passed(answer: httpx.Response) -> str:
    """What the door did; a request without a login is led to the login page."""
    led_away = answer.status_code in (302, 303, 307) and "login" in answer.headers.get("location", "")
    if led_away or answer.status_code in (401, 403):
        return "no"
    return "404" if answer.status_code == 404 else "in"


@pytest.fixture(scope="module")
def seen(hub: Any) -> dict[tuple[str, str], tuple[str, ...]]:
    talk, _ = hub.session("b1")
    _, header = hub.session("b2")
    agents = []
    for role in DeskRole:
        hub.services.desk.create_user(f"matrix-{role.value}", PASSWORD, role)
        agents.append(hub.agent(f"matrix-{role.value}", PASSWORD))
    found = {}
    for method, path in sorted(set(routes(hub.app))):
        if path.startswith("/api/v1/demo") or path.endswith(("/logout", "/events", "/stream")):
            continue  # the demo's doors close outside the demo; a stream never ends; a logout ends the role
        cells = [
            passed(hub.call(method, concrete(path, talk), area="matrix", json={}, follow_redirects=False)),
            passed(
                hub.call(
                    method,
                    concrete(path, talk),
                    area="matrix",
                    json={},
                    headers=header,
                    follow_redirects=False,
                )
            ),
        ]
        for agent in agents:
            answer = agent.request(method, concrete(path, talk), json={}, follow_redirects=False)
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
        if key[1].startswith(("/api/v1/desk/", "/desk/")) and "login" not in key[1] and "in" in cells[:2]
    ]
    assert opened == []
