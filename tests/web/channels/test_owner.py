"""The owner's desk in Telegram: bound once, told once, and the same rules as at the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.handoff.world import DeskWorld
from tuika.bootstrap.channel_telegram import door_of, owner_desk
from tuika.channels.binding import OWNER
from tuika.commands.demo import load_fixture
from tuika.conversations.model import Buyer

from .fakes.telegram import SETTINGS, TelegramServer, message, press
from .house import House

pytestmark = pytest.mark.anyio
OWNER_CHAT, BUYER_CHAT = 7, 42
FIXTURE = """
platform: solo
buyers: [{id: b1, name: 林小满}]
merchants: [{id: m1, name: 小店}]
orders:
  - {order_no: KM202611230001, buyer: b1, merchant: m1, product: {name: Q币 100, type: card_key},
     contact: "13800000001", query_password: Ab8848, amount_fen: 9800, status: paid, paid: -3h}
refunds:
  - {order_no: KM202611230001, reason: not_as_described, amount_fen: 9800, state: platform_review, filed: -2h}
"""


class Shop:
    def __init__(self, build: Callable[..., House]) -> None:
        self.server = TelegramServer()
        settings = {**SETTINGS, "platform": "solo", "owner_desk": True, "owner_name": "老板"}
        self.house = build({"tg": settings}, tg=self.server)
        s = self.house.services
        self.owner = owner_desk(s, s.channels["tg"])  # type: ignore[arg-type]
        self.door = door_of(s, s.channels["tg"], self.owner)
        self.number = 0

    async def take(self, make: Callable[..., dict[str, Any]], *said: Any, **more: Any) -> None:
        self.number += 1
        self.server.waiting = [make(self.number, *said, **more)]
        await self.door.poll()
        await self.house.settle()
        await self.owner.watch_once()

    async def says(self, text: str, **more: Any) -> None:
        """The buyer writes."""
        await self.take(message, text, chat=BUYER_CHAT, **more)

    async def answers(self, number: int, text: str) -> None:
        """The owner replies to a message."""
        answered = message(number, "…", chat=OWNER_CHAT)["message"]
        await self.take(message, text, chat=OWNER_CHAT, reply_to_message=answered)

    async def presses(self, data: str) -> None:
        await self.take(press, data, chat=OWNER_CHAT)

    def code(self) -> str:
        with self.house.services.uow() as uow:
            code, _ = self.house.services.binding.issue(uow, platform="solo", buyer=None, purpose=OWNER)
        return code.replace("-", "")

    async def bind(self) -> None:
        await self.take(message, f"/start {self.code()}", chat=OWNER_CHAT)

    async def hand_off(self) -> str:
        """A buyer asks for a person; the handoff's id."""
        await self.says("转人工")
        s, conversation = self.house.services, self.house.conversation("tg", str(BUYER_CHAT))
        turn = DeskWorld.turn(SimpleNamespace(ids=s.ids, clock=s.clock), conversation)  # type: ignore[arg-type]
        with s.uow() as uow:
            s.handoffs.begin(uow, conversation, {"reason": "转人工", "brief": "买家想要：退款"}, turn)
            handoff = uow.handoffs.open_handoff(conversation.id)
        await self.owner.watch_once()
        return str(handoff.id)

    def shown(self) -> int:
        """The id of the last message in the owner's chat."""
        return self.server.last[str(OWNER_CHAT)]

    def told(self) -> list[str]:
        return self.server.said(OWNER_CHAT)

    def state(self, case_no: str) -> str:
        with self.house.services.uow.reading() as uow:
            return str(uow.cases.get(case_no).state.value)


@pytest.fixture
def shop(build: Callable[..., House]) -> Shop:
    return Shop(build)


@pytest.fixture
async def bound(shop: Shop) -> Shop:
    await shop.bind()
    return shop


async def test_the_owner_is_bound_once(shop: Shop) -> None:
    assert await shop.owner.watch_once() == 0
    await shop.bind()
    assert "绑定成功" in shop.told()[-1]
    await shop.take(message, f"/start {shop.code()}", chat=99)
    assert "已经绑定了店主" in shop.server.said(99)[-1]
    assert shop.owner.owner() == str(OWNER_CHAT)
    sealed = shop.house.column("select sealed from channel_values where name = 'owner:tg'")[0]
    assert str(OWNER_CHAT).encode() != sealed


async def test_a_buyers_code_makes_no_owner(shop: Shop) -> None:
    with shop.house.services.uow() as uow:
        code, _ = shop.house.services.binding.issue(uow, platform="solo", buyer=Buyer("b1", "林小满"))
    await shop.take(message, f"/start {code.replace('-', '')}", chat=99)
    assert shop.owner.owner() is None
    assert shop.house.conversation("tg", "99").buyer.id == "b1"


async def test_a_handoff_is_taken_answered_and_ended(bound: Shop) -> None:
    handoff = await bound.hand_off()
    card = bound.told()[-1]
    assert "买家找人工" in card and "买家想要：退款" in card
    assert [b["callback_data"] for b in bound.server.buttons()] == [
        f"o:claim:{handoff}",
        f"o:close:{handoff}",
    ]
    count = len(bound.told())
    await bound.owner.watch_once()
    assert len(bound.told()) == count  # told once
    await bound.presses(f"o:claim:{handoff}")
    claimed = bound.shown()
    assert "机器人不再说话" in bound.told()[-1]
    await bound.says("在吗")
    assert "👤 买家：在吗" in bound.told()[-1]
    assert bound.house.engine.heard == ["转人工"]
    await bound.answers(bound.shown(), "在的，马上看")
    assert bound.told()[-1] == "已发给买家。"
    assert bound.server.said(BUYER_CHAT)[-1] == "在的，马上看"
    await bound.answers(claimed, "加我微信 wx_shop_88 私下退")
    assert "没有办成" in bound.told()[-1]  # the guard of the desk
    assert bound.server.said(BUYER_CHAT)[-1] == "在的，马上看"
    await bound.presses(f"o:close:{handoff}")
    assert bound.house.conversation("tg", str(BUYER_CHAT)).owner.value == "bot"


async def test_a_repeated_update_answers_the_buyer_once(bound: Shop) -> None:
    handoff = await bound.hand_off()
    await bound.presses(f"o:claim:{handoff}")
    answered = bound.shown()
    await bound.answers(answered, "您好")
    bound.number -= 1
    await bound.answers(answered, "您好")
    assert bound.server.said(BUYER_CHAT).count("您好") == 1


async def test_nobody_else_presses_the_owners_buttons(bound: Shop) -> None:
    handoff = await bound.hand_off()
    await bound.take(press, f"o:claim:{handoff}", chat=BUYER_CHAT)
    with bound.house.services.uow.reading() as uow:
        assert uow.handoffs.get(handoff).state.value == "waiting"
    assert "不存在" in bound.server.said(BUYER_CHAT)[-1]  # to a buyer it is no choice at all


async def load(shop: Shop) -> str:
    """A case that waits for the owner; its number."""
    s = shop.house.services
    load_fixture(s, FIXTURE)
    await shop.owner.watch_once()
    with s.uow.reading() as uow:
        return str(uow.cases.search(platform="solo").items[0].case_no)


async def test_a_refund_is_approved_with_a_second_press(bound: Shop) -> None:
    case_no = await load(bound)
    card = bound.told()[-1]
    assert case_no in card and "98.00" in card and "Q币 100" in card
    await bound.presses(f"o:ok:{case_no}")
    assert "确认同意" in bound.told()[-1]
    assert bound.state(case_no) == "platform_review"
    await bound.presses(bound.server.buttons()[0]["callback_data"])
    assert "已同意退款 98.00 元" in bound.told()[-1]
    assert bound.state(case_no) in ("approved", "paying", "paid")
    await bound.presses(f"o:yes:{case_no}:9800")
    assert "没有办成" in bound.told()[-1]


async def test_a_refund_is_rejected_with_a_reason(bound: Shop) -> None:
    case_no = await load(bound)
    await bound.presses(f"o:no:{case_no}")
    assert "写明驳回" in bound.told()[-1]
    await bound.answers(bound.shown(), "商品页写明不支持退换")
    assert bound.state(case_no) == "rejected"


async def test_forged_and_foreign_buttons_do_nothing(bound: Shop) -> None:
    case_no = await load(bound)
    for data in (
        "o:yes:RFNOSUCH:1",
        f"o:yes:{case_no}:99999999",
        "o:claim:ho_x",
        "o",
        "x:y:z",
        f"o:yes:{case_no}:-1",
    ):
        await bound.presses(data)
        assert "没有办成" in bound.told()[-1] or "失效" in bound.told()[-1], data
    assert bound.state(case_no) == "platform_review"


async def test_a_deadline_that_comes_near_is_told(bound: Shop) -> None:
    case_no = await load(bound)
    s = bound.house.services
    with s.uow.reading() as uow:
        deadline = uow.cases.get(case_no).deadline.at
    s.clock.set(deadline - timedelta(hours=1))  # type: ignore[attr-defined]
    await bound.owner.watch_once()
    assert any("快到期" in text and case_no in text for text in bound.told())
    s.clock.set(deadline + timedelta(minutes=1))  # type: ignore[attr-defined]
    await bound.owner.watch_once()
    assert any("已超时" in text and case_no in text for text in bound.told())


async def test_plain_words_of_the_owner_are_no_buyers_message(bound: Shop) -> None:
    await bound.take(message, "你好", chat=OWNER_CHAT)
    assert "客服台" in bound.told()[-1]
    assert bound.house.engine.heard == []
