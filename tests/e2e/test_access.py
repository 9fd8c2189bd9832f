"""axe on each state of the widget: no violation, in the light, in the dark, on a phone, in English."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.conversations.goods import sold_twice, undelivered
from tests.conversations.harness import Stack

from .axe import Axe
from .chat import Chat, picture, shop_page, site
from .conftest import Visitors

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "english": {"locale": "en-GB"},
    "forced": {"forced_colors": "active"},
    "narrow": {"viewport": {"width": 320, "height": 568}},
}
SMALLEST = 43.5  # CSS pixels; 44 less what rounding takes


@pytest.mark.parametrize("look", LOOKS)
def test_every_state_of_a_refund(shop: Stack, visitor: Visitors, base: str, axe: Axe, look: str) -> None:
    shop.load(sold_twice(), undelivered("KM202611230002", name="Steam 充值卡 50"))
    page = visitor(**LOOKS[look])
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    good(page, chat, axe)
    chat.say("我要退款")
    expect(chat.root.get_by_role("button", name=re.compile("Steam"))).to_be_visible()
    good(page, chat, axe)
    chat.say("网易一卡通的卡密提示已被使用").heard("请上传")
    good(page, chat, axe)
    chat.root.locator("input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": picture()}
    )
    chat.heard("请核对")
    expect(chat.of("buyer").locator("canvas")).to_be_visible()
    good(page, chat, axe)
    chat.press("确认提交").heard("退款申请已提交")
    good(page, chat, axe)
    chat.say("有人让我先转50块保证金才退款")
    expect(chat.root.locator(".card.warning")).to_be_visible()
    good(page, chat, axe)


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_every_sheet(shop: Stack, visitor: Visitors, base: str, axe: Axe, look: str) -> None:
    shop.load(sold_twice())
    page = visitor(**LOOKS[look])
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    chat.root.get_by_role("button", name="更多", exact=True).click()
    good(page, chat, axe)
    for item in ("评价这次服务", "官方联系方式"):
        chat.root.get_by_role("button", name=item).click()
        good(page, chat, axe)
        page.keyboard.press("Escape")
        chat.root.get_by_role("button", name="更多", exact=True).click()
    page.keyboard.press("Escape")
    chat.root.get_by_role("button", name="选择我的订单").click()
    expect(chat.root.get_by_role("button", name=re.compile("网易一卡通"))).to_be_visible()
    good(page, chat, axe)


def test_queue_agent_and_failures(shop: Stack, visitor: Visitors, base: str, axe: Axe) -> None:
    visitor.expect("ERR_INTERNET_DISCONNECTED", "Failed to load resource")
    page = visitor()
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    chat.say("转人工").heard("排在第", "system")
    good(page, chat, axe)
    (handoff,) = shop.handoffs("waiting")
    shop.desk.handoff(handoff["id"], "claim")
    shop.desk.handoff(handoff["id"], "reply", {"text": "您好"})
    expect(chat.of("agent")).to_contain_text("您好")  # what is said ends the sign of typing before it
    shop.desk.handoff(handoff["id"], "typing", {"on": True})
    expect(chat.root.locator(".typing.agent")).to_be_visible()
    good(page, chat, axe)
    page.context.set_offline(True)
    chat.say("还在吗")
    expect(chat.pending).to_be_visible()
    chat.box.fill("验证码是 482913")
    expect(chat.root.locator(".hint .warn")).to_be_visible()
    good(page, chat, axe)


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_closed_and_open_on_a_page_of_somebody_else(
    shop: Stack, visitor: Visitors, base: str, axe: Axe, look: str
) -> None:
    page = visitor(**LOOKS[look])
    with site({"/": shop_page(base)}, {}) as address:
        page.goto(address)
        chat = Chat(page)
        expect(chat.launcher).to_be_visible()
        axe.check(page)
        chat.open()
        good(page, chat, axe)


def test_no_motion_for_who_wants_none(shop: Stack, visitor: Visitors, base: str) -> None:
    page = visitor(reduced_motion="reduce")
    with site({"/": shop_page(base)}, {}) as address:
        page.goto(address)
        chat = Chat(page).open()
        running = "() => document.querySelector('tuika-chat').shadowRoot.getAnimations().length"
        assert page.evaluate(running) == 0
        expect(chat.panel).to_be_visible()


def good(page: Page, chat: Chat, axe: Axe) -> None:
    """No violation, no target under 44 pixels, nothing wider than the screen."""
    page.wait_for_function(
        "() => document.querySelector('tuika-chat').shadowRoot.getAnimations().every((a) => a.playState !== 'running' || a.effect.getTiming().iterations === Infinity)"
    )
    axe.check(page)
    small = chat.root.locator("button, a, textarea").evaluate_all(
        "(all, least) => all.map((one) => [one.getBoundingClientRect(), one]).filter(([box]) => box.width && (box.height < least || box.width < least))"
        ".map(([box, one]) => `${one.className} ${one.innerText} ${box.width}x${box.height}`)",
        SMALLEST,
    )
    assert small == []
    assert chat.log.evaluate("each => each.scrollWidth <= each.clientWidth"), "the log scrolls sideways"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
