"""WeCom customer service against a fake: pulling, menus, budget, and its own desk mapped to ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tuika.bootstrap.channel_kinds import Kinds
from tuika.channels.wecom.door import WeComDoor
from tuika.conversations.model import Role, Say
from tuika.handoff.model import Agent

from .fakes.wecom import PEER, SETTINGS, WeComServer, callback
from .house import NOON, House, choices, picture

pytestmark = pytest.mark.anyio


class Account:
    def __init__(self, build: Callable[..., House], **more: Any) -> None:
        self.server = WeComServer(NOON)
        self.house = build({"kf": {**SETTINGS, **more}}, kf=self.server)
        s = self.house.services
        assert isinstance(s._kinds, Kinds)
        self.door = WeComDoor(
            s.channels["kf"],  # type: ignore[arg-type]
            gateway=s.gateway_of_channels,
            units=s.uow,
            values=s.channel_values,
            wall=s.wall,
            ids=s.ids,
        )

    async def pull(self) -> int:
        """News come in, and everything that follows happens."""
        count = await self.door.pull_once()
        await self.house.settle()
        return count

    async def say(self, text: str, **more: Any) -> None:
        self.server.buyer(content=text, **more)
        await self.pull()

    def owner(self) -> str:
        return str(self.house.conversation("kf", PEER).owner.value)


@pytest.fixture
def account(build: Callable[..., House]) -> Account:
    return Account(build)


async def test_a_callback_only_says_that_there_is_news(account: Account) -> None:
    account.server.buyer(content="卡密用不了")
    query, body = callback()
    async with account.house.client() as client:
        answer = await client.post("/channels/kf", params=query, content=body)
    assert (answer.status_code, answer.text) == (200, "success")
    assert account.server.calls == []  # answered before anything was asked
    await account.pull()
    assert account.house.engine.heard == ["卡密用不了"]
    assert account.server.texts() == ["听到：卡密用不了"]
    assert account.server.moves == [1]  # WeCom's assistant serves


async def test_the_address_is_verified_with_the_official_example(account: Account) -> None:
    query = {
        "msg_signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
        "timestamp": "1409659589",
        "nonce": "263014780",
        "echostr": "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
    }
    async with account.house.client() as client:
        answer = await client.get("/channels/kf", params=query)
        assert (answer.status_code, answer.text) == (200, "1616140317555161061")
        assert (await client.get("/channels/kf", params={**query, "nonce": "1"})).status_code == 401
        asked, body = callback()
        wrong = await client.post("/channels/kf", params={**asked, "msg_signature": "0" * 40}, content=body)
        assert wrong.status_code == 401


async def test_pages_are_pulled_with_a_cursor_and_nothing_twice(account: Account) -> None:
    account.server.page = 2
    for number in range(5):
        account.server.buyer(content=f"第{number}句")
    assert await account.pull() == 5
    assert account.house.engine.heard == [f"第{number}句" for number in range(5)]
    assert await account.pull() == 0
    with account.house.services.uow() as uow:  # the node died before it stored its cursor
        account.house.services.channel_values.put(uow, "cursor:kf", "0")
    await account.pull()
    assert len(account.house.engine.heard) == 5


async def test_old_news_of_the_first_pull_are_left(account: Account) -> None:
    account.server.now = NOON - timedelta(hours=3)
    account.server.buyer(content="三小时前")
    account.server.now = NOON
    account.server.buyer(content="刚才")
    await account.pull()
    assert account.house.engine.heard == ["刚才"]


async def test_a_menu_is_pressed(account: Account) -> None:
    account.house.engine.script = {"退款": (choices("哪一种？", "没收到货", "卡密用不了"),)}
    await account.say("退款")
    assert account.server.texts() == ["哪一种？ [没收到货|卡密用不了]"]
    pressed = account.server.sent[0]["msgmenu"]["list"][1]["click"]["id"]
    await account.say("卡密用不了", menu_id=pressed)
    assert account.house.engine.intents[-1] == "choose"
    assert "\\u" not in str(account.server.sent[0])


async def test_several_messages_of_a_turn_are_one(account: Account) -> None:
    account.house.engine.script = {"退款": (Say("先看看。"), choices("哪一种？", "没收到货"))}
    await account.say("退款")
    assert account.server.texts() == ["先看看。\n\n哪一种？ [没收到货]"]


async def test_five_messages_within_48_hours(account: Account) -> None:
    await account.say("你好")
    conversation = account.house.conversation("kf", PEER).id
    for number in range(1, 7):
        with account.house.services.uow() as uow:
            account.house.services.conversations.post(uow, conversation, Role.SYSTEM, Say(f"通知{number}"))
        await account.house.settle()
    assert account.server.texts()[1:] == [f"通知{number}" for number in range(1, 5)]
    await account.say("在吗")
    assert account.server.texts()[-1] == "通知5\n\n通知6\n\n听到：在吗"


async def test_entering_greets_with_the_events_code_and_binds_by_its_parameter(account: Account) -> None:
    account.server.enters()
    await account.pull()
    assert account.server.sent[0]["code"] == "welcome-1" and "退款" in account.server.texts()[0]
    from tuika.conversations.model import Buyer

    with account.house.services.uow() as uow:
        code, _ = account.house.services.binding.issue(uow, platform="generic", buyer=Buyer("b1", "林小满"))
    account.server.enters(code.replace("-", ""))
    await account.pull()
    assert account.house.conversation("kf", PEER).buyer.id == "b1"
    assert "绑定成功：林***满" in account.server.texts()[-1]


async def test_pictures_come_and_go(account: Account) -> None:
    account.server.media["p1"] = picture()
    account.server.buyer("image", media_id="p1")
    await account.pull()
    assert account.house.said("kf", PEER)[0].attachments[0].media_type == "image/png"


async def hand_off(account: Account) -> None:
    """The buyer waits for a person."""
    await account.say("转人工")
    s = account.house.services
    conversation = account.house.conversation("kf", PEER)
    from tests.unit.handoff.world import DeskWorld

    turn = DeskWorld.turn(_Ids(s), conversation)  # type: ignore[arg-type]
    with s.uow() as uow:
        say = s.handoffs.begin(uow, conversation, {"reason": "转人工", "brief": "想退款"}, turn)
        s.conversations.post(uow, conversation.id, Role.SYSTEM, say)
    await account.house.settle()


class _Ids:
    def __init__(self, services: Any) -> None:
        self.ids, self.clock = services.ids, services.clock


async def test_wecoms_own_desk_is_mapped_to_ours(build: Callable[..., House]) -> None:
    account = Account(build, native=True)
    await hand_off(account)
    assert (account.owner(), account.server.state) == ("queued", 2)
    assert "第 1 位" in account.server.texts()[-1]  # said before WeCom took over
    account.server.person_comes()
    account.server.person("您好，我来看一下")
    await account.pull()
    assert account.owner() == "human"
    await account.say("好的")
    heard = account.house.texts("kf", PEER)
    assert heard[-2:] == ["agent: 您好，我来看一下", "buyer: 好的"]
    assert account.house.engine.heard == ["转人工"]  # the bot is silent
    assert len(account.server.sent) == 2  # and nothing of the person's words is sent again
    account.server.person_goes()
    await account.pull()
    assert account.owner() == "bot"
    assert account.server.sent[-1]["code"] == "end-1"
    assert "由机器人继续" in account.server.texts()[-1]
    await account.say("还有个问题")
    assert account.server.texts()[-1] == "听到：还有个问题"


async def test_a_buyer_in_wecoms_queue_calls_the_bot_back(build: Callable[..., House]) -> None:
    account = Account(build, native=True)
    await hand_off(account)
    await account.say("先让机器人帮我")
    assert account.owner() == "bot"
    assert account.server.moves[-1] == 4  # 2 never leads back to 1
    assert account.server.sent[-1]["code"] == "over-1"
    await account.say("卡密用不了")
    assert account.server.texts()[-1] == "听到：卡密用不了"


async def test_a_person_who_steps_in_unasked_silences_the_bot(account: Account) -> None:
    await account.say("你好")
    account.server.person("我直接来处理", "lisi")  # the event that says so is lost
    await account.pull()
    assert account.owner() == "human"
    await account.say("谢谢")
    assert account.house.engine.heard == ["你好"]


async def test_without_native_our_desk_answers(account: Account) -> None:
    await hand_off(account)
    assert (account.owner(), account.server.state) == ("queued", 1)
    s = account.house.services
    with s.uow() as uow:
        handoff = uow.handoffs.open_handoff(account.house.conversation("kf", PEER).id)
        s.handoffs.claim(uow, handoff.id, Agent("ann"))
        s.handoffs.reply(uow, handoff.id, "您好，马上为您处理", Agent("ann"))
    await account.house.settle()
    assert account.server.texts()[-1].endswith("您好，马上为您处理")


async def test_a_state_that_may_not_change_is_not_asked_for_again(build: Callable[..., House]) -> None:
    account = Account(build, native=True)
    await account.say("你好")
    account.server.state = 3  # a person took it, and we were not told
    await hand_off(account)
    asked = account.server.calls.count("kf/service_state/trans")
    for _ in range(3):
        await account.house.settle()
    assert account.server.calls.count("kf/service_state/trans") == asked
    assert account.house.states()[-1] == "held"


async def test_time_outs_and_429(account: Account) -> None:
    account.server.buyer(content="卡密用不了")
    await account.door.pull_once()
    account.server.errors = [
        httpx.Response(429, headers={"retry-after": "3"}),
        httpx.ReadTimeout("slow"),
        {"errcode": 45009, "errmsg": "api freq out of limit"},
    ]
    for _ in range(4):
        await account.house.settle(seconds=61)
    assert account.server.texts() == ["听到：卡密用不了"]
    assert {each["msgid"] for each in account.server.sent} == {account.server.sent[0]["msgid"]}
