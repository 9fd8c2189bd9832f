"""The way in by a form: lock-out, redirects, roles, CSRF."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from .pages import Html

LOGIN = "/desk/login"
GOOD = "a-good-password"


def test_a_stranger_is_led_to_the_login_and_back(desk: Any) -> None:
    client = desk.client()
    answer = client.get("/desk/cases?list=all")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/desk/login?next=/desk/cases%3Flist%3Dall"
    form = Html(client.get(answer.headers["location"]))
    form.nothing_inline()
    fields = {"username": "ann", "password": GOOD, "next": form.hidden("next")}
    logged = client.post(LOGIN, data=fields, headers={"Origin": "http://testserver"})
    assert (logged.status_code, logged.headers["location"]) == (303, "/desk/cases?list=all")
    assert client.get("/desk/cases?list=all").status_code == 200
    assert client.get(LOGIN).headers["location"] == "/desk/conversations"


@pytest.mark.parametrize(
    "target",
    ["https://evil.cn", "//evil.cn", "/desk/../x", "/desk//evil.cn", "/desk/login", "/\\evil", "x", ""],
)
def test_a_login_leads_to_the_desk_only(desk: Any, target: str) -> None:
    answer = desk.client().post(LOGIN, data={"username": "ann", "password": GOOD, "next": target})
    assert answer.headers["location"] == "/desk/conversations"


def test_five_failures_lock_and_the_page_says_so(desk: Any) -> None:
    client = desk.client()
    for _ in range(5):
        shown = Html(client.post(LOGIN, data={"username": "ann", "password": "wrong"}))
        assert shown.status == 401 and "用户名或密码不对" in shown.text
        assert shown.hidden("username") == "ann" and "wrong" not in shown.text
    locked = Html(client.post(LOGIN, data={"username": "ann", "password": GOOD}))
    assert locked.status == 429 and "15 分钟" in locked.text
    desk.clock.advance(timedelta(minutes=15))
    assert client.post(LOGIN, data={"username": "ann", "password": GOOD}).status_code == 303


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"username": "ann"},
        {"username": "ann", "password": "x" * 300},
        {"username": "ann", "password": GOOD, "role": "operator"},
        {"username": ["ann", "bob"], "password": GOOD},
    ],
)
def test_malformed_logins_stay_on_the_page(desk: Any, fields: dict[str, Any]) -> None:
    answer = desk.client().post(LOGIN, data=fields)
    assert answer.status_code == 422 and "set-cookie" not in answer.headers
    assert "flash bad" in Html(answer).source


def test_a_login_from_another_site_is_refused(desk: Any) -> None:
    body = {"username": "ann", "password": GOOD}
    for origin in ("https://evil.cn", "null"):
        assert desk.client().post(LOGIN, data=body, headers={"Origin": origin}).status_code == 403


def test_pages_let_their_forms_say_where_they_come_from(desk: Any) -> None:
    assert desk.client().get(LOGIN).headers["referrer-policy"] == "same-origin"
    assert desk.client("ann").get("/desk/team").headers["referrer-policy"] == "same-origin"


def test_logging_out_ends_the_session(desk: Any) -> None:
    client = desk.client("bob")
    token = client.cookies["tuika_session"]
    assert desk.does("/desk/logout", "bob") == LOGIN
    client.cookies.set("tuika_session", token)
    assert client.get("/desk/team").status_code == 303


def test_a_lost_session_under_htmx_is_a_whole_new_page(desk: Any) -> None:
    answer = desk.client().get("/desk/pulse", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, LOGIN)


@pytest.mark.parametrize("path", ["/desk/audit", "/desk/figures", "/desk/figures/days.csv"])
def test_some_pages_are_for_leads(desk: Any, path: str) -> None:
    assert desk.client("ann").get(path).status_code == 403
    assert desk.client("sue").get(path).status_code == 200
    shown = desk.page("/desk/team", "ann")
    assert "/desk/audit" not in shown.source


def test_unknown_pages_are_said_in_words(desk: Any) -> None:
    assert "没有这一页" in Html(desk.client("ann").get("/desk/nowhere/at/all")).text


@pytest.mark.parametrize(
    "path",
    [
        "/desk/logout",
        "/desk/presence",
        "/desk/canned",
        "/desk/conversations/{talk}/claim",
        "/desk/conversations/{talk}/reply",
        "/desk/conversations/{talk}/note",
        "/desk/conversations/{talk}/transfer",
        "/desk/conversations/{talk}/requeue",
        "/desk/conversations/{talk}/return",
        "/desk/conversations/{talk}/finish",
        "/desk/conversations/{talk}/close-ticket",
        "/desk/cases/RF00000001/approve",
        "/desk/cases/RF00000001/reject",
        "/desk/cases/RF00000001/request-evidence",
        "/desk/cases/RF00000001/negotiate",
        "/desk/cases/RF00000001/reissue",
        "/desk/cases/RF00000001/mark-paid",
        "/desk/incidents/in_1/decide",
        "/desk/incidents/in_1/announce",
        "/desk/incidents/in_1/close",
        "/desk/packs/generic/check",
        "/desk/team/capacity",
    ],
)
def test_no_form_is_taken_without_the_sessions_csrf_value(desk: Any, path: str) -> None:
    where = path.format(talk=desk.conversation().id)
    other = desk.client("bob").cookies["tuika_csrf"]
    for forged in ("", "forged", other):
        assert desk.send(where, "sue", csrf=forged).status_code == 403, forged
    assert desk.client().post(where, data={"tuika_csrf": "x"}).status_code == 303  # to the login
    with desk.services.uow.reading() as uow:
        assert uow.handoffs.list() == []
