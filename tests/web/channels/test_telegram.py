"""Private chats and groups against a fake Bot API: webhook and polling, buttons, photos, floods, look-alikes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tuika.bootstrap.channel_telegram import door_of
from tuika.channels.errors import Later, Unknown
from tuika.channels.telegram.bot import TelegramBot
from tuika.conversations.model import Buyer
from tuika.settings.channels import TelegramSettings

from .fakes.telegram import (
    SECRET_TOKEN,
    SETTINGS,
    TelegramServer,
    edited,
    flood,
    message,
    press,
    user,
)
from .house import House, choices, picture

pytestmark = pytest.mark.anyio
WEBHOOK = {"public_url": "https://shop.example.com", "secret_token": SECRET_TOKEN}
GROUP = -1001


class Bot:
    def __init__(self, build: Callable[..., House], **more: Any) -> None:
        self.server = TelegramServer()
        self.house = build({"tg": {**SETTINGS, **more}}, tg=self.server)
        self.door = door_of(self.house.services, self.house.services.channels["tg"])

    async def take(self, *updates: dict[str, Any]) -> None:
        self.server.waiting = list(updates)
        await self.door.poll()
        await self.house.settle()


@pytest.fixture
def bot(build: Callable[..., House]) -> Bot:
    return Bot(build)


async def test_a_message_is_answered(bot: Bot) -> None:
    await bot.take(message(1, "卡密用不了"))
    assert bot.server.said(42) == ["听到：卡密用不了"]


async def test_start_greets(bot: Bot) -> None:
    await bot.take(message(1, "/start"))
    assert len(bot.server.said(42)) == 1 and "退款" in bot.server.said(42)[0]
    assert bot.house.engine.heard == []


async def test_updates_are_worked_once_and_polling_moves_on(bot: Bot) -> None:
    await bot.take(message(1, "你好"), message(2, "在吗"))
    await bot.take(message(1, "你好"), message(2, "在吗"), message(3, "还在吗"))
    assert bot.house.engine.heard == ["你好", "在吗", "还在吗"]
    offsets = [given.get("offset") for method, given in bot.server.calls if method == "getUpdates"]
    assert offsets[-1] == "3"


async def test_out_of_order_updates_are_put_in_order(build: Callable[..., House]) -> None:
    bot = Bot(build, **WEBHOOK)
    async with bot.house.client() as client:
        for number in (2, 1, 3, 2):
            headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET_TOKEN}
            update = message(number, f"第{number}句")
            assert (await client.post("/channels/tg", json=update, headers=headers)).status_code == 200
    await bot.house.settle()
    assert bot.house.engine.heard == ["第1句", "第2句", "第3句"]


async def test_the_webhook_needs_its_secret_token(build: Callable[..., House]) -> None:
    bot = Bot(build, **WEBHOOK)
    async with bot.house.client() as client:
        for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}):
            answer = await client.post("/channels/tg", json=message(1, "你好"), headers=headers)
            assert answer.status_code == 401
        right = {"X-Telegram-Bot-Api-Secret-Token": SECRET_TOKEN}
        for body in (b"", b"[]", b'{"update_id": "x"}', b"[" * 3000, b'{"message": {}}'):
            answer = await client.post("/channels/tg", content=body, headers=right)
            assert answer.status_code == 422, body[:20]
    assert bot.house.column("select count(*) from channel_arrivals") == [0]


async def test_without_a_webhook_its_address_refuses_everything(bot: Bot) -> None:
    async with bot.house.client() as client:
        headers = {"X-Telegram-Bot-Api-Secret-Token": ""}
        assert (await client.post("/channels/tg", json=message(1, "a"), headers=headers)).status_code == 401


async def test_buttons_are_pressed_and_their_clock_stops(bot: Bot) -> None:
    bot.house.engine.script = {"退款": (choices("哪一种？", "没收到货", "卡密用不了"),)}
    await bot.take(message(1, "退款"))
    buttons = bot.server.buttons()
    assert [button["text"] for button in buttons] == ["没收到货", "卡密用不了"]
    assert all(len(button["callback_data"].encode()) <= 64 for button in buttons)
    await bot.take(press(2, buttons[1]["callback_data"]))
    assert bot.house.engine.heard[-1] == "卡密用不了"
    assert ("answerCallbackQuery", {"callback_query_id": "2"}) in bot.server.calls
    await bot.take(press(3, buttons[1]["callback_data"]))  # stale by now
    assert "已经过期" in bot.server.said(42)[-1]


async def test_edited_messages_are_ignored(bot: Bot) -> None:
    await bot.take(message(1, "你好"), edited(2, "改过了"))
    assert bot.house.engine.heard == ["你好"]


async def test_photos_and_pictures_sent_as_files(bot: Bot) -> None:
    bot.server.files = {"big": picture(), "file": picture("blue")}
    sizes = [
        {"file_id": name, "file_unique_id": name, "width": width, "height": width}
        for name, width in (("small", 90), ("big", 800))
    ]
    document = {"file_id": "file", "file_unique_id": "file", "mime_type": "image/png"}
    await bot.take(message(1, photo=sizes, caption="截图"), message(2, document=document))
    said = [m for m in bot.house.said("tg", "42") if m.attachments]
    assert [m.text for m in said] == ["截图", "［图片］"]
    await bot.take(
        message(3, voice={"file_id": "v", "file_unique_id": "v", "duration": 3}),
        message(4, document={"file_id": "x", "file_unique_id": "x", "mime_type": "application/pdf"}),
    )
    assert [t for t in bot.server.said(42) if "看不了" in t] == [
        "这里暂时只能看文字和图片，语音看不了。请打字说明，或发截图。",
        "这里暂时只能看文字和图片，文件看不了。请打字说明，或发截图。",
    ]


async def test_long_texts_are_split_at_sentence_ends(bot: Bot) -> None:
    from tuika.conversations.model import Say

    sentence = "这是一句话，说明退款的规则。"
    bot.house.engine.script = {"规则": (Say(sentence * 500),)}
    await bot.take(message(1, "规则"))
    parts = bot.server.said(42)
    assert len(parts) == 2 and "".join(parts) == sentence * 500
    assert all(len(part) <= 4000 and part.endswith("。") for part in parts)


async def test_floods_time_outs_and_a_buyer_who_blocked_us(bot: Bot) -> None:
    await bot.take(message(1, "你好"))
    bot.server.errors = [flood(20), httpx.ConnectError("no way"), httpx.ReadTimeout("slow")]
    bot.server.waiting = [message(2, "在吗")]
    await bot.door.poll()
    bot.house.wall.advance(timedelta(seconds=1))
    runner = bot.house.services.channel_runner
    for _ in range(5):
        await runner.round()
        await runner.drain()
        bot.house.wall.advance(timedelta(seconds=3))
    assert len(bot.server.errors) == 2  # twenty seconds have not passed
    for _ in range(3):
        await bot.house.settle(seconds=21)
    assert bot.server.said(42)[-1] == "听到：在吗" and bot.server.errors == []
    blocked = {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    bot.server.errors = [httpx.Response(403, json=blocked)]
    await bot.take(message(3, "再见"))
    assert bot.house.states()[-1] == "failed"


async def test_an_account_is_bound_by_a_link_from_the_site(bot: Bot) -> None:
    with bot.house.services.uow() as uow:
        code, _ = bot.house.services.binding.issue(uow, platform="generic", buyer=Buyer("b1", "林小满"))
    await bot.take(message(1, f"/start {code.replace('-', '')}"))
    assert bot.house.conversation("tg", "42").buyer.id == "b1"
    assert bot.house.engine.heard == []


async def test_a_proxy_carries_every_call() -> None:
    """Nothing goes to Telegram but through the proxy, and its failure is a reason to try again."""
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    values = {**SETTINGS, "proxy": f"http://127.0.0.1:{port}"}
    bot = TelegramBot(TelegramSettings.model_validate(values))
    for call in (bot.me(), bot.updates(0)):
        with pytest.raises((Later, Unknown)):
            await call
    server.close()
    assert [line.split()[:2] for line in asked] == [[b"CONNECT", b"api.telegram.org:443"]] * 2


# -- groups --


async def test_in_a_group_no_order_is_shown_and_a_button_leads_to_the_private_chat(bot: Bot) -> None:
    await bot.take(message(1, "@tuika_bot 查一下 KM202611210001", chat=GROUP, sender=user(5)))
    assert "群里不查订单" in bot.server.said(GROUP)[0]
    assert bot.server.buttons()[0]["url"] == "https://t.me/tuika_bot?start=group"
    await bot.take(message(2, "今天天气不错", chat=GROUP, sender=user(5)))
    assert len(bot.server.said(GROUP)) == 1
    await bot.take(message(3, "我的订单 KM202611210001 还没到", chat=GROUP, sender=user(5)))
    assert "不要在群里发订单号" in bot.server.said(GROUP)[-1]
    assert bot.house.engine.heard == []
    assert bot.house.column("select count(*) from conversations") == [0]


@pytest.mark.parametrize(
    "fake",
    [
        user(9, "小店官方客服"),
        user(9, "阿木", "shop_adm1n"),  # shop_admin with a one
        user(9, "Аdmin Wang"),  # a Cyrillic А
        user(9, "通用卡盟"),
    ],
)
async def test_who_looks_like_an_administrator_is_pointed_out_once(bot: Bot, fake: dict[str, Any]) -> None:
    bot.server.admins = [user(8, "Admin Wang", "shop_admin")]
    await bot.take(message(1, "有问题私聊我", chat=GROUP, sender=fake))
    await bot.take(message(2, "真的", chat=GROUP, sender=fake))
    warnings = [text for text in bot.server.said(GROUP) if "不是本群管理员" in text]
    assert len(warnings) == 1
    bot.house.wall.advance(timedelta(hours=25))
    await bot.take(message(3, "还在", chat=GROUP, sender=fake))
    assert len([text for text in bot.server.said(GROUP) if "不是本群管理员" in text]) == 2


async def test_members_and_administrators_are_left_alone(bot: Bot) -> None:
    bot.server.admins = [user(8, "Admin Wang", "shop_admin")]
    joined = {"new_chat_members": [user(10, "退款专员小李")]}
    await bot.take(
        message(1, "大家好", chat=GROUP, sender=user(8, "Admin Wang", "shop_admin")),
        message(2, "大家好", chat=GROUP, sender=user(11, "张三", "zhangsan_88")),
        message(3, chat=GROUP, sender=user(11, "张三"), **joined),
    )
    said = bot.server.said(GROUP)
    assert len(said) == 1 and "退款专员小李" in said[0]
    asked = [method for method, _ in bot.server.calls if method == "getChatAdministrators"]
    assert len(asked) == 1
