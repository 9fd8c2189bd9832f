"""The running product and real browsers in front of it.

Invariants: one hub, one Rasa and one browser for the session, an empty product for each test that takes
``shop``; each page is a browser profile of its own; a page that logged an error to its console fails its test.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.conversations.goods import sold_twice
from tests.conversations.harness import Stack
from tests.conversations.processes import running

from . import chromium, node
from .axe import Axe

DESKTOP = {"width": 1280, "height": 800}
expect.set_options(
    timeout=20_000
)  # what is waited for comes at once on an idle machine, and later on a busy one


def not_here(reason: object) -> None:
    """A tool that is not there: a failure where everything must run, a skip with its reason elsewhere."""
    if os.environ.get("CI") == "true":
        pytest.fail(str(reason), pytrace=False)
    pytest.skip(str(reason))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    try:
        path = chromium.find()
    except chromium.Missing as missing:
        not_here(missing)
    started = playwright.chromium.launch(executable_path=path, chromium_sandbox=os.geteuid() != 0)
    yield started
    started.close()


@pytest.fixture(scope="session")
def axe() -> Axe:
    try:
        return Axe(node.axe_source())
    except chromium.Missing as missing:
        not_here(missing)
        raise


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("product")
    with running(folder) as base:
        made = Stack(base, folder / "var")
        try:
            yield made
        finally:
            made.close()


@pytest.fixture
def shop(product: Stack) -> Stack:
    """The product as on its first day: Monday, 10:00 Beijing time, people at the desk, one order of b1."""
    product.fresh()
    product.load(sold_twice())
    return product


@pytest.fixture
def base(product: Stack) -> str:
    """``http://127.0.0.1:PORT`` of the hub."""
    return str(product.http.base_url).rstrip("/")


class Visitors:
    """Opens browser profiles and remembers what their consoles complained about."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.expected: tuple[str, ...] = ()

    def __call__(self, **options: Any) -> Page:
        """A page of a new profile; ``options`` are Playwright's for a context (viewport, locale, …)."""
        chosen = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": DESKTOP, **options}
        context = self._browser.new_context(**chosen)
        context.set_default_timeout(30_000)
        self._contexts.append(context)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        return context.new_page()

    def expect(self, *parts: str) -> None:
        """Complaints that hold one of these are part of the test (offline, a refused upload, …)."""
        self.expected += parts

    def close(self) -> list[str]:
        for context in self._contexts:
            context.close()
        return [each for each in self.complaints if not any(part in each for part in self.expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitors]:
    made = Visitors(browser)
    yield made
    assert made.close() == []


@pytest.fixture
def page(visitor: Visitors) -> Page:
    """A page of a fresh profile, desktop size, zh-CN."""
    return visitor()
