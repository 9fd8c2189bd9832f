"""Text that would be markup elsewhere is text here, in every place where foreign words are drawn."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.conversations.goods import NO, sold_twice, undelivered
from tests.conversations.harness import Stack

from .chat import Chat, shop_page, site
from .conftest import Visitors

STRINGS = (
    "<img src=x onerror=window.hit=1>",
    "<script>window.hit=1</script>",
    '"><svg onload=window.hit=1>',
    "{{constructor.constructor('window.hit=1')()}}",
    "${window.hit=1}",
    "javascript:window.hit=1",
    "<style>*{display:none}</style>",
    "&lt;b&gt; &amp; <b>粗</b>",
)


@pytest.mark.parametrize("text", STRINGS)
def test_what_a_buyer_types_is_text(shop: Stack, page: Page, base: str, text: str) -> None:
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    chat.say(text)
    expect(chat.of("buyer").locator(".bubble")).to_have_text(text)
    expect(chat.of("bot")).not_to_have_count(1)
    untouched(page, chat)


def test_what_a_shop_calls_things_is_text(shop: Stack, page: Page, base: str) -> None:
    evil = STRINGS[0]
    merchants = [{"id": "silent", "name": f"店{STRINGS[2]}", "answers": "never"}]
    orders = (sold_twice(name=f"卡{evil}"), undelivered("KM202611230002", name=STRINGS[1]))
    shop.load(*orders, merchants=merchants)
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    chat.root.get_by_role("button", name="选择我的订单").click()
    expect(chat.root.get_by_role("dialog")).to_contain_text(evil)
    expect(chat.root.get_by_role("dialog")).to_contain_text(STRINGS[1])
    page.keyboard.press("Escape")
    chat.press("卡密用不了")
    expect(chat.last).to_contain_text(evil)
    chat.say(NO).heard("请上传")
    chat.press("先提交，稍后补").heard("请核对")
    chat.press("确认提交").heard("已提交")
    expect(chat.last).to_contain_text(evil)
    untouched(page, chat)


def test_what_an_agent_writes_is_text(shop: Stack, page: Page, base: str) -> None:
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    chat.say("转人工").heard("排在第", "system")
    (handoff,) = shop.handoffs("waiting")
    shop.desk.handoff(handoff["id"], "claim")
    for text in STRINGS[:3]:
        shop.desk.handoff(handoff["id"], "reply", {"text": text})
        chat.heard(text, "agent")
    untouched(page, chat)


def test_what_the_host_and_the_address_say_is_text(
    shop: Stack, page: Page, base: str, visitor: Visitors
) -> None:
    visitor.expect("404")
    for name in ("%3Cimg%20src=x%20onerror=window.hit=1%3E", "generic%22%3E%3Cscript%3E"):
        answer = page.goto(f"{base}/chat/{name}")
        assert answer is not None
        assert answer.status == 404
        assert "<img" not in page.content() and not page.evaluate("window.hit")
    with site({"/": shop_page(base)}, {}) as address:
        page.goto(address)
        Chat(page).launcher.wait_for()
        page.evaluate("text => Tuika.open(text)", STRINGS[0])
        chat = Chat(page).ready()
        expect(chat.box).to_have_value(STRINGS[0])
        untouched(page, chat)


def untouched(page: Page, chat: Chat) -> None:
    """Nothing ran, and no element came out of a text."""
    assert page.evaluate("window.hit") is None
    assert chat.root.locator("img, script, style, b:not(.name), iframe").count() == 0
    expect(chat.panel).to_be_visible()
