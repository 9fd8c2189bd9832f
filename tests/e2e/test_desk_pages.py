"""Every page of the desk by axe: no violation, light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.conversations.harness import Stack

from .agents import AgentPage
from .axe import Axe
from .scenes import backtest, busy_morning

Visitor = Callable[..., Page]
PATHS = (
    "/desk/conversations?list=human",
    "/desk/conversations?list=queued",
    "/desk/conversations?list=attention",
    "/desk/conversations?list=bot",
    "/desk/conversations?list=ended",
    "/desk/conversations?list=bot&q=没有这个人",
    "/desk/conversations/{talk}",
    "/desk/conversations/{waits}",
    "/desk/conversations/{talk}/sealed",
    "/desk/cases",
    "/desk/cases?list=merchant",
    "/desk/cases/{case}",
    "/desk/evidence/{evidence}?zoom=2",
    "/desk/incidents",
    "/desk/scams",
    "/desk/contacts?asked=400-820-0002",
    "/desk/packs",
    "/desk/packs/solo",
    "/desk/figures",
    "/desk/canned",
    "/desk/team",
    "/desk/audit?verify=true",
    "/desk/jobs",
    "/desk/jobs/{job}",
    "/desk/keys",
    "/desk/nowhere",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_violation(shop: Stack, visitor: Visitor, base: str, axe: Axe, scheme: str) -> None:
    visitor.expect("404")  # type: ignore[attr-defined]
    page = visitor(color_scheme=scheme)
    page.goto(f"{base}/desk/login")
    axe.check(page)
    agent = AgentPage(page, base).log_in()
    names = _scene(shop)
    agent.talk(names["talk"]).claim()
    for path in PATHS:
        agent.open(path.format(**names))
        axe.check(page)
    agent.open("/desk/team")
    page.keyboard.press("?")
    axe.check(page)
    page.set_viewport_size({"width": 390, "height": 800})
    for path in ("/desk/conversations?list=queued", "/desk/conversations/{talk}", "/desk/cases/{case}"):
        agent.open(path.format(**names))
        axe.check(page)


def _scene(shop: Stack) -> dict[str, str]:
    people = busy_morning(shop)
    (case,) = [c for c in shop.filed() if c["order_no"] == "KM202611230001"]
    return {
        "talk": people["talks"].conversation_id,
        "waits": people["waits"].conversation_id,
        "job": backtest(shop),
        "case": case["case_no"],
        "evidence": case["evidence"][0]["id"],
    }
