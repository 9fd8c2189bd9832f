"""One implementation under trial: requests to it, signed right or wrong, and what is expected of the answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from tuika.shops.platform_api.signing import signed_headers
from tuika.shops.platform_api.wire import WireOrder, WireOrders

TIMEOUT_S = 10.0
type Check = tuple[str, Callable[[], None]]


@dataclass(frozen=True, slots=True)
class Subject:
    """The implementation, and a paid test order of a test buyer there."""

    url: str
    key_id: str
    secret: str
    order_no: str
    buyer_id: str
    proof: str = ""


class Failed(Exception):
    """A check's expectation that did not hold; says what came instead."""


class Trial:
    def __init__(self, subject: Subject, wall: Callable[[], float], run: str) -> None:
        self.subject, self.run, self._wall = subject, run, wall
        self.base = subject.url.rstrip("/")
        self._path = urlsplit(self.base).path
        self.order_path = f"/v1/orders/{quote(subject.order_no, safe='')}"

    def send(
        self, method: str, target: str, body: Any = None, *, key: str = "", **change: str
    ) -> requests.Response:
        """``shift``: seconds that the clock is wrong by; ``signed_target``, ``signed_body``: what is signed instead; else
        headers.
        """
        sent = b"" if body is None else json.dumps(body).encode()
        meant = change.pop("signed_body", None)
        now = int(self._wall()) + int(change.pop("shift", "0"))
        signed = change.pop("signed_target", target)
        headers = signed_headers(
            method,
            self._path + signed,
            sent if meant is None else meant.encode(),
            key_id=self.subject.key_id,
            secret=self.subject.secret,
            now=now,
        )
        headers |= {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        headers |= change
        return requests.request(
            method,
            self.base + target,
            data=sent or None,
            headers=headers,
            timeout=TIMEOUT_S,
            allow_redirects=False,
        )

    def expect(self, answer: requests.Response, *statuses: int) -> requests.Response:
        if answer.status_code not in statuses:
            wanted = " or ".join(str(each) for each in statuses)
            raise Failed(f"expected HTTP {wanted}, got {answer.status_code}: {answer.text[:160]}")
        return answer

    def order(self) -> WireOrder:
        return WireOrder.model_validate(self.expect(self.send("GET", self.order_path), 200).json())

    def listed(self, query: str) -> WireOrders:
        return WireOrders.model_validate(self.expect(self.send("GET", f"/v1/orders?{query}"), 200).json())
