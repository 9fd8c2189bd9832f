"""People behind the widget: one click away, place and hours, typing, labels, rating, transcript."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.conversations.goods import sold_twice
from tests.conversations.harness import Stack

from .chat import Chat

NIGHT = "2026-11-23T23:30:00+08:00"


def opened(shop: Stack, page: Page, base: str, buyer: str = "b1") -> Chat:
    page.goto(f"{base}/chat/generic#token={shop.token(buyer)}")
    return Chat(page).ready()


def test_a_person_is_one_click_away_and_everyone_is_labelled(shop: Stack, page: Page, base: str) -> None:
    shop.load(sold_twice())
    first = shop.buyer("b2")
    first.say("转人工")
    chat = opened(shop, page, base)
    chat.root.locator("header.top").get_by_role("button", name="转人工").click()
    expect(chat.now).to_contain_text("排队第 2 位，最晚 10:30 前回复")
    chat.heard("9:00–21:00", "system")
    ahead = next(h for h in shop.handoffs("waiting") if h["conversation_id"] == first.conversation_id)
    shop.desk.handoff(ahead["id"], "claim")
    expect(chat.now).to_contain_text("排队第 1 位", timeout=10_000)  # looked at every few seconds
    (mine,) = shop.handoffs("waiting")
    shop.desk.handoff(mine["id"], "claim")
    expect(chat.now).to_contain_text("人工客服 demo 正在为您服务")
    shop.desk.handoff(mine["id"], "typing", {"on": True})
    expect(chat.root.locator(".typing.agent")).to_contain_text("客服正在输入")
    shop.desk.handoff(mine["id"], "note", {"text": "内部备注不给买家看"})
    shop.desk.handoff(mine["id"], "reply", {"text": "您好，我来看看这笔订单"})
    chat.heard("您好，我来看看这笔订单", "agent")
    expect(chat.root.locator(".typing.agent")).to_have_count(0)
    agent = chat.of("agent").first.locator(".who")
    expect(agent).to_contain_text("人工客服 demo")
    expect(agent).to_contain_text("人工")
    expect(chat.of("bot").first.locator(".who")).to_contain_text("机器人")
    expect(chat.of("system").first.locator(".who")).to_contain_text("系统消息")
    expect(chat.root.get_by_text("内部备注")).to_have_count(0)
    chat.say("好的，麻烦您了")
    expect(chat.of("buyer").last).to_contain_text("好的，麻烦您了")
    shop.desk.handoff(mine["id"], "close")
    chat.heard("人工服务已结束", "system")
    expect(chat.now).to_contain_text("机器人在线")


def test_the_bot_is_called_back_by_a_button(shop: Stack, page: Page, base: str) -> None:
    chat = opened(shop, page, base)
    chat.say("转人工").heard("排在第 1 位", "system")
    chat.press("先让机器人帮我")
    expect(chat.now).to_contain_text("人工已登记，排第 1 位 · 机器人继续服务")


def test_at_night_the_hours_are_told(shop: Stack, page: Page, base: str) -> None:
    shop.set_clock(NIGHT)
    chat = opened(shop, page, base)
    expect(chat.now).to_contain_text("人工 11月24日 09:00 上班")
    chat.say("转人工").heard("现在不在人工服务时间", "system")


def test_rated_once(shop: Stack, page: Page, base: str) -> None:
    chat = opened(shop, page, base)
    chat.say("没事了，再见").heard("打个分")
    chat.last.get_by_role("button", name="5 星").click()
    expect(chat.root.locator(".stars")).to_have_count(0)
    chat.root.get_by_role("button", name="更多", exact=True).click()
    expect(chat.root.get_by_role("button", name="谢谢您的评价")).to_be_disabled()
    page.keyboard.press("Escape")
    page.reload()
    again = Chat(page).ready()
    expect(again.root.locator(".stars")).to_have_count(0)


def test_rated_from_the_menu_with_a_comment(shop: Stack, page: Page, base: str) -> None:
    chat = opened(shop, page, base)
    chat.menu("评价这次服务")
    sheet = chat.root.get_by_role("dialog", name="这次服务怎么样？")
    expect(sheet.get_by_role("button", name="提交评价")).to_be_disabled()
    sheet.get_by_role("button", name="4 星").click()
    sheet.get_by_role("textbox").fill("很快")
    sheet.get_by_role("button", name="提交评价").click()
    expect(sheet).to_have_count(0)
    chat.root.get_by_role("button", name="更多", exact=True).click()
    expect(chat.root.get_by_role("button", name="谢谢您的评价")).to_be_disabled()


def test_the_transcript_without_secrets(shop: Stack, page: Page, base: str, tmp_path: Path) -> None:
    chat = opened(shop, page, base)
    chat.say("验证码 482913 是你们要的吗")
    expect(chat.of("bot")).to_have_count(2)
    with page.expect_download() as downloading:
        chat.menu("下载聊天记录")
    assert re.fullmatch(r"tuika-\d{4}-\d\d-\d\d\.txt", downloading.value.suggested_filename)
    kept = tmp_path / "transcript.txt"
    downloading.value.save_as(kept)
    text = kept.read_text("utf-8")
    assert "小助手（机器人）：" in text and "我：" in text
    assert "482913" not in text


def test_what_must_not_be_sent_is_warned_of_before(shop: Stack, page: Page, base: str) -> None:
    chat = opened(shop, page, base)
    hint = chat.root.locator(".hint")
    for text, sign in (
        ("验证码是 482913", "验证码"),
        ("6222 0212 3456 7894", "银行卡号"),
        ("我身份证 11010519491231002X", "身份证号"),
        ("密码是 hunter22", "密码"),
    ):
        chat.box.fill(text)
        expect(hint).to_contain_text(sign)
    chat.box.fill("订单 KM202611230001 的卡密用不了")
    expect(hint).to_be_empty()


def test_scam_warnings_stand_inside_the_conversation(shop: Stack, page: Page, base: str) -> None:
    chat = opened(shop, page, base)
    chat.say("有个客服加我微信，让我先转50块保证金才给退款")
    warning = chat.root.get_by_role("region", name="防骗提醒")
    expect(warning).to_contain_text("不要转账")
    chat.press("已经转了钱")
    expect(warning.last.get_by_role("link", name="拨打 96110")).to_have_attribute("href", "tel:96110")


def test_official_contacts_are_those_of_the_register(shop: Stack, page: Page, base: str) -> None:
    chat = opened(shop, page, base)
    chat.menu("官方联系方式")
    sheet = chat.root.get_by_role("dialog", name="官方联系方式")
    expect(sheet).to_contain_text("400-820-0001")
    expect(sheet).to_contain_text("不在这里面的都不是官方的")
