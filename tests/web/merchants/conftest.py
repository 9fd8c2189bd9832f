"""The whole product but Rasa, and a browser's worth of HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI

from tuika.bootstrap import Services, build
from tuika.settings import load_settings
from tuika.storage.tables import metadata
from tuika.web.app import create_app

FIXTURE = {
    "platform": "generic",
    "buyers": [{"id": "b1", "name": "小林"}],
    "merchants": [{"id": "m1", "name": "闪充小店"}, {"id": "m2", "name": "别家"}],
    "orders": [
        {
            "order_no": f"KM20261121000{n}",
            "buyer": "b1",
            "merchant": "m1" if n < 4 else "m2",
            "product": {"name": "话费直充", "type": "direct_topup"},
            "amount_fen": 9800,
            "status": "delivered",
            "paid": "-5h",
            "delivered": "-4h",
            "topup": {"requested_account": "13900008888", "credited_account": "13900009999"},
        }
        for n in range(1, 5)
    ],
}


class Browser:
    """A browser's worth of HTTP against the application, cookies kept, redirects followed."""

    def __init__(self, app: FastAPI) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._cookies = httpx.Cookies()

    def get(self, path: str) -> httpx.Response:
        return anyio.run(self._ask, "GET", path, {})

    def post(self, path: str, **body: Any) -> httpx.Response:
        return anyio.run(self._ask, "POST", path, body)

    def cookie(self, name: str) -> str:
        return str(self._cookies[name])

    async def _ask(self, method: str, path: str, body: dict[str, Any]) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=self._transport,
            base_url="http://127.0.0.1:8000",
            cookies=self._cookies,
            follow_redirects=True,
        ) as client:
            answer = await client.request(method, path, **body)
            self._cookies = client.cookies
            return answer


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = build(load_settings({"TUIKA_DEMO": "1", "TUIKA_DATA": str(tmp_path)}))
    metadata.create_all(made.database.engine)
    made.demo_shop.load(json.dumps(FIXTURE))
    yield made
    made.database.engine.dispose()


@pytest.fixture
def browser(services: Services) -> Browser:
    services.lifespan = ()  # no listener of its own
    return Browser(create_app(services))
