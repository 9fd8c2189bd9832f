"""An operator holds a changed pack against past cases, in a browser; what comes of it stands on the page by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.conversations.harness import Stack
from tuika.settings import ROOT

from .agents import AgentPage
from .axe import Axe
from .scenes import complained, many_complaints, stricter, worker_round

Visitor = Callable[..., Page]


def test_a_backtest_from_a_file_to_its_result(
    shop: Stack, page: Page, base: str, axe: Axe, tmp_path: Path
) -> None:
    shop.load(*complained(2))
    many_complaints(shop, 2)
    changed = tmp_path / "generic.yml"
    changed.write_text(stricter(), "utf-8")
    AgentPage(page, base).log_in().open("/desk/packs/generic")
    page.get_by_role("link", name="改过以后，先用过去的申请回测").click()
    expect(page.locator("select[name=pack]")).to_have_value("generic")
    page.get_by_label("改过的文件").set_input_files(changed)
    page.get_by_role("button", name="开始回测").click()
    expect(page.get_by_text("在等后台接手")).to_be_visible()
    axe.check(page)
    worker_round(shop)
    expect(page.get_by_text("2 件会判得不一样")).to_be_visible()  # without a click
    expect(page.get_by_role("cell", name="平台审核").first).to_be_visible()
    axe.check(page)
    page.keyboard.press("g")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="规则回测")).to_be_visible()


def test_a_pasted_pack_without_script_and_what_is_wrong_with_it(
    shop: Stack, visitor: Visitor, base: str
) -> None:
    visitor.expect("422")  # type: ignore[attr-defined]
    page = visitor(java_script_enabled=False)
    AgentPage(page, base).log_in().open("/desk/jobs")
    page.locator("select[name=pack]").select_option("generic")
    page.get_by_role("button", name="开始回测").click()
    expect(page.get_by_role("alert")).to_contain_text("请选择改过的规则包文件")
    expect(page.locator("select[name=pack]")).to_have_value("generic")
    page.get_by_label("或者把内容贴在这里").fill((ROOT / "policies" / "solo.yml").read_text("utf-8"))
    page.get_by_role("button", name="开始回测").click()
    expect(page.get_by_text("在等后台接手")).to_be_visible()
    worker_round(shop)
    page.get_by_role("link", name="刷新").click()
    expect(page.get_by_text("没有做成")).to_be_visible()
    expect(page.get_by_role("link", name="改好以后再提交一次")).to_be_visible()
