"""The whole hub as an attacker meets it: real services over an empty database, every door but Rasa's.

Invariants: an answer of 500 and above, and an answer that holds a planted secret, fail whatever was tried; how much was
tried is counted and printed at the end (``TUIKA_ATTACK=long`` tries some twenty times as much).
"""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tuika.bootstrap import Services, build
from tuika.conversations.model import Buyer
from tuika.desks.builtin import DEMO_PASSWORD
from tuika.settings import load_settings
from tuika.storage.migrate import upgrade
from tuika.web.app import create_app
from tuika.web.identity import sign_user_token

LONG = os.environ.get("TUIKA_ATTACK") == "long"
PLANTED = ("QWER-7788-ZXCV-9900", "planted-query-password-8848", "13900009999")
FIXTURE = f"""
platform: generic
buyers: [{{id: b1, name: 小林}}, {{id: b2, name: 阿芳}}]
merchants: [{{id: m1, name: 闪充小店, answers: never}}]
orders:
  - {{order_no: KM202611210001, buyer: b1, merchant: m1, product: {{name: Q币 100, type: card_key}},
     contact: "{PLANTED[2]}", query_password: {PLANTED[1]}, amount_fen: 9800, status: delivered, paid: -3h,
     delivered: -2h, key: {{value: {PLANTED[0]}, state: revealed, check: unknown}}}}
  - {{order_no: KM202611210002, buyer: null, merchant: m1, product: {{name: Q币 200, type: card_key}},
     contact: "{PLANTED[2]}", query_password: {PLANTED[1]}, amount_fen: 19600, status: paid, paid: -3h}}
"""
AES = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECRET = "a-channel-secret-of-the-attacked-hub"
CHANNELS = {  # every kind, so that their doors are attacked as well; nobody is behind their addresses
    "app": {
        "kind": "webhook",
        "platform": "generic",
        "secret": SECRET,
        "deliver_url": "http://127.0.0.1:9/x",
    },
    "tg": {
        "kind": "telegram",
        "platform": "generic",
        "bot_token": "1:token",
        "public_url": "https://shop.example.com",
        "secret_token": SECRET,
    },
    "gzh": {
        "kind": "wechat",
        "platform": "generic",
        "app_id": "wx2c2769f8efd9abc2",
        "app_secret": "s",
        "token": SECRET,
        "aes_key": AES,
    },
    "kf": {
        "kind": "wecom",
        "platform": "generic",
        "corp_id": "wx5823bf96d3bd56c7",
        "secret": "s",
        "token": SECRET,
        "aes_key": AES,
        "open_kfid": "wk1",
    },
    "cw": {
        "kind": "chatwoot",
        "platform": "generic",
        "url": "http://127.0.0.1:9",
        "account_id": 1,
        "inbox_id": 2,
        "token": "t",
        "webhook_secret": SECRET,
    },
}
_tried: Counter[str] = Counter()
_lock = threading.Lock()


class Hub:
    """The application and hands to attack it."""

    def __init__(self, folder: Path) -> None:
        environ = {
            "TUIKA_DEMO": "true",
            "TUIKA_DATA": str(folder),
            "TUIKA_ENGINE_URL": "http://127.0.0.1:9",  # nobody is there: turns wait, doors answer
            "TUIKA_LIMITS": '{"messages_per_minute": 100000, "sessions_per_minute": 1000000}',
            "TUIKA_CHANNELS": json.dumps(CHANNELS),
            "TUIKA_LOG_LEVEL": "error",
        }
        settings = load_settings(environ)
        upgrade(settings.url)
        self.services: Services = build(settings)
        self.services.desk.ensure_demo_users()
        self.app: FastAPI = create_app(self.services, routers=self.services.channel_routers)
        self.client = TestClient(self.app, raise_server_exceptions=False, base_url="http://127.0.0.1:8000")
        self.call("POST", "/api/v1/demo/orders", content=FIXTURE.encode())

    def call(self, method: str, path: str, *, area: str = "other", **more: Any) -> httpx.Response:
        """One request by who has no cookie, whatever came before; fails on a 500 and on a leak."""
        self.client.cookies.clear()
        answer = self.client.request(method, path, **more)
        self.judge(answer, area)
        return answer

    def judge(self, answer: httpx.Response, area: str) -> None:
        with _lock:
            _tried[area] += 1
        assert answer.status_code < 500 or answer.status_code == 503, (
            f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:300]}"
        )
        leaked = [secret for secret in PLANTED if secret in answer.text]
        assert not leaked, f"{answer.request.url} tells {leaked}"
        assert "Traceback" not in answer.text and "sqlalchemy" not in answer.text.lower()

    def session(self, buyer: str | None = None) -> tuple[str, dict[str, str]]:
        """A conversation and its header."""
        token = None
        if buyer is not None:
            platform = self.services.settings.platforms["generic"]
            token = sign_user_token(Buyer(buyer, "小林"), platform, now=self.app.state.wall.now())
        body = {"platform": "generic", "user_token": token, "channel": "widget"}
        opened = self.call("POST", "/api/v1/sessions", json=body).json()
        return opened["conversation_id"], {"Authorization": f"Bearer {opened['session_token']}"}

    def say(self, talk: str, header: dict[str, str], text: str, *, area: str) -> httpx.Response:
        body = {"client_id": str(uuid4()), "text": text}
        path = f"/api/v1/conversations/{talk}/messages"
        return self.call("POST", path, json=body, headers=header, area=area)

    def agent(self, name: str = "demo", password: str = DEMO_PASSWORD) -> TestClient:
        """A logged-in browser of the desk, with its CSRF header."""
        client = TestClient(self.app, raise_server_exceptions=False, base_url="http://127.0.0.1:8000")
        login = client.post("/api/v1/desk/login", json={"username": name, "password": password})
        assert login.status_code == 204, login.text
        client.headers["X-Tuika-CSRF"] = client.cookies["tuika_csrf"]
        return client

    def is_whole(self) -> None:
        """Nothing was dropped, and the audit log fits."""
        with self.services.uow.reading() as uow:
            assert uow.audit.verify().ok
        assert self.call("GET", "/healthz").status_code == 200


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    made = Hub(tmp_path_factory.mktemp("attacked"))
    yield made
    made.is_whole()
    made.client.close()
    made.services.database.engine.dispose()


@pytest.fixture(scope="session")
def tally() -> Counter[str]:
    """What was tried, by area; tests that do not go through the hub count here."""
    return _tried


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _tried:
        parts = ", ".join(f"{area} {count}" for area, count in sorted(_tried.items()))
        terminalreporter.write_line(
            f"attacks tried: {sum(_tried.values())} ({parts}); leaks 0 and 500s 0 unless failed"
        )
