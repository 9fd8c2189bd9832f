"""Off the net and back: nothing lost, nothing doubled; also over a reload, and when an answer got lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.conversations.goods import sold_twice
from tests.conversations.harness import Stack

from .chat import Chat, picture
from .conftest import Visitors


@pytest.fixture
def chat(shop: Stack, visitor: Visitors, base: str) -> Chat:
    shop.load(sold_twice())
    visitor.expect("ERR_INTERNET_DISCONNECTED", "Failed to load resource", "ERR_FAILED")
    page = visitor()
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    return Chat(page).ready()


def said_by_buyer(shop: Stack) -> list[str]:
    """What the hub has, asked as the same buyer on another device."""
    return [each["text"] for each in shop.buyer("b1", resume=True).greeting if each["role"] == "buyer"]


def test_what_is_written_offline_goes_out_once_and_in_order(shop: Stack, chat: Chat) -> None:
    context = chat.page.context
    context.set_offline(True)
    expect(chat.now).to_contain_text("网络不通")
    for text in ("第一条", "第二条", "第三条"):
        chat.say(text)
    expect(chat.pending).to_have_count(3)
    expect(chat.pending.first).to_contain_text("待发送")
    context.set_offline(False)
    expect(chat.pending).to_have_count(0)
    expect(chat.of("buyer")).to_have_count(3)
    expect(chat.root.locator(".dot.live")).to_be_visible()
    shown = [line.removeprefix("buyer: ") for line in chat.texts() if line.startswith("buyer")]
    assert shown == ["第一条", "第二条", "第三条"]
    assert said_by_buyer(shop) == ["第一条", "第二条", "第三条"]


def test_the_outbox_survives_a_reload(shop: Stack, chat: Chat, base: str) -> None:
    page, context = chat.page, chat.page.context
    hold = re.compile("/api/v1/conversations/")
    page.route(hold, lambda route: route.abort())
    chat.say("重新打开也要发出去")
    chat.root.locator("input[type=file]").set_input_files(
        {"name": "kept.png", "mimeType": "image/png", "buffer": picture("kept")}
    )
    expect(chat.pending).to_have_count(2)
    page.unroute(hold)
    context.set_offline(False)
    page.goto("about:blank")
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    again = Chat(page).ready()
    expect(again.pending).to_have_count(0)
    expect(again.of("buyer").filter(has_text="重新打开也要发出去")).to_have_count(1)
    expect(again.of("buyer").locator("canvas")).to_have_count(1)
    assert sorted(said_by_buyer(shop)) == ["重新打开也要发出去", "［图片］"]


def test_an_answer_that_got_lost_doubles_nothing(shop: Stack, chat: Chat) -> None:
    """The hub took it in, the browser never heard: the same client_id again does nothing twice."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST" or lost:
            return route.continue_()
        route.fetch()
        lost.append(str(route.request.post_data))
        return route.abort()

    chat.page.route(re.compile("/messages$"), lose)
    chat.say("网易一卡通的卡密提示已被使用").heard("请上传")
    expect(chat.pending).to_have_count(0)
    assert len(lost) == 1
    assert said_by_buyer(shop) == ["网易一卡通的卡密提示已被使用"]


def test_an_upload_that_breaks_off_is_tried_again(shop: Stack, chat: Chat) -> None:
    tries: list[int] = []

    def break_once(route: Route) -> None:
        tries.append(1)
        if len(tries) == 1:
            return route.abort()
        return route.continue_()

    chat.page.route(re.compile("/attachments$"), break_once)
    chat.root.locator("input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": picture()}
    )
    expect(chat.of("buyer").locator("canvas")).to_have_count(1)
    assert len(tries) == 2
    assert said_by_buyer(shop) == ["［图片］"]


def test_two_tabs_share_one_outbox(shop: Stack, chat: Chat, base: str) -> None:
    context = chat.page.context
    second = Chat(context.new_page())
    second.page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    second.ready()
    context.set_offline(True)
    for tab in (chat, second):
        expect(tab.now).to_contain_text("网络不通")
    chat.say("左边")
    second.say("右边")
    expect(chat.pending).to_have_count(2)
    context.set_offline(False)
    for tab in (chat, second):
        expect(tab.pending).to_have_count(0)
        expect(tab.of("buyer")).to_have_count(2)
    assert sorted(said_by_buyer(shop)) == ["右边", "左边"]


def test_a_message_that_the_hub_refuses_can_be_thrown_away(shop: Stack, chat: Chat) -> None:
    chat.page.route(
        re.compile("/messages$"),
        lambda route: (
            route.fulfill(
                status=422,
                content_type="application/problem+json",
                body='{"status": 422, "detail": "这一条不能收"}',
            )
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    chat.say("你好")
    expect(chat.pending).to_contain_text("这一条不能收")
    chat.pending.get_by_role("button", name="删除").click()
    expect(chat.pending).to_have_count(0)
    assert said_by_buyer(shop) == []


def test_nothing_of_one_buyer_is_sent_for_another(
    shop: Stack, page: Page, base: str, visitor: Visitors
) -> None:
    visitor.expect("ERR_INTERNET_DISCONNECTED", "Failed to load resource")
    page.goto(f"{base}/chat/generic#token={shop.token('b1')}")
    chat = Chat(page).ready()
    page.context.set_offline(True)
    chat.say("b1 的话")
    expect(chat.pending).to_have_count(1)
    page.context.set_offline(False)
    page.route(re.compile("/messages$"), lambda route: route.abort())
    page.goto("about:blank")
    page.unroute(re.compile("/messages$"))
    page.goto(f"{base}/chat/generic#token={shop.token('b2')}")
    other = Chat(page).ready()
    expect(other.of("bot").first).to_contain_text("阿芳")
    expect(other.root.get_by_text("b1 的话")).to_have_count(0)
