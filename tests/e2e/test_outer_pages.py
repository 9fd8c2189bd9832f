"""Pages that a link leads to, outside chat and desk: no violation by axe, whole on a phone, usable by the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.conversations.goods import NO, sold_twice
from tests.conversations.harness import Stack
from tuika.bootstrap import build
from tuika.links import Purpose
from tuika.settings import load_settings

from .axe import Axe
from .chat import picture

Visitor = Callable[..., Page]


@pytest.fixture
def links(shop: Stack) -> dict[str, str]:
    """Addresses of a case that asks its merchant, signed as the product signs them."""
    shop.load(sold_twice(merchant="silent"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密提示已被使用")
    buyer.upload("key_error", data=picture())
    buyer.confirm()
    case_no = shop.case(NO)["case_no"]
    signed = build(load_settings({"TUIKA_DEMO": "true", "TUIKA_DATA": str(shop.data)})).links
    now = datetime.now(UTC)

    def link(purpose: Purpose, **about: str) -> str:
        return signed.sign(purpose, now=now, **about)

    return {
        "inbox": f"/merchant/enter/{link(Purpose.MERCHANT, platform='generic', merchant='silent')}",
        "case": f"/merchant/cases/{case_no}",
        "login": "/merchant/login",
        "notify": f"/notify/{link(Purpose.NOTIFY, conversation_id=buyer.conversation_id)}",
        "payee": f"/payee/{link(Purpose.PAYEE, case_no=case_no)}",
        "key": f"/key/{link(Purpose.KEY, case_no=case_no, nonce='1')}",
        "demo": "/demo?buyer=b1",
        "docs": "/docs",
    }


@pytest.mark.parametrize(
    "look", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 360, "height": 740}}], ids=str
)
def test_no_page_has_a_violation_or_is_cut_off(
    links: dict[str, str], visitor: Visitor, base: str, axe: Axe, look: dict[str, object]
) -> None:
    page = visitor(reduced_motion="reduce", **look)  # what fades in has no contrast yet
    for name, path in links.items():
        page.goto(base + path)
        axe.check(page)
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], f"{name} is {wide[0]} wide on a screen of {wide[1]}"


def test_a_merchant_answers_by_the_keyboard(
    links: dict[str, str], page: Page, base: str, shop: Stack
) -> None:
    page.goto(base + links["inbox"])
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Space")
    page.get_by_label("说明（买家或平台会看到）").fill("已核实")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("已答复 1 份。")
    assert shop.case(NO)["state"] in ("approved", "paying", "paid")
