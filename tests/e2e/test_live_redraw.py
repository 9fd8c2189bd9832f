"""What redraws itself takes nothing from the hands of who works on the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.conversations.harness import Stack

from .agents import AgentPage

Visitor = Callable[..., Page]


@pytest.fixture
def agent(page: Page, base: str, shop: Stack) -> AgentPage:
    return AgentPage(page, base).log_in()


def waiting(shop: Stack) -> str:
    buyer = shop.buyer()
    buyer.say("给我转人工")
    return str(buyer.conversation_id)


def redraw(page: Page, event: str, part: str) -> None:
    """A part of the page is asked for anew, and its answer has come."""
    with page.expect_response(lambda answer: answer.request.headers.get("hx-target") == part):
        page.evaluate("name => document.body.dispatchEvent(new CustomEvent(name))", event)
    page.wait_for_timeout(100)  # its answer is swapped in, or not


def whole(page: Page) -> None:
    """One of everything, in its place."""
    for part in ("#main", "#rail", "#rows", "#controls", "#composer"):
        expect(page.locator(part)).to_have_count(1)
    box = page.locator(".column.talk").bounding_box()
    assert box is not None and box["width"] > 300


def test_a_click_that_is_on_its_way_survives_a_redraw(shop: Stack, agent: AgentPage) -> None:
    page = agent.talk(waiting(shop)).page
    held: list[Route] = []
    page.route("**/claim", lambda route: held.append(route))
    page.get_by_role("button", name="接入会话").click()
    expect(page.locator("#controls .htmx-request")).to_have_count(1)
    redraw(page, "owner", "controls")
    held.pop().continue_()
    expect(page.locator(".flash.good")).to_be_visible()
    whole(page)


def test_an_answer_whose_button_is_gone_is_the_page_all_the_same(shop: Stack, agent: AgentPage) -> None:
    page = agent.talk(waiting(shop)).page
    held: list[Route] = []
    page.route("**/claim", lambda route: held.append(route))
    page.get_by_role("button", name="接入会话").click()
    expect(page.locator("#controls .htmx-request")).to_have_count(1)
    page.evaluate("document.querySelector('#do-claim').form.remove()")
    held.pop().continue_()
    expect(page.locator(".flash.good")).to_be_visible()
    whole(page)


def test_a_redraw_waits_for_the_menu_and_comes_after(shop: Stack, agent: AgentPage) -> None:
    page = agent.talk(waiting(shop)).page
    agent.claim()
    page.locator("#do-transfer").click()
    expect(page.get_by_label("同事")).to_be_visible()
    page.evaluate("document.querySelector('#controls').dataset.old = 'yes'")
    redraw(page, "owner", "controls")
    expect(page.get_by_label("同事")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#transcript").click()  # a click elsewhere closes the menu
    expect(page.locator("#controls[data-old]")).to_have_count(0)  # the redraw that waited has come


def test_focus_place_and_typed_text_outlast_a_redraw(shop: Stack, agent: AgentPage) -> None:
    page = agent.talk(waiting(shop)).page
    agent.claim()
    page.locator("#do-finish").focus()
    redraw(page, "owner", "controls")
    expect(page.locator("#do-finish")).to_be_focused()
    page.locator("#note-box summary").click()
    page.get_by_label("内部备注，买家看不到").fill("还没写完的备注")
    page.get_by_label("回复买家").fill("还没写完的回复")
    redraw(page, "voice", "composer")
    expect(page.get_by_label("内部备注，买家看不到")).to_have_value("还没写完的备注")
    expect(page.get_by_label("内部备注，买家看不到")).to_be_visible()
    expect(page.get_by_label("回复买家")).to_have_value("还没写完的回复")
    page.set_viewport_size({"width": 1280, "height": 420})
    scrolled = page.locator("#rail").evaluate("rail => { rail.scrollTop = 60; return rail.scrollTop; }")
    assert scrolled == 60
    redraw(page, "board", "rail")
    assert page.locator("#rail").evaluate("rail => rail.scrollTop") == 60


def test_a_press_is_not_drawn_away(shop: Stack, agent: AgentPage) -> None:
    page = agent.talk(waiting(shop)).page
    box = page.locator("#do-claim").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    redraw(page, "owner", "controls")
    page.mouse.up()
    expect(page.get_by_label("回复买家")).to_be_visible()
    whole(page)
