"""What was said is there again: after a reload, in another tab, on another device after the log-in."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.conversations.goods import sold_twice
from tests.conversations.harness import Stack

from .chat import Chat, shop_page, site
from .conftest import Visitors


def test_a_guests_conversation_survives_a_reload(shop: Stack, page: Page, base: str) -> None:
    with site({"/": shop_page(base)}, {}) as address:
        page.goto(address)
        chat = Chat(page).open()
        chat.say("你们退款收手续费吗")
        expect(chat.messages).to_have_count(3)
        before = chat.texts()
        page.reload()
        again = Chat(page)
        again.open()
        expect(again.messages).to_have_count(len(before))
        assert again.texts() == before


def test_another_device_after_the_log_in(shop: Stack, visitor: Visitors, base: str) -> None:
    shop.load(sold_twice())
    address = f"{base}/chat/generic#token={shop.token('b1')}"
    first = visitor()
    first.goto(address)
    one = Chat(first).ready()
    one.say("网易一卡通的卡密提示已被使用").heard("请上传")
    phone = visitor(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    phone.goto(address)
    two = Chat(phone).ready()
    expect(two.messages).to_have_count(one.messages.count())
    assert two.texts() == one.texts()
    two.press("先提交，稍后补")
    one.heard("请核对退款申请")
    expect(one.of("buyer").last).to_contain_text("先提交，稍后补")
    expect(one.of("bot").nth(1).get_by_role("button", name="转人工")).to_have_count(0)


def test_a_very_long_talk_opens_whole_on_another_device(shop: Stack, visitor: Visitors, base: str) -> None:
    shop.load(sold_twice())
    person = shop.buyer("b1", resume=True)
    for _ in range(255):  # the hub resumes with its newest 500 lines
        person.say("谢谢")
    page = visitor()
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    expect(chat.messages).to_have_count(511, timeout=20_000)
    expect(chat.messages.first).to_contain_text("退款小助手")


def test_unread_while_closed_then_read(shop: Stack, page: Page, base: str) -> None:
    shop.load(sold_twice())
    with site({"/": shop_page(base, token=shop.token("b1"))}, {}) as address:
        page.goto(address)
        chat = Chat(page).open()
        chat.root.get_by_role("button", name="收起对话").last.click()
        page.evaluate("() => { window.counts = []; Tuika.on('unread', (n) => window.counts.push(n)); }")
        person = shop.buyer("b1", resume=True)
        person.say("帮我转人工")
        badge = chat.root.locator(".badge")
        expect(badge).to_have_text("2")
        assert page.evaluate("window.counts.at(-1)") == 2
        expect(chat.launcher).to_have_accessible_name("退款 / 售后：打开退款小助手，2 条新消息")
        page.reload()
        expect(badge).to_have_text("2")
        chat.open()
        expect(badge).to_have_count(0)
        chat.root.get_by_role("button", name="收起对话").last.click()
        expect(badge).to_have_count(0)


def test_a_session_that_the_hub_forgot_is_opened_anew(
    shop: Stack, page: Page, base: str, visitor: Visitors
) -> None:
    visitor.expect("401", "404")
    address = f"{base}/chat/generic#token={shop.token('b1')}"
    page.goto(address)
    chat = Chat(page).ready()
    chat.say("你好").heard("您好")
    page.evaluate(
        "() => { const key = 'tuika:generic:session'; const kept = JSON.parse(localStorage[key]);"
        " localStorage[key] = JSON.stringify({ ...kept, token: 'x'.repeat(43) }); }"
    )
    page.goto("about:blank")
    page.goto(address)
    again = Chat(page).ready()
    expect(again.of("buyer").filter(has_text="你好")).to_have_count(1)


def test_a_new_conversation_begins_with_the_greeting(shop: Stack, page: Page, base: str) -> None:
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    chat.say("谢谢").heard("不客气")
    chat.menu("开始新对话")
    expect(chat.of("buyer")).to_have_count(0)
    expect(chat.messages).to_have_count(1)
    chat.say("谢谢").heard("不客气")
