"""Makes the pictures of the widget and the desk in docs/images, from a running demo: the same scenes each time.

Needs ``tuika up`` and a Chromium (tests/e2e/chromium.py says which). It resets the demo and sets its clock.
Usage: ``.venv/bin/python scripts/screenshots.py [--base http://127.0.0.1:8000]``
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.conversations.harness import Stack  # noqa: E402
from tests.e2e import chromium  # noqa: E402  (its folder has just been put on the path)
from tests.e2e.agents import AgentPage  # noqa: E402
from tests.e2e.chat import Chat, picture  # noqa: E402
from tests.e2e.scenes import busy_morning  # noqa: E402

IMAGES = ROOT / "docs" / "images"
MONDAY = "2026-11-23T10:00:00+08:00"
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


class Studio:
    """The demo as on its first day, and browsers in front of it."""

    def __init__(self, base: str, browser: Browser) -> None:
        self.base = base
        self.http = httpx.Client(base_url=base, timeout=60, trust_env=False)
        self._browser = browser

    def reset(self) -> None:
        self.http.post("/api/v1/demo/reset").raise_for_status()
        self.http.post("/api/v1/demo/clock", json={"set": MONDAY}).raise_for_status()
        sample = (ROOT / "demo" / "fixture.yml").read_bytes()
        headers = {"Content-Type": "application/yaml"}
        self.http.post("/api/v1/demo/orders", content=sample, headers=headers).raise_for_status()

    def page(self, path: str, **look: Any) -> Page:
        options = {
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "viewport": {"width": 1280, "height": 800},
        }
        page = self._browser.new_context(**{**options, **look}).new_page()
        page.clock.install(time=MONDAY)
        page.goto(self.base + path)
        return page

    def token(self, buyer: str) -> str:
        return str(self.http.get("/api/v1/demo/token", params={"buyer": buyer}).json()["token"])

    def agent(self, step: str, body: dict[str, Any]) -> None:
        """The first handoff, claimed and worked by the demo's agent."""
        if "tuika_csrf" not in self.http.cookies:
            login = {"username": "demo", "password": "demo-only-password"}
            self.http.post("/api/v1/desk/login", json=login).raise_for_status()
        handoff = self.http.get("/api/v1/desk/handoffs").json()["items"][0]["id"]
        headers = {"X-Tuika-CSRF": self.http.cookies["tuika_csrf"]}
        url = f"/api/v1/desk/handoffs/{handoff}/{step}"
        self.http.post(url, json=body, headers=headers).raise_for_status()


def desktop(studio: Studio) -> None:
    """A refund that was filed, beside the buyer's orders."""
    page = studio.page("/demo?buyer=b1")
    chat = Chat(page).ready()
    chat.say("网易一卡通的卡密提示已被使用").heard("请上传")
    send(chat)
    chat.heard("请核对")
    chat.press("确认提交").heard("退款申请已提交")
    page.locator("h1").hover()
    shoot(page, "widget-desktop.png")


def phone(studio: Studio) -> None:
    """The evidence that is asked for, on a phone."""
    page = studio.page(f"/chat/generic#token={studio.token('b1')}", **PHONE)
    chat = Chat(page).ready()
    chat.say("网易一卡通的卡密提示已被使用").heard("请上传")
    shoot(page, "widget-phone.png")
    chat.menu("开始新对话")
    chat.press("申请退款")
    chat.root.locator(".orders .pick").first.wait_for()
    shoot(page, "widget-orders.png")


def dark(studio: Studio) -> None:
    """A person answers, in the dark."""
    page = studio.page(f"/chat/generic#token={studio.token('b3')}", **PHONE, color_scheme="dark")
    chat = Chat(page).ready()
    chat.say("有人加我微信说先交50元保证金才给退款").heard("请问您已经转钱")
    chat.press("还没有").heard("已经登记")
    chat.press("转人工").heard("排在第", "system")
    studio.agent("claim", {})
    studio.agent(
        "reply", {"text": "您好，我是人工客服。那个号码不是我们的，请不要转账；您的订单我正在核对。"}
    )
    chat.heard("正在核对", "agent")
    shoot(page, "widget-dark.png")


def desk(studio: Studio) -> None:
    """A conversation in the middle of a busy morning, in the light and in the dark."""
    shop = Stack(studio.base, ROOT / "var")
    shop.fresh(MONDAY)
    talk = busy_morning(shop)["talks"].conversation_id
    for name, scheme in (("desk.png", "light"), ("desk-dark.png", "dark")):
        page = studio.page("/desk/login", viewport={"width": 1440, "height": 900}, color_scheme=scheme)
        agent = AgentPage(page, studio.base).log_in().talk(talk)
        if scheme == "light":
            agent.claim()
            agent.says("您好，核验记录已经看到，卡密在您查看之前就被使用了，我来催商家答复。")
        agent.open(f"/desk/conversations/{talk}")
        page.get_by_label("回复买家").press_sequentially("/")
        page.locator("#canned [role=option]").first.wait_for()
        page.screenshot(path=IMAGES / name)
        print(f"docs/images/{name}")
    shop.close()


def send(chat: Chat) -> None:
    shot = {"name": "shot.png", "mimeType": "image/png", "buffer": picture("This key was already redeemed")}
    chat.root.locator("input[type=file]").set_input_files(shot)  # type: ignore[arg-type]


def shoot(page: Page, name: str) -> None:
    page.mouse.move(2, 2)
    page.evaluate("document.activeElement.shadowRoot?.activeElement?.blur()")
    page.clock.run_for(1_000)
    page.wait_for_timeout(600)
    page.screenshot(path=IMAGES / name)
    print(f"docs/images/{name}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    base = parser.parse_args().base
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), chromium_sandbox=os.geteuid() != 0
        )
        for scene in (desktop, phone, dark, desk):
            studio = Studio(base, browser)
            studio.reset()
            scene(studio)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
