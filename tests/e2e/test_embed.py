"""One tag on a page of another origin, under a policy that allows nothing else."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.conversations.goods import sold_twice
from tests.conversations.harness import Stack

from .chat import Chat, picture, shop_page, site
from .conftest import Visitors


def strict(base: str) -> dict[str, str]:
    """The hub may give its script and be called; nothing inline, no blob, no data, no other host, no string code."""
    return {
        "Content-Security-Policy": f"default-src 'none'; script-src {base}; connect-src {base}; base-uri 'none'; "
        "require-trusted-types-for 'script'; trusted-types lit-html"
    }


def test_the_widget_works_in_a_foreign_page_with_a_strict_policy(shop: Stack, page: Page, base: str) -> None:
    shop.load(sold_twice())
    html = shop_page(base, token=shop.token("b1"))
    with site({"/": html}, strict(base)) as address:
        assert address != base
        page.goto(address)
        chat = Chat(page).open()
        expect(chat.of("bot").first).to_contain_text("小林，您好")
        panel = chat.panel.bounding_box()
        assert panel is not None
        assert panel["width"] > 380 and panel["height"] > 500, "the style sheets are in force"
        assert chat.panel.evaluate("each => getComputedStyle(each).position") == "fixed"
        chat.root.locator("input[type=file]").set_input_files(
            {"name": "a.png", "mimeType": "image/png", "buffer": picture()}
        )
        expect(chat.of("buyer").locator("canvas")).to_be_visible()


def test_the_page_around_is_left_alone(shop: Stack, page: Page, base: str) -> None:
    with site({"/": shop_page(base), "/bare": "<h1>x</h1>"}, strict(base)) as address:
        page.goto(f"{address}/bare")
        before = set(page.evaluate("Object.getOwnPropertyNames(window)"))
        page.goto(address)
        Chat(page).open()
        added = set(page.evaluate("Object.getOwnPropertyNames(window)")) - before
        assert {name for name in added if not name[0].isdigit()} <= {
            "Tuika",
            "litHtmlVersions",
            "litElementVersions",
            "reactiveElementVersions",
            "litPropertyMetadata",
        }
        assert page.evaluate("document.querySelectorAll('style, link[rel=stylesheet]').length") == 0
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") == "700"


def test_an_origin_that_is_not_admitted_is_told_so(shop: Stack, visitor: Visitors, base: str) -> None:
    visitor.expect("CORS", "Failed to load resource", "net::ERR_FAILED")
    page = visitor()
    with site({"/": shop_page(base)}, {}, host="127.0.0.2") as address:
        page.goto(address)
        chat = Chat(page)
        chat.launcher.click()
        expect(chat.root.get_by_role("alert")).to_contain_text("网络不通")
        expect(chat.messages).to_have_count(0)


def test_a_guest_who_never_opens_it_costs_nothing(shop: Stack, page: Page, base: str) -> None:
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url))
    with site({"/": shop_page(base)}, strict(base)) as address:
        page.goto(address)
        expect(Chat(page).launcher).to_be_visible()
    assert [url for url in calls if "/api/" in url] == []
