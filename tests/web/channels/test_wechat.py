"""An official account against a fake WeChat: passive replies, customer-service messages, retries, media."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from tuika.channels.wechat import routes
from tuika.conversations.model import Say

from .fakes.weixin import SETTINGS, TOKEN, Caller, WeChatServer, fields
from .house import House, choices, picture

pytestmark = pytest.mark.anyio
PEER = "oyORnuP8q7ou2gfYjqLzSIWZf0rs"


class Account:
    def __init__(self, build: Callable[..., House], *, live: bool = True, **more: Any) -> None:
        self.server = WeChatServer()
        self.plain = more.get("mode") == "plain"
        self.house = build({"gzh": {**SETTINGS, **more}}, gzh=self.server, live=live)
        self.number = 6054768590064713728

    @asynccontextmanager
    async def calling(self) -> AsyncIterator[Caller]:
        async with self.house.client() as client:
            yield Caller(client, plain=self.plain)

    def text(self, text: str, **more: Any) -> dict[str, Any]:
        self.number += 1
        at = datetime.now(UTC)
        return dict(fields(at=at, Content=text, MsgId=str(self.number), **more))

    async def say(self, text: str) -> dict[str, str]:
        async with self.calling() as caller:
            return caller.opened(await caller.call(self.text(text)))

    async def push(self) -> None:
        """Whatever is due goes out."""
        for _ in range(3):
            await self.house.services.channel_runner.round()
            await self.house.services.channel_runner.drain()


@pytest.fixture
def account(build: Callable[..., House]) -> Account:
    return Account(build)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """WeChat's five seconds do not follow how busy the machine is that runs these tests."""
    monkeypatch.setattr(routes, "IN_TIME", 30.0)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """WeChat's five seconds, shortened."""
    monkeypatch.setattr(routes, "IN_TIME", 0.5)
    monkeypatch.setattr(routes, "TOO_LATE", 0.6)


@pytest.mark.parametrize("mode", ["aes", "plain"])
async def test_an_answer_in_time_goes_out_in_the_same_breath(build: Callable[..., House], mode: str) -> None:
    account = Account(build, mode=mode)
    reply = await account.say("卡密用不了")
    assert reply["Content"] == "听到：卡密用不了"
    assert (reply["ToUserName"], reply["FromUserName"]) == (PEER, "gh_10f6c3c3ac5a")
    await account.push()
    assert account.server.said == []  # and is not said a second time


async def test_choices_are_numbered_and_a_number_answers(account: Account) -> None:
    account.house.engine.script = {"退款": (Say("先看看。"), choices("哪一种？", "没收到货", "卡密用不了"))}
    reply = await account.say("退款")
    wanted = "先看看。\n\n哪一种？\n\n回复数字选择（1–2）：\n1  没收到货\n2  卡密用不了"
    assert reply["Content"] == wanted  # two messages of the bot, one of WeChat's
    await account.say("2")
    assert account.house.engine.heard[-1] == "卡密用不了"


async def test_a_late_answer_is_a_customer_service_message(account: Account, hurried: None) -> None:
    gate = asyncio.Event()
    converse = account.house.engine.converse

    async def slow(**asked: Any) -> Any:
        await gate.wait()
        return await converse(**asked)

    account.house.engine.converse = slow  # type: ignore[method-assign]
    assert await account.say("卡密用不了") == {}  # "success", in time
    gate.set()
    await asyncio.sleep(0.8)
    await account.push()
    assert [each["text"]["content"] for each in account.server.said] == ["听到：卡密用不了"]
    assert account.server.said[0]["touser"] == PEER


async def test_a_repeated_callback_is_worked_once_and_answered_alike(account: Account) -> None:
    document = account.text("卡密用不了")
    async with account.calling() as caller:
        first = caller.opened(await caller.call(document))
        second = caller.opened(await caller.call(document))
    assert first["Content"] == second["Content"] == "听到：卡密用不了"
    assert account.house.engine.heard == ["卡密用不了"]
    assert account.house.column("select tries from channel_arrivals") == [2]


async def test_two_deliveries_at_once_are_worked_once(account: Account) -> None:
    document = account.text("卡密用不了")
    async with account.calling() as caller:
        answers = await asyncio.gather(*(caller.call(document) for _ in range(3)))
    assert {caller.opened(each).get("Content") for each in answers} == {"听到：卡密用不了"}
    assert account.house.engine.heard == ["卡密用不了"]


async def test_without_customer_service_wechat_is_made_to_ask_again(
    build: Callable[..., House], hurried: None
) -> None:
    account = Account(build, customer_service=False)
    gate = asyncio.Event()
    converse = account.house.engine.converse

    async def slow(**asked: Any) -> Any:
        await gate.wait()
        return await converse(**asked)

    account.house.engine.converse = slow  # type: ignore[method-assign]
    document = account.text("卡密用不了")
    async with account.calling() as caller:
        began = asyncio.get_running_loop().time()
        assert caller.opened(await caller.call(document)) == {}
        assert asyncio.get_running_loop().time() - began >= 0.6  # too late on purpose: WeChat asks again
        gate.set()
        await asyncio.sleep(0.2)
        assert caller.opened(await caller.call(document))["Content"] == "听到：卡密用不了"
        gate.clear()
        other = account.text("还有一个问题")
        assert caller.opened(await caller.call(other)) == {}
        assert caller.opened(await caller.call(other)) == {}
        assert "十几秒" in caller.opened(await caller.call(other))["Content"]  # the third and last time
        gate.set()
        await asyncio.sleep(0.2)
        await account.push()
        reply = caller.opened(await caller.call(account.text("在吗")))
    assert reply["Content"] == "听到：还有一个问题\n\n听到：在吗"
    assert account.server.said == []


async def test_wrong_signatures_and_foreign_messages_are_refused(account: Account) -> None:
    async with account.calling() as caller:
        for wrong in (
            {"msg_signature": "0" * 40},
            {"timestamp": "1"},
            {"nonce": "x"},
            {"msg_signature": "签名"},
        ):
            assert (await caller.call(account.text("你好"), **wrong)).status_code == 401
        caller.crypt._receiver = "wx0000000000000000"
        assert (await caller.call(account.text("你好"))).status_code == 422
    async with account.house.client() as client:
        plain = Caller(client, plain=True)
        assert (await plain.call(account.text("你好"))).status_code == 401  # safe mode takes nothing in clear
        now = {"timestamp": str(int(datetime.now(UTC).timestamp()))}
        assert (await client.post("/channels/gzh", content=b"<xml>")).status_code == 401
        assert (await client.post("/channels/gzh", params=now, content=b"<xml>")).status_code == 422
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
        assert (await client.post("/channels/gzh", params=now, content=bomb)).status_code == 422
    assert account.house.column("select count(*) from channel_arrivals") == [0]


@pytest.mark.parametrize("mode", ["aes", "plain"])
async def test_what_is_an_hour_old_is_refused(build: Callable[..., House], mode: str) -> None:
    account = Account(build, mode=mode)
    async with account.calling() as caller:
        for age in (3700, -3700):
            caller.age = age
            assert (await caller.call(account.text("你好"))).status_code == 401
    assert account.house.column("select count(*) from channel_arrivals") == [0]


async def test_the_address_is_verified(account: Account) -> None:
    import hashlib

    signed = hashlib.sha1("".join(sorted((TOKEN, "1", "2"))).encode()).hexdigest()
    query = {"signature": signed, "timestamp": "1", "nonce": "2", "echostr": "5836548"}
    async with account.house.client() as client:
        right = await client.get("/channels/gzh", params=query)
        assert (right.status_code, right.text) == (200, "5836548")
        assert (await client.get("/channels/gzh", params={**query, "nonce": "3"})).status_code == 401


async def test_pictures_come_by_media_id(account: Account) -> None:
    account.server.media["m-1"] = picture()
    document = fields("image", at=datetime.now(UTC), MediaId="m-1", PicUrl="http://x", MsgId="77")
    async with account.calling() as caller:
        await caller.call(document)
        await caller.call(fields("image", at=datetime.now(UTC), MediaId="gone", PicUrl="", MsgId="78"))
    said = account.house.said("gzh", PEER)
    assert said[0].attachments[0].media_type == "image/png"
    assert account.house.engine.intents == ["upload"]
    assert "没有取到" in said[-1].text


async def test_a_picture_address_elsewhere_is_never_fetched(build: Callable[..., House]) -> None:
    account = Account(build, customer_service=False)
    document = fields("image", at=datetime.now(UTC), MediaId="m-1", PicUrl="http://169.254.1.1/x", MsgId="77")
    async with account.calling() as caller:
        await caller.call(document)
    assert account.server.calls == []
    assert "没有取到" in account.house.said("gzh", PEER)[-1].text


async def test_following_greets_and_the_menu_speaks(account: Account) -> None:
    async with account.calling() as caller:
        at = datetime.now(UTC)
        greeted = caller.opened(await caller.call(fields("event", at=at, Event="subscribe", EventKey="")))
        assert "退款" in greeted["Content"]
        again = caller.opened(await caller.call(fields("event", at=at, Event="subscribe", EventKey="")))
        assert again["Content"] == greeted["Content"]
        pressed = fields("event", at=at, Event="CLICK", EventKey="menu_1")
        assert caller.opened(await caller.call(pressed))["Content"] == "听到：我要退款"
        gone = fields("event", at=at, Event="unsubscribe", EventKey="")
        assert caller.opened(await caller.call(gone)) == {}
    assert account.house.engine.heard == ["我要退款"]
    await account.house.services.channels["gzh"].publish_menu()  # type: ignore[attr-defined]
    assert [b["name"] for b in account.server.menus[0]["button"]] == ["申请退款", "转人工"]


async def test_voice_is_read_when_wechat_wrote_it_down(account: Account) -> None:
    async with account.calling() as caller:
        at = datetime.now(UTC)
        spoken = fields("voice", at=at, MediaId="v", Recognition="卡密用不了", MsgId="1")
        assert caller.opened(await caller.call(spoken))["Content"] == "听到：卡密用不了"
        silent = fields("voice", at=at, MediaId="v", MsgId="2")
        assert "语音看不了" in caller.opened(await caller.call(silent))["Content"]
