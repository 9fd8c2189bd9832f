"""POST and GET messages: once, in order, and only one's own."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

from tuika.conversations.model import Card, Payload, QuickReply, Say

pytestmark = pytest.mark.anyio


async def test_what_was_said_to_a_message_comes_back(world: Any) -> None:
    await world.open()
    card = Card("orders", {"orders": [{"order_no": "KM202611210001", "amount_fen": 9800}]})
    world.engine.script["查订单"] = (Say("第一句"), Say("第二句", card=card))
    answer = await world.say("查订单")
    first, second = answer.json()["messages"]
    assert [first["text"], second["text"]] == ["第一句", "第二句"]
    assert second["card"] == {
        "type": "orders",
        "orders": [{"order_no": "KM202611210001", "amount_fen": 9800}],
    }
    assert [first["seq"], second["seq"]] == [3, 4]


async def test_the_same_client_id_answers_the_same_and_works_once(world: Any) -> None:
    await world.open()
    client_id = str(uuid.uuid4())
    first = await world.say("没收到货", client_id)
    again = await world.say("没收到货", client_id.upper())
    assert first.json() == again.json()
    assert world.engine.heard == ["没收到货"]
    assert (await world.say("卡密用不了", client_id)).status_code == 409


async def test_twenty_parallel_posts_of_one_message_are_one_message(world: Any) -> None:
    await world.open()
    client_id = str(uuid.uuid4())
    world.engine.gate.clear()
    posts = [asyncio.create_task(world.say("没收到货", client_id)) for _ in range(20)]
    await world.until(lambda: world.engine.heard == ["没收到货"])
    world.engine.gate.set()
    answers = [await post for post in posts]
    assert {a.status_code for a in answers} == {200}
    assert len({a.text for a in answers}) == 1 and answers[0].json()["messages"]
    assert world.engine.heard == ["没收到货"]
    assert [m["role"] for m in await world.messages()] == ["bot", "buyer", "bot"]


async def test_ten_queued_messages_are_answered_in_order(world: Any) -> None:
    await world.open()
    world.engine.gate.clear()
    posts = []
    for number in range(10):
        posts.append(asyncio.create_task(world.say(f"第{number}句")))
        await world.until(lambda n=number: world.speakers().count("buyer") == n + 1)
    world.engine.gate.set()
    answers = [await post for post in posts]
    assert [a.json()["messages"][0]["text"] for a in answers] == [f"听到：第{n}句" for n in range(10)]
    assert world.engine.heard == [f"第{n}句" for n in range(10)]


async def test_a_sender_who_hangs_up_is_answered_all_the_same(world: Any) -> None:
    await world.open()
    world.engine.gate.clear()
    post = asyncio.create_task(world.say("没收到货"))
    await world.until(lambda: world.engine.heard == ["没收到货"])
    post.cancel()
    await asyncio.gather(post, return_exceptions=True)
    world.engine.gate.set()
    await world.until(lambda: world.speakers() == ["bot", "buyer", "bot"])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "没有编号"},
        {"client_id": "not-a-uuid", "text": "x"},
        {"client_id": 7, "text": "x"},
        {"client_id": "$", "text": None},
        {"client_id": "$", "text": "x", "action": "y"},
        {"client_id": "$", "text": ""},
        {"client_id": "$", "text": " \u3000\u200b\n\t"},
        {"client_id": "$", "text": "字" * 2001},
        {"client_id": "$", "text": "\ufdfa" * 112},  # 18 characters each after NFKC
        {"client_id": "$", "text": ["x"]},
        {"client_id": "$", "action": ""},
        {"client_id": "$", "action": "qr_made_up"},
        {"client_id": "$", "action": "x" * 101},
        {"client_id": "$", "action": "\u0000"},
        "x",
        None,
    ],
)
async def test_what_is_malformed_or_forged_is_422_and_leaves_nothing(world: Any, body: Any) -> None:
    await world.open()
    if isinstance(body, dict) and body.get("client_id") == "$":
        body = {**body, "client_id": str(uuid.uuid4())}
    answer = await world.post("messages", body)
    assert answer.status_code == 422
    assert any("\u4e00" <= c <= "\u9fff" for c in answer.json()["detail"])
    assert len(await world.messages()) == 1 and world.engine.heard == []


async def test_two_thousand_characters_are_welcome(world: Any) -> None:
    await world.open()
    assert (await world.say("字" * 2000)).status_code == 200


async def test_control_and_invisible_characters_do_not_get_in(world: Any) -> None:
    await world.open()
    await world.say("\ufeff没\u200b收\x00到\u202e货\r\n谢谢\u2060\x1b ")
    assert (await world.messages())[1]["text"] == "没收到货\n谢谢"


async def test_half_a_character_is_no_server_error(world: Any) -> None:
    await world.open()
    body = b'{"client_id": "%s", "text": "\\ud83d"}' % str(uuid.uuid4()).encode()
    headers = {**world.auth, "Content-Type": "application/json"}
    answer = await world.client.post(world.path("messages"), content=body, headers=headers)
    assert answer.status_code == 422


async def test_a_quick_reply_works_once_and_goes_stale(world: Any) -> None:
    opened = await world.open()
    action = opened["messages"][0]["quick_replies"][0]["action"]
    first = await world.post("messages", {"client_id": str(uuid.uuid4()), "action": action})
    again = await world.post("messages", {"client_id": str(uuid.uuid4()), "action": action})
    assert first.json()["messages"][0]["text"] == "听到：没收到货"
    assert again.status_code == 200 and "过期" in again.json()["messages"][0]["text"]
    assert world.engine.heard == ["没收到货"]


async def test_a_quick_reply_of_another_conversation_is_forged(world: Any) -> None:
    stolen = (await world.open())["messages"][0]["quick_replies"][0]["action"]
    await world.open()
    answer = await world.post("messages", {"client_id": str(uuid.uuid4()), "action": stolen})
    assert answer.status_code == 422


async def test_no_payload_ever_leaves(world: Any) -> None:
    await world.open()
    choice = QuickReply("这一单", Payload("order", {"order_no": "KM209900000000"}))
    world.engine.script["hi"] = (Say("哪一单？", quick_replies=(choice,)),)
    answer = await world.say("hi")
    assert "KM209900000000" not in answer.text and answer.json()["messages"][0]["quick_replies"]


async def test_another_conversation_looks_like_none(world: Any) -> None:
    first = await world.open()
    await world.open()
    for conversation_id in (first["conversation_id"], "cv_none", "%00", "x" * 3000):
        base = f"/api/v1/conversations/{conversation_id}"
        calls = [
            world.client.get(f"{base}/messages", headers=world.auth),
            world.client.get(f"{base}/events", headers=world.auth),
            world.client.get(f"{base}/attachments/ev_1", headers=world.auth),
            world.client.post(f"{base}/rating", json={"score": 5}, headers=world.auth),
            world.client.post(
                f"{base}/messages", json={"client_id": str(uuid.uuid4()), "text": "x"}, headers=world.auth
            ),
        ]
        answers = [await call for call in calls]
        assert {a.status_code for a in answers} == {404}
        assert len({a.json()["detail"] for a in answers}) == 1


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic Zm9v", "Bearer " + "é" * 10])
async def test_without_a_good_session_it_is_401(world: Any, header: str) -> None:
    await world.open()
    raw = [(b"authorization", header.encode("latin-1"))] if header else []
    answer = await world.client.get(world.path("messages"), headers=raw)
    assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"


async def test_messages_are_paged_by_seq(world: Any) -> None:
    await world.open()
    await world.say("一")
    assert [m["seq"] for m in await world.messages(after=1)] == [2, 3]
    assert [m["seq"] for m in await world.messages(after=0, limit=2)] == [1, 2]
    assert await world.messages(after=99) == []
    for bad in ("-1", "x", "99999999999999999999", "1.5", ""):
        answer = await world.client.get(world.path("messages"), params={"after": bad}, headers=world.auth)
        assert answer.status_code == 422, bad


async def test_the_engine_away_the_message_is_kept_and_answered_later(world: Any) -> None:
    await world.open()
    world.engine.away = True
    (told,) = (await world.say("没收到货")).json()["messages"]
    assert told["role"] == "system" and "已经收到" in told["text"]
    world.engine.away = False
    await world.services.hub.retry()
    assert [m["role"] for m in await world.messages()] == ["bot", "buyer", "system", "bot"]


async def test_an_answer_that_was_lost_is_not_asked_for_again(world: Any) -> None:
    await world.open()
    world.engine.loses = True
    (told,) = (await world.say("没收到货")).json()["messages"]
    await world.services.hub.retry()
    assert "没有提交" in told["text"] and world.engine.heard == ["没收到货"]


async def test_the_shop_away_loses_no_message(world: Any) -> None:
    await world.open()
    world.shop.away = True
    answer = await world.say("KM202611210001 没到货")
    assert answer.status_code == 200
    assert (await world.messages())[1]["text"] == "KM202611210001 没到货"


async def test_too_many_messages_are_429(world: Any) -> None:
    await world.open()
    codes = [(await world.say(f"{n}")).status_code for n in range(60)]
    answer = await world.say("还有")
    assert set(codes) == {200} and answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_rating_counts_once(world: Any) -> None:
    await world.open()
    for score in (0, 6, True, "5", 4.5, None):
        assert (await world.post("rating", {"score": score})).status_code == 422
    assert (await world.post("rating", {"score": 5, "comment": "x" * 1001})).status_code == 422
    assert (await world.post("rating", {"score": 5, "comment": "很快，密码是Abc12345"})).status_code == 204
    assert (await world.post("rating", {"score": 1})).status_code == 409
