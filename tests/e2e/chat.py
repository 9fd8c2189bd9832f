"""The widget as a buyer uses it: what can be seen is found by role and name, through the open shadow root."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect


class Chat:
    """One page with the widget on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator("tuika-chat")
        self.panel = self.root.locator(".panel")
        self.log = self.root.get_by_role("log")
        self.box = self.root.get_by_role("textbox", name=re.compile("消息|Message"))
        self.launcher = self.root.locator(".launcher")
        self.messages = self.root.locator("article.message:not(.pending)")
        self.pending = self.root.locator("article.pending")
        self.now = self.root.locator(".now")

    def open(self) -> Chat:
        """Opens the panel and waits for the first words."""
        self.launcher.click()
        return self.ready()

    def ready(self) -> Chat:
        expect(self.messages.first).to_be_visible()
        expect(self.root.locator(".dot.live")).to_be_visible()
        return self

    def say(self, text: str) -> Chat:
        self.box.fill(text)
        self.box.press("Enter")
        return self

    def of(self, role: str) -> Locator:
        """What one side said, in order."""
        return self.root.locator(f"article.message.{role}:not(.pending)")

    @property
    def last(self) -> Locator:
        return self.messages.last

    def heard(self, part: str, role: str = "bot") -> Chat:
        """Waits until that side said something with ``part`` in it."""
        expect(self.of(role).filter(has_text=part).first).to_be_visible()
        return self

    def press(self, name: str) -> Chat:
        """A quick reply that still counts."""
        self.root.get_by_role("button", name=name).and_(self.root.locator("button:enabled")).last.click()
        return self

    def menu(self, item: str) -> None:
        self.root.get_by_role("button", name=re.compile("^(更多|More)$")).first.click()
        self.root.get_by_role("button", name=item).click()

    def texts(self) -> list[str]:
        """What the log holds, a line a message: role and text."""
        found: list[str] = self.messages.evaluate_all(
            "all => all.map((one) => [...one.classList].filter((c) => ['buyer', 'bot', 'agent', 'system'].includes(c))[0]"
            " + ': ' + ([...one.querySelectorAll('.bubble, .card')].map((each) => each.innerText).join(' ')))"
        )
        return found


def picture(words: str = "key already used", size: tuple[int, int] = (720, 1280)) -> bytes:
    """A screenshot as a phone makes it, near enough."""
    made = Image.new("RGB", size, "#f3f5f7")
    drawing = ImageDraw.Draw(made)
    drawing.rectangle((0, 0, size[0], size[1] // 12), fill="#b3261e")
    drawing.text((size[0] // 12, size[1] // 3), words, fill="#202020", font_size=size[0] // 16)
    out = io.BytesIO()
    made.save(out, format="PNG")
    return out.getvalue()


@contextmanager
def site(pages: Mapping[str, str], headers: Mapping[str, str], *, host: str = "127.0.0.1") -> Iterator[str]:
    """A foreign site: its own origin, its own headers; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path.split("?")[0])
            self.send_response(200 if body is not None else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write((body or "").encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{host}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def shop_page(base: str, *, token: str = "", more: str = "", attributes: str = "") -> str:
    """A page of a marketplace with the one tag."""
    named = f' data-user-token="{token}"' if token else ""
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>店铺</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<script src="{base}/widget.js" data-platform="generic"{named} {attributes} async></script></head>'
        f"<body><main><h1>我的店铺</h1><p>订单列表</p>{more}</main></body></html>"
    )
