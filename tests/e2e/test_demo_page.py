"""The demo page in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.conversations.harness import Stack


def test_the_demo_page_opens(shop: Stack, page: Page, base: str) -> None:
    page.goto(f"{base}/demo")
    expect(page.get_by_role("heading", level=1)).to_contain_text("演示店铺")
    page.get_by_role("link", name="客服工作台").click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()
