"""News of a case in a chat account that the buyer bound, agreed to on the website."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tuika.clock import FixedClock
from tuika.conversations.model import Buyer, Role, Say
from tuika.links import Purpose

from .fakes.telegram import SETTINGS, TelegramServer, message
from .house import House, user_token

pytestmark = pytest.mark.anyio


class Pair:
    """The website's conversation of a buyer, and his Telegram."""

    def __init__(self, build: Callable[..., House]) -> None:
        from tuika.bootstrap.channel_telegram import door_of

        self.server = TelegramServer()
        self.house = build({"tg": SETTINGS}, tg=self.server)
        self.services = self.house.services
        self.door = door_of(self.services, self.services.channels["tg"])
        self.number = 0
        with self.services.uow() as uow:
            talk = self.services.conversations.open(
                uow, platform="generic", channel="widget", buyer=Buyer("b1", "林小满")
            )
        self.id = talk.id

    async def writes(self, text: str) -> None:
        self.number += 1
        self.server.waiting = [message(self.number, text)]
        await self.door.poll()
        await self.house.settle()

    async def binds(self, buyer: str = "b1") -> None:
        with self.services.uow() as uow:
            code, _row = self.services.binding.issue(uow, platform="generic", buyer=Buyer(buyer, "林小满"))
        await self.writes(code)

    def offered(self) -> list[str]:
        with self.services.uow.reading() as uow:
            return [chat.choice for chat in self.services.reaching.chats(uow, self.id)]

    def agrees(self) -> Any:
        with self.services.uow() as uow:
            return self.services.reaching.agree(
                uow, self.id, way="chat:tg", address="", actor=f"conversation:{self.id}"
            )

    async def is_told(self, text: str, *, times: int = 1) -> None:
        """A notice on the website that nobody looks at, and what comes of it."""
        with self.services.uow() as uow:
            said = self.services.conversations.post(uow, self.id, Role.SYSTEM, Say(text))
            self.services.reaching.plan(uow, self.id, "RF22222222", said)
        clock = self.services.clock
        assert isinstance(clock, FixedClock)
        clock.advance(timedelta(minutes=3))
        for _ in range(times):
            self.services.due_runner.run_due()
        await self.house.settle()

    def heard(self) -> list[str]:
        return [text for text in self.server.said(42) if "RF22222222" in text]


@pytest.fixture
def pair(build: Callable[..., House]) -> Pair:
    return Pair(build)


async def test_news_come_once_to_the_bound_account_with_a_way_back(pair: Pair) -> None:
    assert pair.offered() == []
    await pair.binds()
    assert pair.offered() == ["chat:tg"]
    assert pair.agrees().masked == "Telegram"
    await pair.is_told("申请 RF22222222：审核通过。", times=2)
    (news,) = pair.heard()
    assert "审核通过" in news and "/chat/generic#token=" in news
    await pair.writes("好的")  # it is a conversation like any other
    assert pair.server.said(42)[-1] == "听到：好的"


async def test_whoever_unbinds_or_binds_to_another_hears_nothing_more(pair: Pair) -> None:
    await pair.binds()
    pair.agrees()
    await pair.writes("解除绑定")
    await pair.is_told("申请 RF22222222：审核通过。")
    assert pair.heard() == []
    await pair.binds("b2")
    await pair.is_told("申请 RF22222222：已退款。")
    assert pair.heard() == [] and pair.offered() == []
    with pair.services.uow.reading() as uow:
        assert "refund.notice.refused" in [event.type for event in uow.audit.list()]


async def test_the_form_offers_what_is_bound_and_asks_no_address_for_it(pair: Pair) -> None:
    await pair.binds()
    token = pair.services.links.sign(Purpose.NOTIFY, now=datetime.now(UTC), conversation_id=pair.id)
    async with pair.house.client() as client:
        page = await client.get(f"/notify/{token}")
        assert "Telegram（已绑定，不用填地址）" in page.text and "required" not in page.text
        done = await client.post(f"/notify/{token}", data={"way": "chat:tg", "address": ""})
        assert done.status_code == 200 and "Telegram" in done.text
        wrong = await client.post(f"/notify/{token}", data={"way": "chat:other", "address": ""})
        assert wrong.status_code == 422
        body = {"platform": "generic", "user_token": user_token("b1")}
        session = (await client.post("/api/v1/sessions", json=body)).json()
        auth = {"Authorization": f"Bearer {session['session_token']}"}
        notices = f"/api/v1/conversations/{session['conversation_id']}/notices"
        shown = (await client.get(notices, headers=auth)).json()
        assert shown["chats"] == [{"way": "chat:tg", "label": "Telegram"}] and shown["way"] is None
        shown = (await client.put(notices, json={"way": "chat:tg"}, headers=auth)).json()
    assert (shown["way"], shown["masked"]) == ("chat", "Telegram")


async def test_a_guest_and_the_account_itself_are_offered_no_chat(pair: Pair) -> None:
    await pair.binds()
    with pair.services.uow() as uow:
        guest = pair.services.conversations.open(uow, platform="generic", channel="widget", buyer=None)
        here = pair.house.conversation("tg", "42")
        assert pair.services.reaching.chats(uow, guest.id) == ()
        assert pair.services.reaching.chats(uow, here.id) == ()
