"""Chatwoot as its OpenAPI document describes it: each request is checked against the schema beside this file."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import datetime
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import yaml

TOKEN, SECRET, ACCOUNT, INBOX = "an-agents-access-token", "the-webhook-secret", 3, 5
SETTINGS: dict[str, Any] = {
    "kind": "chatwoot",
    "platform": "generic",
    "url": "https://chat.example.com",
    "account_id": ACCOUNT,
    "inbox_id": INBOX,
    "token": TOKEN,
    "webhook_secret": SECRET,
}
SCHEMAS = yaml.safe_load((Path(__file__).parent / "chatwoot_requests.yml").read_text("utf-8"))


class ChatwootServer(httpx.AsyncBaseTransport):
    """``messages`` by conversation: (private, type, text); ``status`` by conversation."""

    def __init__(self) -> None:
        self.contacts: dict[str, int] = {}
        self.messages: dict[str, list[tuple[bool, str, str]]] = {}
        self.status: dict[str, str] = {}
        self.attributes: dict[str, Any] = {}
        self.files: list[bytes] = []
        self.errors: list[httpx.Response | Exception] = []
        self.checked: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        if request.headers.get("api_access_token") != TOKEN:
            return httpx.Response(401, json={"error": "Invalid Access Token"})
        if self.errors:
            error = self.errors.pop(0)
            if isinstance(error, Exception):
                raise error
            return error
        path = request.url.path.removeprefix(f"/api/v1/accounts/{ACCOUNT}")
        if request.method == "GET":
            return self._get(path, request)
        found = re.fullmatch(r"/conversations/(\d+)(/\w+)", path)
        name = f"{request.method} {f'/conversations/{{id}}{found[2]}' if found else path}"
        given = self._body(request, body)
        if "multipart" in request.headers["content-type"]:
            name += " multipart"
        jsonschema.validate(given, SCHEMAS[name])
        self.checked.add(name)
        return self._post(path, found, given)

    def _get(self, path: str, request: httpx.Request) -> httpx.Response:
        if path == f"/inboxes/{INBOX}":
            return httpx.Response(200, json={"id": INBOX, "channel_type": "Channel::Api", "webhook_url": ""})
        if path != "/contacts/search":
            return httpx.Response(404, json={"error": "Resource could not be found"})
        wanted = request.url.params["q"]
        place = {"source_id": f"source-{wanted}", "inbox": {"id": INBOX}}
        known = [
            {"id": number, "identifier": identifier, "contact_inboxes": [place]}
            for identifier, number in self.contacts.items()
            if wanted in identifier
        ]
        return httpx.Response(200, json={"meta": {"count": len(known)}, "payload": known})

    def _post(self, path: str, found: Any, given: dict[str, Any]) -> httpx.Response:
        if path == "/contacts":
            identifier = given["identifier"]
            if identifier in self.contacts:
                return httpx.Response(422, json={"message": "Identifier has already been taken"})
            self.contacts[identifier] = len(self.contacts) + 1
            contact = {"id": self.contacts[identifier], "identifier": identifier}
            place = {"source_id": f"source-{identifier}"}
            return httpx.Response(200, json={"payload": {"contact": contact, "contact_inbox": place}})
        if path == "/conversations":
            number = str(len(self.status) + 1)
            self.status[number], self.messages[number] = given["status"], []
            self.attributes[number] = given["custom_attributes"]
            return httpx.Response(200, json={"id": int(number), "inbox_id": INBOX})
        number, step = found[1], found[2]
        if step == "/toggle_status":
            self.status[number] = given["status"]
            payload = {"success": True, "current_status": given["status"]}
            return httpx.Response(200, json={"payload": payload})
        private = given.get("private") in (True, "true")
        self.messages[number].append((private, given["message_type"], given["content"]))
        return httpx.Response(200, json={"id": 1})

    def _body(self, request: httpx.Request, body: bytes) -> dict[str, Any]:
        kind = request.headers["content-type"]
        if "multipart" not in kind:
            return dict(json.loads(body))
        parsed = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
        given: dict[str, Any] = {}
        for part in parsed.get_payload():  # type: ignore[union-attr]
            name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
            data = part.get_payload(decode=True)  # type: ignore[union-attr]
            if part.get_filename():  # type: ignore[union-attr]
                self.files.append(data)  # type: ignore[arg-type]
                given[str(name)] = str(part.get_filename())  # type: ignore[union-attr]
            else:
                given[str(name)] = data.decode()  # type: ignore[union-attr]
        return given

    def incoming(self, number: str) -> list[str]:
        """What the buyer said, as agents see it."""
        return [text for private, kind, text in self.messages[number] if kind == "incoming" and not private]

    def notes(self, number: str) -> list[str]:
        return [text for private, _, text in self.messages[number] if private]


def said(number: str, text: str, *, id: int, name: str = "小王", **more: Any) -> dict[str, Any]:
    """The event of an agent's message."""
    return {
        "event": "message_created",
        "id": id,
        "content": text,
        "message_type": "outgoing",
        "private": False,
        "sender": {"id": 9, "name": name, "type": "user"},
        "conversation": {"id": int(number), "status": "open"},
        "account": {"id": ACCOUNT, "name": "店"},
        "inbox": {"id": INBOX, "name": "退卡"},
        **more,
    }


def changed(number: str, status: str, *, at: int = 1) -> dict[str, Any]:
    """The event of a change of status."""
    return {
        "event": "conversation_status_changed",
        "id": int(number),
        "status": status,
        "timestamp": at,
        "meta": {"assignee": {"name": "小王"}},
        "account": {"id": ACCOUNT},
    }


def signed(event: Any, now: datetime, *, secret: str = SECRET) -> tuple[bytes, dict[str, str]]:
    body, stamp = json.dumps(event).encode(), str(int(now.timestamp()))
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return body, {"X-Chatwoot-Timestamp": stamp, "X-Chatwoot-Signature": f"sha256={digest}"}
