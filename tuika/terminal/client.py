"""The buyer API from a terminal.

Invariants: a message that got no answer in time is sent again with the same client id, which the hub answers
without doing anything twice; a refusal carries the hub's own words; the token stays in memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tuika.errors import TuikaError
from tuika.terminal.wire import Opened, WireMessage, read_message, read_messages

ANSWER_S = 45.0


class NotRunning(TuikaError):
    title = "Tuika is not running"


class Refused(TuikaError):
    """The hub said no; the detail is what it said."""

    title = "The hub refused"


class BuyerClient:
    """One conversation. ``open`` comes first."""

    def __init__(self, url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=self.url,
            timeout=httpx.Timeout(ANSWER_S, connect=3.0),
            trust_env=False,
            transport=transport,
        )
        self._conversation = ""

    def close(self) -> None:
        self._http.close()

    def demo_token(self, buyer: str) -> str:
        """A token that demo mode signs. Raises Refused where there is no such buyer or no demo."""
        document = self._call("GET", "/api/v1/demo/token", params={"buyer": buyer})
        return str(document["token"])

    def open(self, *, platform: str, user_token: str | None, resume: bool) -> Opened:
        body = {"platform": platform, "user_token": user_token, "channel": "terminal", "resume": resume}
        document = self._call("POST", "/api/v1/sessions", json=body)
        self._http.headers["Authorization"] = f"Bearer {document['session_token']}"
        self._conversation = f"/api/v1/conversations/{document['conversation_id']}"
        buyer = document.get("buyer")
        return Opened(
            token=document["session_token"],
            conversation_id=document["conversation_id"],
            buyer_name=buyer["name"] if buyer else None,
            messages=read_messages(document),
        )

    def say(self, text: str) -> tuple[WireMessage, ...]:
        return self._post({"text": text})

    def press(self, action: str) -> tuple[WireMessage, ...]:
        return self._post({"action": action})

    def upload(self, path: Path, kind: str | None) -> tuple[WireMessage, ...]:
        """Raises OSError for a file that cannot be read."""
        fields = {"client_id": str(uuid4()), **({"kind": kind} if kind else {})}
        file = (path.name, path.read_bytes(), "application/octet-stream")
        return read_messages(
            self._call("POST", f"{self._conversation}/attachments", data=fields, files={"file": file})
        )

    def since(self, seq: int) -> tuple[WireMessage, ...]:
        """What all speakers said after ``seq``."""
        return read_messages(self._call("GET", f"{self._conversation}/messages", params={"after": seq}))

    def events(self, after: int) -> Iterator[WireMessage]:
        """Messages as they come, until the stream ends. Raises httpx.HTTPError."""
        headers = {"Last-Event-ID": str(after), "Accept": "text/event-stream"}
        timeout = httpx.Timeout(60.0, connect=3.0)  # heart-beats come every 15 s
        with self._http.stream(
            "GET", f"{self._conversation}/events", headers=headers, timeout=timeout
        ) as stream:
            stream.raise_for_status()
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    yield read_message(json.loads(line.removeprefix("data:")))

    def _post(self, body: dict[str, str]) -> tuple[WireMessage, ...]:
        sent = {"client_id": str(uuid4()), **body}
        path = f"{self._conversation}/messages"
        try:
            return read_messages(self._call("POST", path, json=sent))
        except httpx.TimeoutException:
            return read_messages(self._call("POST", path, json=sent))

    def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, **options)
        except httpx.TimeoutException:
            raise
        except httpx.HTTPError as error:
            raise NotRunning(
                f"Nothing answers at {self.url} ({type(error).__name__}). Start it with: make run  (or: tuika up)"
            ) from None
        if response.is_success:
            document: dict[str, Any] = response.json()
            return document
        raise Refused(_words(response), status_code=response.status_code)


def _words(response: httpx.Response) -> str:
    """What a problem document says, or the bare status."""
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"{response.status_code} {response.reason_phrase}"
