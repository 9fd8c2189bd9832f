"""The desk in a real browser: handoff, reply, note, return; two claim at once; keys; live lines; no script."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.conversations.goods import card
from tests.conversations.harness import Stack

from .agents import PASSWORD, AgentPage
from .scenes import busy_morning, screenshot

Visitor = Callable[..., Page]
XSS = '"><script>window.hacked=1</script><img src=x onerror="window.hacked=1">{{7*7}}'


@pytest.fixture
def agent(page: Page, base: str, shop: Stack) -> AgentPage:
    return AgentPage(page, base).log_in()


def waiting(shop: Stack) -> tuple[str, object]:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("给我转人工")
    return buyer.conversation_id, buyer


def test_handoff_reply_note_return(shop: Stack, agent: AgentPage) -> None:
    talk, buyer = waiting(shop)
    agent.open("/desk/conversations?list=queued")
    agent.page.get_by_role("link", name=re.compile("小林")).click()
    agent.claim()
    assert buyer.say("在吗") == ""  # the bot is silent
    expect(agent.page.locator(".msg.buyer .text").last).to_have_text("在吗")  # live, without a reload
    agent.says("您好，我看到您的订单了")
    agent.notes("买家情绪一般")
    assert buyer.history()[-1]["text"] == "您好，我看到您的订单了"
    assert "情绪一般" not in buyer.texts()
    agent.page.get_by_role("button", name="交还机器人").click()
    expect(agent.page.locator("#controls")).to_contain_text("机器人接待")
    buyer.say("退款多久到账")
    assert buyer.last["role"] == "bot"
    assert talk in agent.page.url


def _told(*agents: AgentPage) -> list[int]:
    """How many of the agents' pages say that it did not work, once one does: the lines beside it may be newer."""
    found = [0]
    for _ in range(100):
        found = [each.page.locator(".flash.bad").count() for each in agents]
        if any(found):
            break
        agents[0].page.wait_for_timeout(100)
    return found


def test_two_agents_claim_at_once_and_one_is_told(shop: Stack, visitor: Visitor, base: str) -> None:
    talk, _buyer = waiting(shop)
    visitor.expect("409")  # type: ignore[attr-defined]
    one, two = (AgentPage(visitor(), base, name).log_in().talk(talk) for name in ("demo", "demo2"))
    press = "() => [...document.querySelectorAll('button')].find((b) => b.dataset.key === 'Alt+C').click()"
    for each in (one, two):  # without Playwright's waits: the lines beside the button are live
        each.page.evaluate(press)
    for each in (one, two):
        expect(each.page.locator("#controls")).to_contain_text("人工接待")
    assert sorted(_told(one, two)) == [0, 1]
    assert len(shop.handoffs("active")) == 1


def test_twenty_forms_at_once_and_one_claim(shop: Stack, base: str) -> None:
    talk, _buyer = waiting(shop)
    clients = [httpx.Client(base_url=base, timeout=30, trust_env=False) for _ in range(2)]
    for client, name in zip(clients, ("demo", "demo2"), strict=True):
        client.post("/desk/login", data={"username": name, "password": PASSWORD})

    def claim(number: int) -> int:
        client = clients[number % 2]
        body = {"tuika_csrf": client.cookies["tuika_csrf"]}
        return client.post(f"/desk/conversations/{talk}/claim", data=body).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(claim, range(20)))
    assert answers.count(303) == 1 and set(answers) == {303, 409}
    assert len(shop.handoffs("active")) == 1


def test_it_works_without_script(shop: Stack, visitor: Visitor, base: str) -> None:
    talk, buyer = waiting(shop)
    agent = AgentPage(visitor(java_script_enabled=False), base).log_in().talk(talk)
    agent.claim()
    agent.page.get_by_label("回复买家").fill("没有脚本也能回复")
    agent.page.get_by_role("button", name="发送").click()
    expect(agent.page.locator(".msg.agent .text")).to_have_text("没有脚本也能回复")
    assert buyer.history()[-1]["text"] == "没有脚本也能回复"  # type: ignore[attr-defined]
    agent.page.get_by_text("快捷回复", exact=True).last.click()
    agent.page.get_by_role("link", name="防骗提醒").click()
    assert "验证码" in agent.page.get_by_label("回复买家").input_value()
    agent.page.get_by_role("button", name="结束会话").click()
    expect(agent.page.locator(".flash.good")).to_contain_text("会话已结束")


def test_canned_replies_by_slash_pinyin_and_arrows(shop: Stack, agent: AgentPage) -> None:
    talk, _buyer = waiting(shop)
    agent.talk(talk).claim()
    box = agent.page.get_by_label("回复买家")
    box.press_sequentially("/tkjd")
    options = agent.page.locator("#canned [role=option]")
    expect(options).to_have_count(1)
    box.press("Escape")
    expect(agent.page.locator("#canned")).to_be_hidden()
    box.fill("")
    box.press_sequentially("/")
    expect(options).not_to_have_count(1)
    first = options.nth(1).get_attribute("data-text")
    box.press("ArrowDown")
    box.press("Enter")
    assert box.input_value() == first  # inserted, not sent
    assert agent.page.locator(".msg.agent").count() == 0


def test_enter_never_sends_a_half_composed_pinyin(shop: Stack, agent: AgentPage) -> None:
    talk, _buyer = waiting(shop)
    agent.talk(talk).claim()
    box = agent.page.get_by_label("回复买家")
    box.fill("ni hao")
    box.evaluate(
        "e => e.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true, isComposing: true}))"
    )
    box.press("Shift+Enter")
    assert box.input_value() == "ni hao\n"
    assert agent.page.locator(".msg.agent").count() == 0


def test_a_draft_survives_another_page_and_a_stopped_reply(
    shop: Stack, agent: AgentPage, visitor: Visitor
) -> None:
    visitor.expect("422")  # type: ignore[attr-defined]
    talk, _buyer = waiting(shop)
    agent.talk(talk).claim()
    agent.page.get_by_label("回复买家").fill("还没写完")
    agent.page.get_by_role("link", name="退款申请", exact=True).click()
    expect(agent.page.get_by_role("heading", name="退款申请")).to_be_visible()
    agent.page.go_back()
    expect(agent.page.get_by_label("回复买家")).to_have_value("还没写完")
    agent.page.get_by_label("回复买家").fill("先交200元保证金")
    agent.page.get_by_role("button", name="发送").click()
    expect(agent.page.locator("#reply-error")).to_contain_text("没有发出")
    expect(agent.page.get_by_label("回复买家")).to_have_value("先交200元保证金")


def test_the_keyboard_alone(shop: Stack, agent: AgentPage) -> None:
    busy_morning(shop)
    page = agent.open("/desk/conversations?list=bot").page
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("2")
    expect(page.get_by_role("heading", level=1)).to_contain_text("排队中")
    page.wait_for_load_state()  # keys are heard once the page's script runs
    page.keyboard.press("Alt+j")
    expect(page.locator("[data-row]:focus")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("main.three")).to_be_visible()
    page.keyboard.press("Alt+c")
    box = page.get_by_label("回复买家")
    expect(box).to_be_visible()
    page.keyboard.press("Alt+l")
    expect(box).to_be_focused()
    page.keyboard.type("键盘也能用")
    page.keyboard.press("Enter")
    expect(page.locator(".msg.agent .text")).to_have_text("键盘也能用")
    page.keyboard.press("Alt+p")
    expect(page.get_by_label("内部备注，买家看不到")).to_be_focused()
    page.keyboard.press("Alt+r")
    expect(page.locator("#controls")).to_contain_text("机器人接待")


def test_single_keys_can_be_turned_off(shop: Stack, agent: AgentPage) -> None:
    page = agent.open("/desk/team").page
    page.keyboard.press("?")
    page.get_by_label(re.compile("使用单键快捷键")).uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_lists_follow_without_a_reload(shop: Stack, agent: AgentPage) -> None:
    shop.load(card())
    page = agent.open("/desk/conversations?list=queued").page
    expect(page.get_by_text("没有人在排队")).to_be_visible()
    shop.buyer().say("给我转人工")
    expect(page.get_by_role("link", name=re.compile("小林"))).to_be_visible()
    expect(page.locator("#rail-queued .count")).to_have_text("1")


def test_a_case_is_decided_with_its_evidence_seen(shop: Stack, agent: AgentPage) -> None:
    busy_morning(shop)
    (case,) = [c for c in shop.filed() if c["order_no"] == "KM202611230001"]
    page = agent.open(f"/desk/cases/{case['case_no']}").page
    page.get_by_role("link", name=re.compile("兑换失败")).first.click()
    expect(page.locator(".stage.zoom-1.turn-0")).to_be_visible()
    page.keyboard.press("+")
    expect(page.locator(".stage.zoom-2")).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator(".stage.zoom-2.turn-1")).to_be_visible()
    page.get_by_role("link", name=re.compile("申请 RF")).click()
    page.get_by_label("退款金额（元）").fill("19.60")
    page.get_by_role("button", name="通过").click()
    expect(page.locator(".flash.good")).to_contain_text("已通过")
    assert shop.case("KM202611230001")["state"] in ("approved", "paying", "paid")


def test_what_people_typed_is_shown_as_text_in_every_field(
    shop: Stack, agent: AgentPage, visitor: Visitor
) -> None:
    visitor.expect("404", "409", "422")  # type: ignore[attr-defined]
    shop.load(card(name=XSS))
    buyer = shop.buyer()
    buyer.say(XSS)
    buyer.upload(text=XSS, data=screenshot("x"))
    buyer.say("给我转人工")
    page = agent.talk(buyer.conversation_id).page
    agent.claim()
    agent.says(XSS.replace("{{7*7}}", ""))
    agent.notes(XSS)
    for path in ("/desk/canned", "/desk/team", "/desk/scams"):
        agent.open(path)
    agent.open("/desk/canned")
    page.get_by_label("标题").fill(XSS[:40])
    page.get_by_label("内容").fill("<img src=x onerror=window.hacked=1>")
    page.get_by_role("button", name="保存").click()
    for path in (
        f"/desk/conversations/{buyer.conversation_id}",
        "/desk/conversations?list=human",
        "/desk/audit",
        "/desk/figures",
        f"/desk/contacts?asked={'%3Cscript%3Ewindow.hacked=1%3C/script%3E'}",
        f"/desk/conversations?q={'%3Cimg%20src=x%20onerror=window.hacked=1%3E'}",
        "/desk/cases?list=all",
        "/desk/nowhere/%3Cscript%3E",
    ):
        agent.open(path)
        assert page.evaluate("window.hacked") is None, path
