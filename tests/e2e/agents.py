"""An agent in front of the desk, in a browser of his own."""

from __future__ import annotations

from playwright.sync_api import Page, expect

PASSWORD = "demo-only-password"


class AgentPage:
    def __init__(self, page: Page, base: str, name: str = "demo") -> None:
        self.page, self.base, self.name = page, base, name

    def log_in(self) -> AgentPage:
        self.page.goto(f"{self.base}/desk/login")
        self.page.get_by_label("用户名").fill(self.name)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.get_by_role("navigation", name="客服台")).to_be_visible()
        return self

    def open(self, path: str) -> AgentPage:
        self.page.goto(self.base + path)
        return self

    def talk(self, conversation_id: str) -> AgentPage:
        return self.open(f"/desk/conversations/{conversation_id}")

    def claim(self) -> None:
        self.page.get_by_role("button", name="接入会话").click()
        expect(self.page.get_by_label("回复买家")).to_be_visible()

    def says(self, text: str) -> None:
        """Typed and sent with Enter; seen in the transcript."""
        box = self.page.get_by_label("回复买家")
        box.fill(text)
        box.press("Enter")
        expect(self.page.locator(".msg.agent .text").last).to_have_text(text)

    def notes(self, text: str) -> None:
        self.page.locator(".note-box summary").click()
        self.page.get_by_label("内部备注，买家看不到").fill(text)
        self.page.get_by_role("button", name="存备注").click()
        expect(self.page.locator(".msg.note .text").last).to_have_text(text)
