"""Everything by the keyboard, and an input method that is never interrupted."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.conversations.goods import sold_twice
from tests.conversations.harness import Stack

from .chat import Chat, shop_page, site


def active(page: Page) -> str:
    """What has the focus, inside the widget or outside."""
    return str(
        page.evaluate(
            "() => { const outer = document.activeElement; const inner = outer.shadowRoot?.activeElement ?? outer;"
            " return inner.getAttribute('aria-label') || inner.className || inner.tagName; }"
        )
    )


def test_enter_never_sends_a_half_composed_pinyin(shop: Stack, page: Page, base: str) -> None:
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    chat.box.click()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Input.imeSetComposition", {"text": "tuikuan", "selectionStart": 7, "selectionEnd": 7})
    # the Enter that a browser reports while an input method is at work (key code 229)
    devtools.send(
        "Input.dispatchKeyEvent",
        {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229},
    )
    expect(chat.box).to_have_value("tuikuan")
    expect(chat.of("buyer")).to_have_count(0)
    expect(chat.pending).to_have_count(0)
    # Safari says that the composition ended first, and reports the Enter that ended it after
    sent = """(box) => {
        const event = new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, composed: true, cancelable: true });
        return box.dispatchEvent(event);
    }"""
    assert chat.box.evaluate(sent) is True, "the Enter is left to the input method"
    devtools.send("Input.insertText", {"text": "退款"})
    expect(chat.box).to_have_value("退款")
    expect(chat.of("buyer")).to_have_count(0)
    chat.box.press("Enter")
    expect(chat.of("buyer").last).to_contain_text("退款")
    expect(chat.box).to_have_value("")


def test_shift_and_enter_break_the_line(shop: Stack, page: Page, base: str) -> None:
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    chat.box.fill("第一行")
    chat.box.press("Shift+Enter")
    chat.box.press_sequentially("第二行")
    expect(chat.box).to_have_value("第一行\n第二行")
    expect(chat.of("buyer")).to_have_count(0)
    chat.box.press("Enter")
    expect(chat.of("buyer").locator(".bubble")).to_have_text("第一行\n第二行")


def test_the_focus_goes_in_and_comes_back(shop: Stack, page: Page, base: str) -> None:
    with site({"/": shop_page(base)}, {}) as address:
        page.goto(address)
        chat = Chat(page)
        chat.launcher.focus()
        page.keyboard.press("Enter")
        chat.ready()
        expect(chat.box).to_be_focused()
        chat.root.get_by_role("button", name="更多", exact=True).focus()
        page.keyboard.press("Enter")
        expect(chat.root.get_by_role("button", name="评价这次服务")).to_be_focused()
        page.keyboard.press("Escape")
        expect(chat.root.get_by_role("button", name="更多", exact=True)).to_be_focused()
        page.keyboard.press("Escape")
        expect(chat.panel).to_have_count(0)
        expect(chat.launcher).to_be_focused()


def test_a_refund_request_without_a_mouse(shop: Stack, page: Page, base: str) -> None:
    shop.load(sold_twice())
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    chat.box.focus()
    page.keyboard.insert_text("网易一卡通的卡密提示已被使用")
    page.keyboard.press("Enter")
    chat.heard("请上传")
    tab_to(page, "先提交，稍后补")
    page.keyboard.press("Enter")
    chat.heard("请核对")
    tab_to(page, "确认提交")
    page.keyboard.press("Space")
    chat.heard("退款申请已提交")
    assert len(shop.filed()) == 1


def test_on_a_phone_the_focus_stays_inside(shop: Stack, visitor: object, base: str) -> None:
    page: Page = visitor(viewport={"width": 390, "height": 844})  # type: ignore[operator]
    with site({"/": shop_page(base, more="<a href='#x'>外面</a>")}, {}) as address:
        page.goto(address)
        Chat(page).open()
        box = Chat(page).panel.bounding_box()
        assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
        seen = set()
        for _ in range(40):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.localName") == "tuika-chat"
            seen.add(active(page))
        assert "消息" in seen


def tab_to(page: Page, name: str) -> None:
    """Walks backwards from the composer until the button of that name has the focus."""
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        text = page.evaluate(
            "() => document.activeElement.shadowRoot?.activeElement?.innerText?.trim() ?? ''"
        )
        if text == name:
            return
    raise AssertionError(f"{name} cannot be reached by the keyboard")
