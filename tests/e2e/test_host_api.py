"""What the page around may do: open, close, identify, on(event); also before the script is there."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.conversations.goods import sold_twice
from tests.conversations.harness import Stack

from .chat import Chat, shop_page, site


def test_open_close_and_events(shop: Stack, page: Page, base: str) -> None:
    with site({"/": shop_page(base)}, {}) as address:
        page.goto(address)
        chat = Chat(page)
        expect(chat.launcher).to_be_visible()
        page.evaluate("""() => {
            window.heard = [];
            for (const name of ["open", "close", "message", "unread", "ready", "rated", "owner"])
                Tuika.on(name, (detail) => window.heard.push(name));
            window.off = Tuika.on("open", () => window.heard.push("twice"));
        }""")
        page.evaluate("Tuika.open('订单 KM1 ')")
        chat.ready()
        expect(chat.box).to_have_value("订单 KM1 ")
        page.evaluate("Tuika.close()")
        expect(chat.panel).to_have_count(0)
        page.evaluate("window.off(); Tuika.open()")
        expect(chat.panel).to_be_visible()
        heard = page.evaluate("window.heard")
        assert heard.count("open") == 2 and heard.count("twice") == 1 and heard.count("close") == 1
        assert "ready" in heard and "owner" in heard
        assert (
            page.evaluate("try { Tuika.on('nothing', () => {}) } catch (error) { error.name }") == "TypeError"
        )


def test_calls_made_before_the_script_are_kept(shop: Stack, page: Page, base: str) -> None:
    early = "<script>(window.Tuika = window.Tuika || []).push(['open'])</script>"
    with site({"/": early + shop_page(base)}, {}) as address:
        page.goto(address)
        Chat(page).ready()


def test_who_logs_in_sees_his_own_conversation_and_who_logs_out_does_not(
    shop: Stack, page: Page, base: str
) -> None:
    shop.load(sold_twice())
    person = shop.buyer("b1")
    person.say("网易一卡通的卡密提示已被使用")
    with site({"/": shop_page(base)}, {}) as address:
        page.goto(address)
        chat = Chat(page).open()
        expect(chat.of("bot").first).not_to_contain_text("小林")
        page.evaluate("token => Tuika.identify(() => Promise.resolve(token))", shop.token("b1"))
        chat.heard("网易一卡通的卡密提示已被使用", "buyer")
        page.evaluate("Tuika.identify(null)")
        expect(chat.of("buyer")).to_have_count(0)
        expect(chat.of("bot").first).to_have_text(re.compile("您好"))
        expect(chat.of("bot").first).not_to_contain_text("小林")
        kept = page.evaluate("JSON.stringify({...localStorage})")
        assert not re.search(r"\bb1\b", kept)


def test_a_bad_token_is_said_and_makes_no_guest(shop: Stack, page: Page, base: str, visitor: object) -> None:
    visitor.expect("401")  # type: ignore[attr-defined]
    with site({"/": shop_page(base, token="aGVhZA.eyJzdWIiOiJiMSJ9.forged")}, {}) as address:
        page.goto(address)
        chat = Chat(page)
        chat.launcher.click()
        expect(chat.root.get_by_role("alert")).to_contain_text("重新登录")
        expect(chat.messages).to_have_count(0)
