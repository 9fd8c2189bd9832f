"""The desk as agents see it: two operators of demo mode, each with a session of its own."""

from __future__ import annotations

from typing import Any

import httpx

Json = dict[str, Any]
PASSWORD = "demo-only-password"


class Desk:
    """Logs in when first used; ``second`` acts as the other operator."""

    def __init__(self, base: str) -> None:
        self._clients = {
            name: httpx.Client(base_url=base, timeout=30, trust_env=False) for name in ("demo", "demo2")
        }

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def get(self, url: str, **query: str) -> Json:
        answer = self._client("demo").get(url, params=query)
        if answer.status_code == 401:
            self._log_in("demo")
            answer = self._clients["demo"].get(url, params=query)
        assert answer.status_code == 200, f"GET {url}: {answer.status_code} {answer.text[:500]}"
        return dict(answer.json())

    def items(self, url: str, **query: str) -> list[Json]:
        """All pages of a list."""
        found: list[Json] = []
        cursor: str | None = None
        while True:
            page = self.get(url, **query, **({"cursor": cursor} if cursor else {}))
            found += page["items"]
            cursor = page["next"]
            if cursor is None:
                return found

    def do(
        self, url: str, body: Json | None = None, *, second: bool = False, status: int | None = None
    ) -> Json:
        """A step that changes something; ``status`` where another answer than success is expected."""
        name = "demo2" if second else "demo"
        answer = self._send(name, url, body or {})
        if answer.status_code == 401:
            self._log_in(name)
            answer = self._send(name, url, body or {})
        expected = answer.is_success if status is None else answer.status_code == status
        assert expected, f"POST {url}: {answer.status_code} {answer.text[:500]}"
        return dict(answer.json()) if answer.content else {}

    def case(self, case_no: str, step: str, body: Json | None = None, **how: Any) -> Json:
        return self.do(f"/api/v1/desk/refunds/{case_no}/{step}", body, **how)

    def handoff(self, handoff_id: str, step: str, body: Json | None = None, **how: Any) -> Json:
        return self.do(f"/api/v1/desk/handoffs/{handoff_id}/{step}", body, **how)

    def _send(self, name: str, url: str, body: Json) -> httpx.Response:
        client = self._client(name)
        return client.post(url, json=body, headers={"X-Tuika-CSRF": client.cookies.get("tuika_csrf") or ""})

    def _client(self, name: str) -> httpx.Client:
        if not self._clients[name].cookies:
            self._log_in(name)
        return self._clients[name]

    def _log_in(self, name: str) -> None:
        client = self._clients[name]
        client.cookies.clear()
        answer = client.post("/api/v1/desk/login", json={"username": name, "password": PASSWORD})
        assert answer.status_code == 204, f"login: {answer.status_code} {answer.text[:300]}"
