"""Scam reports and the audit log as lists; errors as problem documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI, Query

from tuika.errors import FixtureError, NotFound, ShopUnavailable, StaleTurn, TooMany
from tuika.web.problems import install_problems

REPORTS = "/api/v1/desk/scam-reports"
AUDIT = "/api/v1/desk/audit"


def test_scam_reports_are_listed_newest_first_in_pages(desk: Any) -> None:
    for number in range(3):
        with desk.services.uow() as uow:
            desk.reports.file(
                uow, conversation_id=f"cv_{number}", text="13812345678 要保证金才能退", paid_fen=number + 1
            )
    ann = desk.client("ann")
    first = ann.get(REPORTS, params={"limit": 2}).json()
    rest = ann.get(REPORTS, params={"limit": 2, "cursor": first["next"]}).json()
    assert len({r["id"] for r in first["items"] + rest["items"]}) == 3
    assert rest["next"] is None
    assert set(first["items"][0]) == {"id", "conversation_id", "tactics", "contacts", "paid_fen", "at"}
    assert ann.get(REPORTS, params={"cursor": "c3JfeA"}).status_code == 422
    assert desk.client().get(REPORTS).status_code == 401


def test_the_audit_log_is_paged_and_verified(desk: Any) -> None:
    desk.handoff()
    sue = desk.client("sue")
    first = sue.get(AUDIT, params={"limit": 2}).json()
    rest = sue.get(AUDIT, params={"limit": 200, "cursor": first["next"]}).json()
    numbers = [e["seq"] for e in first["items"] + rest["items"]]
    assert numbers == sorted(numbers, reverse=True) and numbers[-1] == 1
    assert sue.get(f"{AUDIT}/verify").json()["ok"] is True
    assert sue.get(AUDIT, params={"cursor": "eA"}).status_code == 422


@pytest.fixture
def failing(browser_of: Callable[[FastAPI], Any]) -> Any:
    app = FastAPI()
    install_problems(app)
    errors = {
        "fixture": FixtureError("第 3 行：不认识的键 abc", key="abc", line=3, secret="x"),
        "gone": NotFound("没有这个会话", conversation_id="cv_1"),
        "stale": StaleTurn(turn_id="tn_1"),
        "busy": TooMany("慢一点", retry_after=7),
        "shop": ShopUnavailable(),
        "bug": ZeroDivisionError("secret inside"),
    }

    @app.get("/raise/{name}")
    def fail(name: str) -> None:
        raise errors[name]

    @app.get("/typed")
    def typed(count: int, name: str = Query(max_length=3)) -> None: ...

    return browser_of(app)


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("fixture", 422, "fixture-error"),
        ("gone", 404, "not-found"),
        ("stale", 409, "stale-turn"),
        ("busy", 429, "too-many"),
        ("shop", 503, "shop-unavailable"),
        ("bug", 500, "internal"),
    ],
)
def test_errors_are_problem_documents(failing: Any, name: str, status: int, kind: str) -> None:
    answer = failing.get(f"/raise/{name}")
    body = answer.json()
    assert answer.status_code == body["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["type"] == f"urn:tuika:problem:{kind}"
    assert body["title"] and body["detail"]
    assert "secret" not in answer.text and "cv_1" not in answer.text and "tn_1" not in answer.text


def test_problems_carry_what_helps(failing: Any) -> None:
    assert failing.get("/raise/fixture").json()["line"] == 3
    busy = failing.get("/raise/busy")
    assert busy.headers["retry-after"] == "7" and busy.json()["retry_after"] == 7


def test_validation_names_the_field_in_chinese_and_repeats_nothing(failing: Any) -> None:
    body = failing.get("/typed", params={"count": "<script>", "name": "toolong"}).json()
    assert body["status"] == 422
    assert body["detail"] == "count：应为整数；name：最多 3 个字"
    assert "script" not in str(body)
    assert failing.get("/typed").json()["detail"] == "count：缺少这一项；name：缺少这一项"


def test_unknown_paths_and_methods(failing: Any) -> None:
    missing, wrong = failing.get("/nowhere"), failing.post("/typed")
    assert (missing.status_code, missing.json()["detail"]) == (404, "没有找到")
    assert wrong.status_code == 405 and wrong.headers["allow"] == "GET"
