"""Chatwoot as a desk: handoffs open conversations there, words go both ways, and the bot keeps its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from tests.unit.handoff.world import DeskWorld
from tuika.desks.chatwoot.relay import ChatwootRelay
from tuika.handoff.model import Agent

from .fakes.chatwoot import SCHEMAS, SETTINGS, ChatwootServer, changed, said, signed
from .fakes.receiver import SETTINGS as WEBHOOK
from .fakes.receiver import Receiver, message
from .fakes.receiver import signed as signed_in
from .house import House, picture

pytestmark = pytest.mark.anyio


class Desk:
    """A buyer in a webhook channel, and agents in Chatwoot."""

    def __init__(self, build: Callable[..., House]) -> None:
        self.server, self.receiver = ChatwootServer(), Receiver()
        self.house = build({"app": WEBHOOK, "cw": SETTINGS}, app=self.receiver, cw=self.server)
        s = self.house.services
        self.relay = ChatwootRelay(
            "cw",
            "generic",
            api=s.chatwoot_api("cw"),
            units=s.uow,
            evidence=s.evidence,
            wall=s.wall,
            ids=s.ids,
        )

    async def say(self, text: str = "", **more: Any) -> None:
        body = message("u1", text, **more)
        async with self.house.client() as client:
            headers = signed_in(body, self.house.wall.now())
            assert (await client.post("/channels/app", content=body, headers=headers)).status_code == 202
        await self.house.settle()
        await self.relay.once()

    async def event(self, event: Any, **wrong: Any) -> httpx.Response:
        body, headers = signed(event, self.house.wall.now())
        async with self.house.client() as client:
            answer = await client.post("/channels/cw", content=body, headers={**headers, **wrong})
        await self.house.settle()
        await self.relay.once()
        return answer

    async def hand_off(self) -> None:
        await self.say("转人工")
        s, conversation = self.house.services, self.house.conversation("app", "u1")
        turn = DeskWorld.turn(SimpleNamespace(ids=s.ids, clock=s.clock), conversation)  # type: ignore[arg-type]
        with s.uow() as uow:
            s.handoffs.begin(uow, conversation, {"reason": "转人工", "brief": "买家想要：退款"}, turn)
        await self.relay.once()

    def owner(self) -> str:
        return str(self.house.conversation("app", "u1").owner.value)

    def heard(self) -> list[str]:
        """What the buyer was told."""
        return self.receiver.texts("u1")


@pytest.fixture
def desk(build: Callable[..., House]) -> Desk:
    return Desk(build)


@pytest.fixture
async def open_(desk: Desk) -> Desk:
    await desk.hand_off()
    return desk


async def test_a_handoff_opens_a_conversation_with_its_brief(open_: Desk) -> None:
    assert open_.server.status == {"1": "open"}
    assert open_.server.notes("1") == ["转人工\n\n买家想要：退款"]
    assert open_.server.attributes["1"]["tuika_handoff"].startswith("ho_")
    await open_.relay.once()
    assert list(open_.server.status) == ["1"]  # once


async def test_words_go_both_ways_and_the_bot_is_silent(open_: Desk) -> None:
    await open_.say("在吗")
    assert open_.server.incoming("1") == ["在吗"]
    assert (await open_.event(said("1", "在的，我看一下", id=11))).status_code == 200
    assert open_.owner() == "human"
    assert open_.heard()[-1] == "在的，我看一下"
    await open_.say("好的")
    assert open_.server.incoming("1") == ["在吗", "好的"]
    assert open_.house.engine.heard == ["转人工"]
    await open_.say("这是截图", image=picture())
    assert len(open_.server.files) == 1 and open_.server.files[0].startswith(b"\x89PNG")
    assert open_.server.checked >= {name for name in SCHEMAS if "toggle" not in name}


async def test_a_repeated_event_is_worked_once(open_: Desk) -> None:
    for _ in range(3):
        await open_.event(said("1", "您好", id=11))
    assert open_.heard().count("您好") == 1


async def test_notes_bots_and_buyers_own_words_are_not_sent(open_: Desk) -> None:
    before = open_.heard()
    await open_.event(said("1", "内部备注", id=1, private=True))
    await open_.event(said("1", "机器人", id=2, sender={"id": 1, "name": "bot", "type": "agent_bot"}))
    await open_.event(said("1", "回声", id=3, message_type="incoming"))
    await open_.event(said("99", "别人的会话", id=4))
    await open_.event(said("1", "别的账号", id=5, account={"id": 99}))
    await open_.event({"event": "contact_updated", "id": 1})
    assert open_.heard() == before and open_.owner() == "queued"


async def test_what_the_guard_stops_is_told_in_a_note(open_: Desk) -> None:
    before = len(open_.heard())
    await open_.event(said("1", "加我微信 wx_shop_88 私下退", id=1))
    assert "没有发出" in open_.server.notes("1")[-1]
    assert not any("wx_shop_88" in text for text in open_.heard()[before:])


@pytest.mark.parametrize("status", ["resolved", "pending"])
async def test_the_bot_resumes(open_: Desk, status: str) -> None:
    await open_.event(said("1", "办好了", id=1))
    await open_.event(changed("1", status))
    assert open_.owner() == "bot"
    assert "由机器人继续" in open_.heard()[-1]
    await open_.say("谢谢")
    assert open_.heard()[-1] == "听到：谢谢"
    assert open_.server.incoming("1") == []  # the conversation is over for the relay
    assert open_.server.status == {"1": "open"}  # as Chatwoot itself changed it; we add nothing


async def test_an_agent_who_opens_it_again_silences_the_bot(open_: Desk) -> None:
    await open_.event(said("1", "办好了", id=1))
    await open_.event(changed("1", "pending"))
    await open_.event(changed("1", "open", at=2))
    assert open_.owner() == "human"
    await open_.say("还有问题")
    assert open_.house.engine.heard == ["转人工"]
    assert open_.server.incoming("1") == ["还有问题"]


async def test_a_buyer_who_calls_the_bot_back_makes_it_pending(open_: Desk) -> None:
    await open_.say("先让机器人帮我")
    assert open_.owner() == "bot" and open_.server.status == {"1": "pending"}
    await open_.event(changed("1", "pending"))  # the echo of our own change
    with open_.house.services.uow.reading() as uow:
        assert uow.handoffs.open_handoff(open_.house.conversation("app", "u1").id) is not None


async def test_our_own_desk_ends_it_there(open_: Desk) -> None:
    s = open_.house.services
    with s.uow() as uow:
        handoff = uow.handoffs.open_handoff(open_.house.conversation("app", "u1").id)
        s.handoffs.claim(uow, handoff.id, Agent("ann"))
        s.handoffs.reply(uow, handoff.id, "我来处理", Agent("ann"))
        s.handoffs.close(uow, handoff.id, Agent("ann"))
    await open_.relay.once()
    assert "同事 ann：我来处理" in open_.server.notes("1")
    assert open_.server.status == {"1": "resolved"}


async def test_a_second_handoff_finds_the_contact(open_: Desk) -> None:
    await open_.event(changed("1", "resolved"))
    await open_.hand_off()
    assert open_.server.status["2"] == "open" and len(open_.server.contacts) == 1


async def test_wrong_old_and_unreadable_webhooks_are_refused(open_: Desk) -> None:
    event = said("1", "您好", id=1)
    assert (await open_.event(event, **{"X-Chatwoot-Signature": "sha256=00"})).status_code == 401
    assert (await open_.event(event, **{"X-Chatwoot-Timestamp": "1"})).status_code == 401
    body, headers = signed(event, open_.house.wall.now() - timedelta(minutes=6))
    async with open_.house.client() as client:
        assert (await client.post("/channels/cw", content=body, headers=headers)).status_code == 401
        for bad in ([], "x", 1):
            body, headers = signed(bad, open_.house.wall.now())
            assert (await client.post("/channels/cw", content=body, headers=headers)).status_code == 422
    assert open_.owner() == "queued"


async def test_chatwoot_may_be_away(desk: Desk) -> None:
    contact_made = httpx.Response(
        200, json={"payload": {"contact": {"id": 1}, "contact_inbox": {"source_id": "s"}}}
    )
    conversation_made = httpx.Response(200, json={"id": 1})
    desk.server.status, desk.server.messages = {"1": "open"}, {"1": []}
    desk.server.errors = [
        httpx.ConnectError("no way"),
        httpx.Response(429),
        httpx.Response(500),
        contact_made,
        httpx.ReadTimeout("slow"),
        contact_made,
        conversation_made,
        httpx.Response(503),  # the brief is told later
    ]
    await desk.hand_off()
    for _ in range(6):
        await desk.relay.once()
    assert desk.server.errors == [] and list(desk.server.status) == ["1"]
    assert len(desk.server.notes("1")) == 1
    desk.server.errors = [httpx.Response(502)]
    await desk.say("在吗")
    await desk.relay.once()
    assert desk.server.incoming("1") == ["在吗"]
