"""The webhook channel: signed, replay-safe, each message answered once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import anyio
import httpx
import pytest

from tuika.conversations.model import Role, Say
from tuika.conversations.ports import EngineAnswer

from .fakes.receiver import SECRET, SETTINGS, Receiver, message, signed
from .house import House, choices, picture, user_token

pytestmark = pytest.mark.anyio


class Shop:
    """A shop's own app in front of a house."""

    def __init__(self, build: Callable[..., House], **more: Any) -> None:
        self.receiver = Receiver()
        self.house = build({"app": {**SETTINGS, **more}}, app=self.receiver)

    async def post(self, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        async with self.house.client() as client:
            given = signed(body, self.house.wall.now()) if headers is None else headers
            return await client.post("/channels/app", content=body, headers=given)

    async def say(self, text: str, user: str = "u1", **more: Any) -> None:
        assert (await self.post(message(user, text, **more))).status_code == 202
        await self.house.settle()


@pytest.fixture
def shop(build: Callable[..., House]) -> Shop:
    return Shop(build)


async def test_a_message_is_acknowledged_at_once_and_answered(shop: Shop) -> None:
    answer = await shop.post(message("u1", "卡密用不了"))
    assert (answer.status_code, answer.json()) == (202, {"accepted": True, "repeated": False})
    assert shop.house.engine.heard == []  # stored, not yet worked
    await shop.house.settle()
    assert shop.receiver.texts("u1") == ["听到：卡密用不了"]
    assert shop.house.states() == ["sent"]


async def test_the_same_id_again_changes_nothing(shop: Shop) -> None:
    body = message("u1", "你好", id="m1")
    await shop.post(body)
    again = await shop.post(body)
    assert (again.status_code, again.json()["repeated"]) == (202, True)
    await shop.house.settle()
    assert (await shop.post(body)).json()["repeated"] is True
    await shop.house.settle()
    assert shop.house.engine.heard == ["你好"]
    assert len(shop.receiver.got) == 1


async def test_what_was_overtaken_on_the_way_is_put_in_order(shop: Shop) -> None:
    for number in (2, 1, 3):
        await shop.post(message("u1", f"第{number}句", sequence=number))
    await shop.house.settle()
    assert shop.house.engine.heard == ["第1句", "第2句", "第3句"]
    assert shop.receiver.texts("u1") == ["听到：第1句", "听到：第2句", "听到：第3句"]


async def test_a_wrong_signature_stores_nothing(shop: Shop) -> None:
    body = message("u1", "你好")
    now = shop.house.wall.now()
    wrong = [
        {},
        signed(body, now, secret="another-secret-of-a-webhook"),
        {**signed(body, now), "X-Tuika-Timestamp": str(int(now.timestamp()) + 1)},
        {**signed(body, now), "X-Tuika-Signature": b"v1=\xff\xfe"},
        signed(body, now - timedelta(minutes=6)),
        signed(body, now + timedelta(minutes=6)),
    ]
    for headers in wrong:
        answer = await shop.post(body, headers)
        assert answer.status_code == 401, headers
        assert answer.headers["content-type"].startswith("application/problem+json")
    assert (await shop.post(body + b" ", signed(body, now))).status_code == 401
    assert shop.house.column("select count(*) from channel_arrivals") == [0]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"id": "1", "user": "u1"}',
        b'{"id": "", "user": "u1", "text": "a"}',
        b'{"id": "1", "user": "u1", "text": "a", "action": "qr_1"}',
        b'{"id": "1", "user": "u1", "text": "a", "menu": []}',
        b'{"id": "1", "user": "u1", "image": "not base64!"}',
        b'{"id": "1", "user": "u1", "text": "a", "sequence": -1}',
        b'{"id": "1", "user": "' + b"u" * 101 + b'", "text": "a"}',
        b"[" * 5000,
    ],
)
async def test_a_malformed_message_is_refused_and_not_stored(shop: Shop, body: bytes) -> None:
    answer = await shop.post(body)
    assert answer.status_code == 422
    assert shop.house.column("select count(*) from channel_arrivals") == [0]


async def test_our_own_requests_cannot_be_sent_back(shop: Shop) -> None:
    """What we sign for them is no signature of theirs."""
    import hashlib
    import hmac

    body, stamp = message("u1", "你好"), str(int(shop.house.wall.now().timestamp()))
    ours = hmac.new(SECRET.encode(), f"tuika-out.{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Tuika-Timestamp": stamp, "X-Tuika-Signature": f"v1={ours}"}
    assert (await shop.post(body, headers)).status_code == 401


async def test_a_picture_becomes_evidence(shop: Shop) -> None:
    await shop.post(message("u1", "这是截图", image=picture()))
    await shop.house.settle()
    heard = shop.house.said("app", "u1")[0]
    assert heard.attachments[0].media_type == "image/png"
    assert shop.house.engine.intents == ["upload"]
    await shop.post(message("u1", "", image=b"not a picture"))
    await shop.house.settle()
    assert "不是能识别的图片" in shop.receiver.texts("u1")[-1]


async def test_the_sites_token_names_the_buyer(shop: Shop) -> None:
    await shop.say("我的订单", user_token=user_token("b1"))
    assert shop.house.conversation("app", "u1").buyer.id == "b1"
    first = shop.house.conversation("app", "u1").id
    await shop.say("我的订单", user_token=user_token("b2"))
    second = shop.house.conversation("app", "u1")
    assert second.buyer.id == "b2" and second.id != first  # never one buyer's words before another
    bad = await shop.post(message("u1", "你好", user_token=user_token(key="another-secret-" * 3)))
    assert bad.status_code == 401


async def test_a_choice_is_pressed_typed_as_number_or_in_words(shop: Shop) -> None:
    shop.house.engine.script = {"退款": (choices("哪一种？", "没收到货", "卡密用不了"),)}
    await shop.say("退款")
    menu = shop.receiver.got[-1]["menu"]
    assert [item["title"] for item in menu] == ["没收到货", "卡密用不了"]
    async with shop.house.client():
        await shop.post(message("u1", action=menu[0]["action"]))
    await shop.house.settle()
    assert shop.house.engine.heard[-1] == "没收到货"
    for typed in ("2", "２", "卡密用不了", "选2", "②"):
        await shop.say("退款")
        await shop.say(typed)
        assert shop.house.engine.heard[-1] == "卡密用不了", typed
        assert shop.house.engine.intents[-1] == "choose"
    await shop.say("退款")
    await shop.say("3")
    assert (shop.house.engine.heard[-1], shop.house.engine.intents[-1]) == ("3", None)


async def test_a_forged_or_stale_choice_is_answered_in_words(shop: Shop) -> None:
    shop.house.engine.script = {"退款": (choices("哪一种？", "没收到货"),)}
    await shop.say("退款")
    old = shop.receiver.got[-1]["menu"][0]["action"]
    await shop.say("算了")
    await shop.post(message("u1", action=old))
    await shop.post(message("u1", action="qr_forged"))
    await shop.house.settle()
    assert "已经过期" in shop.receiver.texts("u1")[-2]
    assert "不存在" in shop.receiver.texts("u1")[-1]


async def test_without_buttons_choices_are_numbered(build: Callable[..., House]) -> None:
    shop = Shop(build, buttons=False)
    shop.house.engine.script = {"退款": (choices("哪一种？", "没收到货", "卡密用不了"),)}
    await shop.say("退款")
    assert shop.receiver.texts("u1")[-1] == "哪一种？\n\n回复数字选择（1–2）：\n1  没收到货\n2  卡密用不了"


async def test_the_receiver_may_be_busy_slow_or_refuse(shop: Shop) -> None:
    busy = httpx.Response(429, headers={"retry-after": "30"})
    shop.receiver.answers = [busy, httpx.ReadTimeout("slow"), httpx.Response(503)]
    await shop.post(message("u1", "你好"))
    shop.house.wall.advance(timedelta(seconds=1))
    for _ in range(6):  # thirty seconds must pass before it is tried again
        await shop.house.services.channel_runner.round()
        await shop.house.services.channel_runner.drain()
    assert len(shop.receiver.answers) == 2 and shop.receiver.got == []
    await shop.house.settle(seconds=31)
    for _ in range(4):
        await shop.house.settle(seconds=31)
    assert shop.receiver.texts("u1") == ["听到：你好"]
    shop.receiver.answers = [httpx.Response(410)]
    await shop.say("再说一句")
    assert shop.house.states() == ["sent", "failed"]


async def test_what_is_said_later_is_pushed(shop: Shop) -> None:
    """A notice of the worker's reaches the channel."""
    await shop.say("你好")
    link = shop.house.link("app", "u1")
    with shop.house.services.uow() as uow:
        shop.house.services.conversations.post(uow, link.conversation_id, Role.SYSTEM, Say("退款已打出。"))
    await shop.house.settle()
    assert shop.receiver.texts("u1") == ["听到：你好", "退款已打出。"]


async def test_secrets_lie_nowhere_in_clear(shop: Shop) -> None:
    key = "ABCD-EFGH-JKLM-NPQR"
    await shop.post(message("u1", f"卡密 {key} 提示已被使用"))
    waiting = b"".join(each for each in shop.house.column("select sealed from channel_arrivals"))
    assert key.encode() not in waiting and waiting
    await shop.house.settle()
    assert shop.house.column("select sealed from channel_arrivals") == [None]
    assert key not in "".join(shop.house.texts("app", "u1")) + "".join(shop.receiver.texts("u1"))


async def test_what_is_said_waits_for_nobody_elses_turn(shop: Shop) -> None:
    """Twenty slow turns at once, more than are worked side by side: a notice to another buyer still goes out."""
    await shop.say("你好")
    link, over = shop.house.link("app", "u1"), asyncio.Event()
    plain = shop.house.engine.converse

    async def slow(**asked: Any) -> EngineAnswer:
        await over.wait()
        return await plain(**asked)

    shop.house.engine.converse = slow  # type: ignore[method-assign]
    for number in range(20):
        await shop.post(message(f"slow{number}", "你好"))
    runner = shop.house.services.channel_runner
    for _ in range(3):
        shop.house.wall.advance(timedelta(seconds=1))
        await runner.round()
    with shop.house.services.uow() as uow:
        shop.house.services.conversations.post(uow, link.conversation_id, Role.SYSTEM, Say("退款已打出。"))
    with anyio.fail_after(20):
        while "退款已打出。" not in shop.receiver.texts("u1"):
            shop.house.wall.advance(timedelta(seconds=1))
            await runner.round()
            await asyncio.sleep(0.01)
    over.set()
    await shop.house.settle()
    assert all(shop.receiver.texts(f"slow{number}") == ["听到：你好"] for number in range(20))
