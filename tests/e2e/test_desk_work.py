"""An agent's daily work in a real browser: looking at evidence, answering quickly, deciding many cases at once."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Dialog, Page, Route, expect

from tests.conversations.goods import sold_twice
from tests.conversations.harness import Stack

from .agents import AgentPage
from .scenes import MERCHANTS, complained, many_complaints, worker_round

Visitor = Callable[..., Page]
CORNERS = {"red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255), "black": (0, 0, 0)}


@pytest.fixture
def agent(page: Page, base: str, shop: Stack) -> AgentPage:
    return AgentPage(page, base).log_in()


def portrait() -> bytes:
    """A tall picture: a magenta square in the middle, a square of its own colour in each corner."""
    made = Image.new("RGB", (400, 800), "white")
    draw = ImageDraw.Draw(made)
    places = ((0, 0), (340, 0), (0, 740), (340, 740))
    for (x, y), colour in zip(places, CORNERS, strict=True):
        draw.rectangle((x, y, x + 59, y + 59), fill=colour)
    draw.rectangle((150, 350, 249, 449), fill="magenta")
    out = io.BytesIO()
    made.save(out, format="PNG")
    return out.getvalue()


def box_of(page: Page, colour: tuple[int, int, int]) -> tuple[int, int]:
    """Width and height of what is seen of a colour on the stage; (0, 0): nothing is."""
    shown = Image.open(io.BytesIO(page.locator(".stage").screenshot())).convert("RGB")
    near = [
        (n % shown.width, n // shown.width)
        for n, pixel in enumerate(shown.get_flattened_data())
        if all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))
    ]
    if not near:
        return 0, 0
    xs, ys = [x for x, _ in near], [y for _, y in near]
    return max(xs) - min(xs) + 1, max(ys) - min(ys) + 1


def test_evidence_keeps_its_proportions_and_can_be_seen_whole(shop: Stack, agent: AgentPage) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say("KM202611230001 卡密提示已被使用")
    buyer.upload("key_error", data=portrait())
    buyer.confirm()
    (case,) = shop.filed()
    page = agent.open(f"/desk/evidence/{case['evidence'][0]['id']}").page
    magenta = (255, 0, 255)
    sizes = {}
    for turn in range(4):
        expect(page.locator(f".stage.zoom-1.turn-{turn}")).to_be_visible()
        page.wait_for_function("document.querySelector('.stage img').complete")
        wide, high = box_of(page, magenta)
        assert abs(wide - high) <= 2, f"a square is {wide} by {high} when turned {turn} times"
        sizes[turn] = wide
        for name, colour in CORNERS.items():
            assert box_of(page, colour) != (0, 0), (
                f"the {name} corner cannot be seen when turned {turn} times"
            )
        page.keyboard.press("r")
    expect(page.locator(".stage.zoom-1.turn-0")).to_be_visible()
    page.keyboard.press("+")
    expect(page.locator(".stage.zoom-2")).to_be_visible()
    page.wait_for_function("document.querySelector('.stage img').complete")
    wide, high = box_of(page, magenta)
    assert abs(wide - high) <= 2 and abs(wide - 2 * sizes[0]) <= 4, "twice as large, and in the middle"
    before = page.locator(".stage").evaluate("stage => stage.scrollTop")
    stage = page.locator(".stage").bounding_box()
    assert stage is not None
    middle = (stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0], middle[1] - 120, steps=4)
    page.mouse.up()
    assert page.locator(".stage").evaluate("stage => stage.scrollTop") == before + 120


def serving(shop: Stack, agent: AgentPage) -> tuple[Page, object]:
    buyer = shop.buyer()
    buyer.say("给我转人工")
    agent.talk(buyer.conversation_id).claim()
    expect(agent.page.locator(".flash.good")).to_be_visible()  # the whole page has been drawn anew
    return agent.page, buyer


def test_the_next_reply_is_typed_while_the_last_one_goes_out(shop: Stack, agent: AgentPage) -> None:
    page, buyer = serving(shop, agent)
    box = page.get_by_label("回复买家")
    held: list[Route] = []
    page.route("**/reply", lambda route: held.append(route))
    box.fill("第一句")
    box.press("Enter")
    expect(box).to_have_value("")
    box.press_sequentially("第二")
    page.wait_for_timeout(300)
    held.pop().continue_()
    expect(page.locator(".msg.agent .text").last).to_have_text("第一句")
    page.unroute("**/reply")
    expect(box).to_have_value("第二")  # nothing was swapped away
    expect(box).to_be_focused()
    box.press_sequentially("句")
    box.press("Enter")
    expect(page.locator(".msg.agent .text")).to_have_text(["第一句", "第二句"])
    said = [m["text"] for m in buyer.history() if m["role"] == "agent"]  # type: ignore[attr-defined]
    assert said == ["第一句", "第二句"]


def test_typing_goes_on_when_the_page_is_drawn_anew(shop: Stack, agent: AgentPage) -> None:
    page, _buyer = serving(shop, agent)
    box = page.get_by_label("回复买家")
    box.press_sequentially("前半")
    page.evaluate("htmx.ajax('GET', location.href, {target: '#main', select: '#main', swap: 'outerHTML'})")
    expect(page.locator(".flash.good")).to_have_count(0)
    expect(box).to_have_value("前半")
    expect(box).to_be_focused()
    page.keyboard.type("后半")
    expect(box).to_have_value("前半后半")


def test_a_reply_that_does_not_get_through_is_kept_and_said_once(
    shop: Stack, agent: AgentPage, visitor: Visitor
) -> None:
    visitor.expect("ERR_FAILED", "ERR_INTERNET")  # type: ignore[attr-defined]
    page, buyer = serving(shop, agent)
    box = page.get_by_label("回复买家")
    page.route("**/reply", lambda route: route.abort())
    box.fill("网断了")
    box.press("Enter")
    expect(page.get_by_text("网络不通，这一条没有发出")).to_be_visible()
    expect(box).to_have_value("网断了")
    page.unroute("**/reply")

    def lost(route: Route) -> None:
        """The hub hears it, its answer is lost."""
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/reply", lost)
    box.press("Enter")
    expect(page.locator(".msg.agent .text")).to_have_text("网断了")
    expect(box).to_have_value("网断了")
    page.unroute("**/reply")
    box.press("Enter")
    expect(box).to_have_value("")
    page.wait_for_timeout(500)
    said = [m["text"] for m in buyer.history() if m["role"] == "agent"]  # type: ignore[attr-defined]
    assert said == ["网断了"]


def test_many_cases_at_once_are_asked_about_first(shop: Stack, agent: AgentPage) -> None:
    shop.load(*complained(), platform="generic", merchants=MERCHANTS)
    numbers = many_complaints(shop)
    worker_round(shop)
    page = agent.open("/desk/incidents").page
    page.locator("main").get_by_role("link", name="原神 648 结晶").last.click()
    whole = page.get_by_role("checkbox", name="全选")
    expect(whole).to_be_checked()
    whole.uncheck()
    assert page.locator("input[name=case_no]:checked").count() == 0
    page.locator("input[name=case_no]").first.check()
    assert whole.evaluate("box => box.indeterminate")
    asked: list[str] = []

    def no(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", no)
    page.get_by_label("驳回原因或备注").fill("不符合")
    page.get_by_role("button", name="驳回勾选的").click()
    assert asked == ["驳回勾选的 1 份申请？买家会看到上面写的原因。"]
    assert {c["state"] for c in shop.filed()} == {"merchant_review"}
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="驳回勾选的").click()
    expect(page.get_by_text("已办")).to_have_count(1)
    states = sorted(c["state"] for c in shop.filed())
    assert states == ["merchant_review"] * (len(numbers) - 1) + ["rejected"]
