"""Service doors, headers, documentation and the description of the API."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

pytestmark = pytest.mark.anyio


async def test_ready_names_what_is_missing(world: Any) -> None:
    ready = await world.client.get("/readyz")
    assert ready.status_code == 200 and ready.json()["ok"]
    world.engine.away = world.shop.away = True
    missing = await world.client.get("/readyz")
    checks = missing.json()["checks"]
    assert missing.status_code == 503
    assert {name: check["ok"] for name, check in checks.items()} == {
        "database": True,
        "rasa": False,
        "shop": False,
    }
    assert (await world.client.get("/healthz")).json() == {"ok": True}


async def test_metrics_count_by_template(world: Any) -> None:
    await world.open()
    await world.messages()
    text = (await world.client.get("/metrics")).text
    assert 'route="/api/v1/conversations/{conversation_id}/messages"' in text
    assert world.conversation_id not in text


async def test_metrics_tell_stages_and_how_the_rows_stand(world: Any) -> None:
    await world.open()
    await world.say("我的卡密用不了", None)
    text = (await world.client.get("/metrics")).text
    for stage in ("turn", "accept", "engine", "commit"):
        assert f'tuika_stage_seconds_count{{kind="",outcome="ok",stage="{stage}"}} 1.0' in text
    assert "tuika_standing_up 1.0" in text and "tuika_due_lag_seconds 0.0" in text
    assert "卡密" not in text and world.conversation_id not in text


async def test_the_access_log_holds_neither_text_nor_token(world: Any) -> None:
    await world.open()
    with capture_logs() as logs:
        answer = await world.say("我的密码是Abc12345", None)
    assert answer.headers["x-request-id"]
    assert any(entry["event"] == "http.request" and entry["status"] == 200 for entry in logs)
    assert world.token not in str(logs) and "Abc12345" not in str(logs)


async def test_every_answer_has_its_headers(world: Any) -> None:
    for path in ("/healthz", "/nowhere", "/docs", "/openapi.json"):
        answer = await world.client.get(path, headers={"X-Request-ID": "abc-12345"})
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-request-id"] == "abc-12345"
    forged = await world.client.get("/healthz", headers={"X-Request-ID": "a\tb"})
    assert forged.headers["x-request-id"] != "a\tb"


async def test_cors_admits_the_platforms_pages_to_the_buyers_api_only(world: Any) -> None:
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    shop, evil = "https://shop.example.com", "https://evil.example.com"
    allowed = await world.client.options("/api/v1/sessions", headers={"Origin": shop, **ask})
    refused = await world.client.options("/api/v1/sessions", headers={"Origin": evil, **ask})
    desk = await world.client.get("/healthz", headers={"Origin": shop})
    assert allowed.headers["access-control-allow-origin"] == shop
    assert "access-control-allow-credentials" not in allowed.headers
    assert "access-control-allow-origin" not in refused.headers
    assert "access-control-allow-origin" not in desk.headers


async def test_the_documentation_is_one_page_without_strangers(world: Any) -> None:
    page = await world.client.get("/docs")
    assert "/api/v1/conversations/{conversation_id}/messages" in page.text
    assert "https://" not in page.text and "<script" not in page.text


async def test_the_description_names_every_problem(world: Any) -> None:
    document = (await world.client.get("/openapi.json")).json()
    assert "Problem" in document["components"]["schemas"]
    responses = document["paths"]["/api/v1/conversations/{conversation_id}/messages"]["post"]["responses"]
    assert {"200", "401", "404", "409", "422", "429"} <= set(responses)


async def test_unknown_paths_and_methods_are_problems(world: Any) -> None:
    for call, status in (
        (world.client.get("/api/v1/nowhere"), 404),
        (world.client.delete("/api/v1/sessions"), 405),
    ):
        answer = await call
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("application/problem+json")
