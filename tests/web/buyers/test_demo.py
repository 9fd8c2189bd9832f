"""The demo doors and the demo page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tuika.settings import Settings
from tuika.web.app import create_app

pytestmark = pytest.mark.anyio


async def test_the_clock_moves_by_a_step_or_to_an_instant(world: Any) -> None:
    before = world.clock.now()
    stepped = await world.client.post("/api/v1/demo/clock", json={"advance": "PT48H"})
    assert stepped.status_code == 200 and world.clock.now() == before + timedelta(hours=48)
    await world.client.post("/api/v1/demo/clock", json={"set": "2026-11-30T10:00:00+08:00"})
    assert world.clock.now().isoformat() == "2026-11-30T02:00:00+00:00"
    back = await world.client.post("/api/v1/demo/clock", json={"set": "2026-11-20T10:00:00+08:00"})
    assert back.json()["now"] == "2026-11-20T10:00:00.000+08:00"
    assert len(world.services.demo.jumper.jumps) == 3
    stood = await world.client.post("/api/v1/demo/clock", json={"advance": "PT0S"})
    assert stood.status_code == 200 and len(world.services.demo.jumper.jumps) == 4


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"advance": "soon"},
        {"advance": "-PT1H"},
        {"advance": "P99999D"},
        {"set": "2026-11-30T10:00:00"},
        {"set": "9999-12-31T00:00:00Z"},
        {"set": "yesterday"},
        {"advance": "PT1H", "set": "2026-11-30T10:00:00+08:00"},
    ],
)
async def test_a_malformed_step_moves_nothing(world: Any, body: dict[str, str]) -> None:
    before = world.clock.now()
    assert (await world.client.post("/api/v1/demo/clock", json=body)).status_code == 422
    assert world.clock.now() == before


async def test_a_fixture_replaces_shop_and_history(world: Any) -> None:
    text = """
platform: solo
buyers: [{id: b9, name: 新人}]
merchants: [{id: m1}]
orders:
  - {order_no: KM202611210009, buyer: b9, merchant: m1, product: {name: 卡, type: card_key}, amount_fen: 100, status: paid, paid: -1h}
refunds:
  - {order_no: KM202611210009, reason: no_delivery, amount_fen: 100, state: rejected, filed: -1h}
"""
    answer = await world.client.post("/api/v1/demo/orders", content=text.encode("utf-8-sig"))
    assert answer.json() == {"platform": "solo", "buyers": 1, "orders": 1, "refunds": 1}
    assert world.services.shops["generic"].find("KM202611210001") is None
    assert [row.order_no for row in world.services.demo.history.rows] == ["KM202611210009"]
    json_answer = await world.client.post("/api/v1/demo/orders", json={"platform": "generic"})
    assert json_answer.status_code == 200 and world.services.demo.history.rows == []


async def test_a_wrong_fixture_names_key_and_line_and_changes_nothing(world: Any) -> None:
    bad = b"platform: generic\nmerchants:\n  - {id: m1, name: x, colour: red}\n"
    answer = await world.client.post("/api/v1/demo/orders", content=bad)
    assert answer.status_code == 422
    assert "第 3 行" in answer.json()["detail"] and "colour" in answer.json()["detail"]
    for content in (b"", b"[1", b"\xff\xfeplatform", b"platform: generic\nx: " + b"y" * 100):
        assert (await world.client.post("/api/v1/demo/orders", content=content)).status_code == 422
    assert (await world.client.post("/api/v1/demo/orders", content=b"#" * 2_200_000)).status_code == 413
    assert world.services.shops["generic"].find("KM202611210001") is not None


async def test_a_signed_token_opens_a_session(world: Any) -> None:
    token = (await world.client.get("/api/v1/demo/token?buyer=b1")).json()["token"]
    assert (await world.open(user_token=token))["buyer"] == {"id": "b1", "name": "小林"}
    for query in ("?buyer=nobody", "?buyer="):
        assert (await world.client.get(f"/api/v1/demo/token{query}")).status_code == 404
    assert (await world.client.get("/api/v1/demo/token")).status_code == 422


async def test_reset_clears_everything_and_the_clock(world: Any) -> None:
    await world.open()
    await world.client.post("/api/v1/demo/clock", json={"advance": "P9D"})
    assert (await world.client.post("/api/v1/demo/reset", json={})).status_code == 204
    assert (await world.say("在吗")).status_code == 401
    assert world.services.demo.shop.is_empty()
    page = await world.client.get("/demo")
    assert page.status_code == 200 and "重新开始" in page.text


async def test_pages_of_other_sites_find_no_door(world: Any) -> None:
    for headers in (
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Host": "evil.example.com:8000"},
    ):
        assert (await world.client.post("/api/v1/demo/reset", headers=headers)).status_code == 404
    same = await world.client.get("/api/v1/demo/token?buyer=b1", headers={"Origin": "http://localhost:8000"})
    assert same.status_code == 200


async def test_no_demo_door_exists_in_any_other_mode(world: Any, settings: Settings) -> None:
    world.services.settings = settings.model_copy(update={"demo": False})
    app = create_app(world.services)
    paths = [path for path in app.openapi()["paths"] if "demo" in path]
    assert paths == []

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        for path in ("/api/v1/demo/reset", "/api/v1/demo/clock", "/api/v1/demo/orders"):
            assert (await client.post(path, json={})).status_code == 404
        for path in ("/api/v1/demo/token?buyer=b1", "/demo", "/demo/fixture.yml"):
            assert (await client.get(path)).status_code == 404


async def test_the_demo_page_shows_a_buyers_orders_and_nothing_inline(world: Any) -> None:
    page = await world.client.get("/demo?buyer=b1")
    assert "KM202611210001" in page.text and "98.00" in page.text and "已付款，未发货" in page.text
    assert "style=" not in page.text and "<style" not in page.text and "onclick" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert (await world.client.get("/demo?buyer=nobody")).status_code == 404
    assert "KM202611210001" not in (await world.client.get("/demo?buyer=guest")).text
    for asset in ("/static/demo.js", "/static/pages.css", "/static/icon.svg", "/demo/fixture.yml"):
        assert (await world.client.get(asset)).status_code == 200
