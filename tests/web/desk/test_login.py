"""The way in: passwords, lock-out, cookies, CSRF, roles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

LOGIN = "/api/v1/desk/login"
ME = "/api/v1/desk/me"


def test_demo_mode_has_two_operators(desk: Any, demo_password: str) -> None:
    for name in ("demo", "demo2"):
        client = desk.client(name, demo_password)
        assert client.get(ME).json() == {"username": name, "role": "operator"}
    desk.services.desk.ensure_demo_users()


def test_no_other_mode_lets_them_in(live_desk: Any, demo_password: str) -> None:
    answer = live_desk.client().post(LOGIN, json={"username": "demo", "password": demo_password})
    assert answer.status_code == 401


def test_cookies_are_guarded(desk: Any, live_desk: Any) -> None:
    answer = desk.client().post(LOGIN, json={"username": "ann", "password": "a-good-password"})
    session, csrf = answer.headers.get_list("set-cookie")
    assert session.startswith("tuika_session=") and "HttpOnly" in session and "SameSite=lax" in session
    assert csrf.startswith("tuika_csrf=") and "HttpOnly" not in csrf
    assert "Secure" not in session + csrf
    assert "Max-Age=43200" in session and "Max-Age=43200" in csrf  # a span: the browser's clock may be wrong
    answer = live_desk.client().post(LOGIN, json={"username": "ann", "password": "a-good-password"})
    assert all("Secure" in cookie for cookie in answer.headers.get_list("set-cookie"))
    assert answer.content == b""


def test_a_form_logs_in_too(desk: Any) -> None:
    answer = desk.client().post(LOGIN, data={"username": "Ann", "password": "a-good-password"})
    assert answer.status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        {"username": "ann", "password": "wrong-password"},
        {"username": "nobody", "password": "a-good-password"},
    ],
)
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(desk: Any, body: dict[str, str]) -> None:
    answer = desk.client().post(LOGIN, json=body)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "用户名或密码不对"
    assert "set-cookie" not in answer.headers


def test_five_failures_lock_the_name_for_a_quarter_of_an_hour(desk: Any) -> None:
    client = desk.client()
    for _ in range(5):
        assert client.post(LOGIN, json={"username": "ann", "password": "wrong"}).status_code == 401
    locked = client.post(LOGIN, json={"username": "ann", "password": "a-good-password"})
    assert locked.status_code == 429
    assert int(locked.headers["retry-after"]) == 900
    assert client.post(LOGIN, json={"username": "bob", "password": "a-good-password"}).status_code == 204
    desk.clock.advance(timedelta(minutes=15))
    assert client.post(LOGIN, json={"username": "ann", "password": "a-good-password"}).status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "ann"},
        {"username": ["ann"], "password": "x"},
        {"username": "ann", "password": "x" * 5000},
        {"username": "ann", "password": "x", "admin": True},
        [],
        "ann",
        None,
    ],
)
def test_malformed_logins_are_422(desk: Any, body: Any) -> None:
    answer = desk.client().post(LOGIN, json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_login_from_another_site_is_refused(desk: Any) -> None:
    body = {"username": "ann", "password": "a-good-password"}
    assert desk.client().post(LOGIN, json=body, headers={"Origin": "https://evil.cn"}).status_code == 403
    assert desk.client().post(LOGIN, json=body, headers={"Origin": "http://testserver"}).status_code == 204


def test_sessions_end_by_the_real_clock_and_by_logout(desk: Any) -> None:
    client = desk.client("ann")
    desk.clock.advance(timedelta(days=30))
    assert client.get(ME).status_code == 200
    desk.wall.advance(timedelta(hours=12))
    assert client.get(ME).status_code == 401
    other = desk.client("bob")
    token = other.cookies["tuika_session"]
    assert other.post("/api/v1/desk/logout").status_code == 204
    other.cookies.set("tuika_session", token)
    assert other.get(ME).status_code == 401


@pytest.mark.parametrize("token", ["", "forged", "x" * 5000, "\u00ff"])
def test_forged_sessions_are_401(desk: Any, token: str) -> None:
    client = desk.client()
    answer = client.get(ME, headers={"Cookie": f"tuika_session={token}".encode("latin-1")})
    assert answer.status_code == 401


def test_changes_need_the_csrf_value_of_the_session(desk: Any) -> None:
    handoff = desk.handoff()
    path = f"/api/v1/desk/handoffs/{handoff}/claim"
    ann, bob = desk.client("ann"), desk.client("bob")
    mine = ann.cookies["tuika_csrf"]
    ann.headers.pop("X-Tuika-CSRF")
    for wrong in (None, "", "forged", bob.cookies["tuika_csrf"], "é".encode()):
        headers = {} if wrong is None else {"X-Tuika-CSRF": wrong}
        assert ann.post(path, json={}, headers=headers).status_code == 403
    assert ann.post(path, data={"tuika_csrf": "forged"}).status_code == 403
    assert desk.client().post(path, json={}, headers={"X-Tuika-CSRF": mine}).status_code == 401
    assert ann.post(path, data={"tuika_csrf": mine}).status_code == 200


def test_the_audit_log_is_for_leads(desk: Any) -> None:
    assert desk.client("ann").get("/api/v1/desk/audit").status_code == 403
    assert desk.client("sue").get("/api/v1/desk/audit").status_code == 200
    assert desk.client().get("/api/v1/desk/audit").status_code == 401


@pytest.mark.parametrize(
    ("name", "password"),
    [("", "long-enough-1"), ("a b", "long-enough-1"), ("老王", "long-enough-1"), ("carl", "short")],
)
def test_bad_accounts_are_not_made(desk: Any, name: str, password: str) -> None:
    from tuika.desks.model import DeskRole
    from tuika.errors import InputError

    with pytest.raises(InputError):
        desk.services.desk.create_user(name, password, DeskRole.AGENT)


def test_a_name_is_given_once(desk: Any) -> None:
    from tuika.desks.model import DeskRole
    from tuika.errors import Conflict

    with pytest.raises(Conflict):
        desk.services.desk.create_user("Ann", "long-enough-1", DeskRole.OPERATOR)


def test_no_password_or_token_is_stored_or_logged(desk: Any) -> None:
    client = desk.client("ann")
    token = client.cookies["tuika_session"]
    with desk.services.uow.reading() as uow:
        dump = "\n".join(uow.connection.connection.driver_connection.iterdump())
    assert "a-good-password" not in dump
    assert token not in dump
    assert client.cookies["tuika_csrf"] not in dump
