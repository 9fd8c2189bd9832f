"""What the widget asks for besides messages: its script, the platform, orders, pictures, the transcript."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from tuika.conversations.model import Role, Say
from tuika.links import Purpose
from tuika.web.widget import SCRIPT

pytestmark = pytest.mark.anyio
FOREIGN = {"Origin": "https://shop.example.com"}


async def test_the_script_may_be_loaded_by_any_page(world: Any) -> None:
    answer = await world.client.get("/widget.js", headers={"Origin": "https://anywhere.example.org"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.content == SCRIPT.read_bytes()


async def test_a_copy_that_is_still_good_is_not_sent_again(world: Any) -> None:
    first = await world.client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    again = {"If-None-Match": first.headers["etag"], "Accept-Encoding": "identity"}
    second = await world.client.get("/widget.js", headers=again)
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["etag"] == first.headers["etag"]
    other = await world.client.get("/widget.js", headers={**again, "If-None-Match": '"old"'})
    assert other.status_code == 200


async def test_the_script_comes_packed_where_that_is_understood(world: Any) -> None:
    plain = await world.client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    async with world.client.stream("GET", "/widget.js", headers={"Accept-Encoding": "gzip"}) as packed:
        raw = b"".join([chunk async for chunk in packed.aiter_raw()])
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.headers["etag"] != plain.headers["etag"]
    assert gzip.decompress(raw) == plain.content


async def test_the_chat_page_has_nothing_inline(world: Any) -> None:
    answer = await world.client.get("/chat/generic")
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert 'src="/widget.js"' in answer.text
    assert "style=" not in answer.text and "onclick" not in answer.text
    missing = await world.client.get("/chat/nowhere")
    assert missing.status_code == 404


async def test_a_platform_says_what_the_widget_needs(world: Any) -> None:
    answer = await world.client.get("/api/v1/platforms/generic", headers=FOREIGN)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://shop.example.com"
    body = answer.json()
    assert body["upload"] == {
        "max_bytes": 200_000,
        "video_max_bytes": 200_000,
        "media_types": [
            "image/jpeg",
            "image/png",
            "image/webp",
            "image/gif",
            "video/mp4",
            "video/quicktime",
        ],
    }
    assert body["hours"]["text"] == "每天 9:00–21:00（北京时间）"
    assert not {"jwt_secret", "pack", "origins"} & set(body)
    assert (await world.client.get("/api/v1/platforms/nowhere")).status_code == 404


async def test_pages_of_this_machine_may_call_in_demo_mode(world: Any) -> None:
    for origin, admitted in (
        ("http://localhost:3000", True),
        ("http://127.0.0.1:5173", True),
        ("http://127.0.0.1.evil.example", False),
        ("https://evil.example", False),
        ("http://localhost:3000.evil.example", False),
    ):
        answer = await world.client.get("/api/v1/platforms/generic", headers={"Origin": origin})
        assert (answer.headers.get("access-control-allow-origin") == origin) is admitted, origin


async def test_a_buyer_picks_from_his_own_orders(world: Any, sign: Callable[..., str]) -> None:
    await world.open(user_token=sign("b1"))
    answer = await world.client.get(world.path("orders"), headers=world.auth)
    (order,) = answer.json()["orders"]
    assert (order["order_no"], order["amount_fen"]) == ("KM202611210001", 9800)
    await world.open(user_token=sign("b2"))
    assert (await world.client.get(world.path("orders"), headers=world.auth)).json() == {"orders": []}


async def test_a_guest_has_no_orders_to_pick(world: Any) -> None:
    await world.open()
    assert (await world.client.get(world.path("orders"), headers=world.auth)).json() == {"orders": []}
    assert (await world.client.get(world.path("orders"))).status_code == 401


async def test_orders_while_the_shop_is_away(world: Any, sign: Callable[..., str]) -> None:
    await world.open(user_token=sign("b1"))
    world.shop.away = True
    answer = await world.client.get(world.path("orders"), headers=world.auth)
    assert answer.status_code == 503
    assert answer.json()["detail"]


async def test_a_thumbnail_is_small_and_ones_own(world: Any) -> None:
    await world.open()
    out = io.BytesIO()
    Image.new("RGB", (1600, 900), "navy").save(out, format="PNG")
    uploaded = (await world.upload(out.getvalue())).json()["attachment"]["id"]
    path = world.path(f"attachments/{uploaded}/thumbnail")
    answer = await world.client.get(path, headers=world.auth)
    assert answer.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(answer.content)).size == (480, 270)
    assert "private" in answer.headers["cache-control"]
    assert (await world.client.get(path)).status_code == 401
    await world.open()
    theirs = await world.client.get(world.path(f"attachments/{uploaded}/thumbnail"), headers=world.auth)
    assert theirs.status_code == 404


async def test_the_transcript_is_whole_and_redacted(world: Any) -> None:
    await world.open()
    await world.say("卡密是 ABCD-1234-EFGH-5678，验证码 482913")
    with world.services.uow() as uow:
        post = world.services.conversations.post
        post(uow, world.conversation_id, Role.AGENT, Say("我来看看，密码 hunter2xyz 别再发"), author="ann")
        link = world.services.links.sign(Purpose.KEY, now=world.wall.now(), case_no="RF1")
        post(uow, world.conversation_id, Role.SYSTEM, Say(f"请打开 http://127.0.0.1:8000/key/{link}"))
        for number in range(520):
            post(uow, world.conversation_id, Role.SYSTEM, Say(f"第{number}条"))
    answer = await world.client.get(world.path("transcript"), headers=world.auth)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    text = answer.text
    assert "人工客服 ann：" in text and "系统：第519条" in text and "小助手（机器人）：" in text
    assert "链接已隐去" in text
    for secret in ("ABCD-1234", "482913", "hunter2xyz", link):
        assert secret not in text
    assert (await world.client.get(world.path("transcript"))).status_code == 401
