"""Chinese and English: by the tag, by the page, by the browser, by the buyer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.conversations.harness import Stack

from .chat import Chat, shop_page, site
from .conftest import Visitors


@pytest.mark.parametrize(
    ("attributes", "page_lang", "name"),
    [
        ("", "zh-CN", "退款 / 售后：打开退款小助手"),
        ("", "en", "Refunds & help: open the assistant"),
        ('data-lang="en"', "zh-CN", "Refunds & help: open the assistant"),
        ('data-lang="fr"', "en", "退款 / 售后：打开退款小助手"),
    ],
)
def test_the_tag_then_the_page_decide(
    shop: Stack, page: Page, base: str, attributes: str, page_lang: str, name: str
) -> None:
    html = shop_page(base, attributes=attributes).replace('lang="zh-CN"', f'lang="{page_lang}"')
    with site({"/": html}, {}) as address:
        page.goto(address)
        expect(Chat(page).launcher).to_have_accessible_name(name)


def test_the_buyer_changes_it_and_it_stays(shop: Stack, visitor: Visitors, base: str) -> None:
    page = visitor(locale="en-US")
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    expect(chat.root.get_by_role("button", name="Talk to a person")).to_be_visible()
    chat.menu("中文")
    expect(chat.root.locator("header.top").get_by_role("button", name="转人工")).to_be_visible()
    page.reload()
    expect(Chat(page).ready().root.locator("header.top").get_by_role("button", name="转人工")).to_be_visible()


def test_a_person_in_english_is_asked_for_in_words_the_bot_knows(
    shop: Stack, visitor: Visitors, base: str
) -> None:
    page = visitor(locale="en-US")
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    chat.root.get_by_role("button", name="Talk to a person").click()
    expect(chat.now).to_contain_text("Number 1 in line")
    assert len(shop.handoffs("waiting")) == 1
