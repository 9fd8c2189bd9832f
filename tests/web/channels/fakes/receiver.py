"""Whoever is at the other end of a webhook channel: it checks signatures and keeps what it was told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from datetime import datetime
from typing import Any

import httpx

SECRET = "the-secret-of-a-webhook-channel"
SETTINGS = {
    "kind": "webhook",
    "platform": "generic",
    "secret": SECRET,
    "deliver_url": "https://shop.example.com/tuika",
}


class Receiver(httpx.AsyncBaseTransport):
    """Answers 200 to a signed request it has not seen, and what ``answers`` holds first."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.answers: list[httpx.Response | Exception] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        stamp = request.headers["x-tuika-timestamp"]
        signed = hmac.new(SECRET.encode(), f"tuika-out.{stamp}.".encode() + body, hashlib.sha256)
        if request.headers["x-tuika-signature"] != f"v1={signed.hexdigest()}":
            return httpx.Response(401)
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        self.got.append(json.loads(body))
        return httpx.Response(200)

    def texts(self, user: str) -> list[str]:
        return [each["text"] for each in self.got if each["user"] == user]


def message(
    user: str = "u1", text: str = "", *, id: str | None = None, image: bytes = b"", **more: Any
) -> bytes:
    body: dict[str, Any] = {"id": id or uuid.uuid4().hex, "user": user, **more}
    if text:
        body["text"] = text
    if image:
        body["image"] = base64.b64encode(image).decode()
    return json.dumps(body).encode()


def signed(body: bytes, now: datetime, *, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(now.timestamp()))
    digest = hmac.new(secret.encode(), f"tuika-in.{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Tuika-Timestamp": stamp, "X-Tuika-Signature": f"v1={digest}"}
