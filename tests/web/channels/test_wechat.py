"""An official account against a fake WeChat: passive replies, customer-service messages, retries, media."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tuika.channels.wechat import routes
from tuika.conversations.model import Role, Say

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
        assert (await client.post("/channels/gzh", content=b"<xml>")).status_code == 422
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
        assert (await client.post("/channels/gzh", content=bomb)).status_code == 422
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


async def post(house: House, text: str) -> None:
    link = house.link("gzh", PEER)
    with house.services.uow() as uow:
        house.services.conversations.post(uow, link.conversation_id, Role.SYSTEM, Say(text))


async def talking(build: Callable[..., House]) -> Account:
    """An account with a peer, on a clock that stands still."""
    account = Account(build, live=False)
    came = account.text("你好")
    from tuika.channels.wechat.messages import arrival

    parsed = arrival({k: str(v) for k, v in came.items()}, channel="gzh", menu={})
    assert parsed is not None
    await account.house.services.gateway_of_channels.accept([parsed])
    await account.house.settle()
    account.server.said.clear()
    return account


async def test_five_messages_and_no_more_until_the_buyer_writes(build: Callable[..., House]) -> None:
    account = await talking(build)
    for number in range(1, 8):
        await post(account.house, f"通知{number}")
        await account.house.settle()
    # one of the five was the answer itself
    assert [each["text"]["content"] for each in account.server.said] == [f"通知{n}" for n in range(1, 5)]
    assert account.house.states()[-3:] == ["held"] * 3
    from tuika.channels.wechat.messages import arrival

    parsed = arrival({k: str(v) for k, v in account.text("在吗").items()}, channel="gzh", menu={})
    assert parsed is not None
    await account.house.services.gateway_of_channels.accept([parsed])
    await account.house.settle()
    last = account.server.said[-1]["text"]["content"]
    assert last == "通知5\n\n通知6\n\n通知7\n\n听到：在吗"  # one message holds them all


async def test_nothing_is_sent_after_48_hours(build: Callable[..., House]) -> None:
    account = await talking(build)
    account.house.wall.advance(timedelta(hours=48))
    await post(account.house, "退款已打出")
    await account.house.settle()
    assert account.server.said == [] and account.house.states()[-1] == "held"


async def test_the_providers_no_is_understood(build: Callable[..., House]) -> None:
    account = await talking(build)
    for code, state in ((45015, "held"), (45047, "held"), (40003, "failed")):
        account.server.errors = [{"errcode": code, "errmsg": "no"}]
        await post(account.house, f"通知 {code}")
        await account.house.settle()
        assert account.house.states()[-1] == state, code
        link = account.house.link("gzh", PEER)
        with account.house.services.uow() as uow:
            from dataclasses import replace

            uow.links.save(replace(link, budget_left=5))
            uow.connection.exec_driver_sql("update channel_deliveries set state = 'sent'")


async def test_busy_slow_and_broken_answers_are_tried_again(build: Callable[..., House]) -> None:
    account = await talking(build)
    account.server.errors = [
        {"errcode": -1, "errmsg": "system error"},
        httpx.Response(429, headers={"retry-after": "7"}),
        httpx.ConnectTimeout("no way"),
        httpx.ReadTimeout("slow"),
        httpx.Response(502),
    ]
    await post(account.house, "退款已打出")
    for _ in range(8):
        await account.house.settle(seconds=61)
    assert [each["text"]["content"] for each in account.server.said] == ["退款已打出"]
    # only the one whose outcome is unknown counts against the budget
    assert account.house.link("gzh", PEER).budget_left == 5 - 1 - 1 - 1


async def test_a_token_is_shared_and_renewed_when_refused(build: Callable[..., House]) -> None:
    account = await talking(build)
    assert account.server.calls.count("/cgi-bin/stable_token") == 1
    await post(account.house, "一")
    await account.house.settle()
    assert account.server.calls.count("/cgi-bin/stable_token") == 1  # from the row
    account.server.token_no += 1  # somebody else asked for a token
    await post(account.house, "二")
    await account.house.settle()
    assert [each["text"]["content"] for each in account.server.said] == ["一", "二"]
    assert account.server.calls.count("/cgi-bin/stable_token") == 2
    sealed = account.house.column("select sealed from channel_values where name = 'token:gzh'")[0]
    assert account.server.token.encode() not in sealed
    account.house.wall.advance(timedelta(hours=2))
    link = account.house.link("gzh", PEER)
    assert link.window_until > account.house.wall.now()
    await post(account.house, "三")
    await account.house.settle()
    assert account.server.calls.count("/cgi-bin/stable_token") == 3
