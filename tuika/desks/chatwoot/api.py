"""Chatwoot's application API, as far as we use it.

Invariants: the access token travels in a header only; a contact is known by the conversation it stands for
(its ``identifier``), so that a second handoff finds the first one's contact. Source: Chatwoot's OpenAPI document
(contacts, conversations, messages, ``toggle_status``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tuika.channels.calls import Calls
from tuika.channels.errors import Refused
from tuika.settings.channels import ChatwootSettings


@dataclass(frozen=True, slots=True)
class Contact:
    """``source_id``: the contact's address in our inbox."""

    id: int
    source_id: str


class ChatwootApi:
    def __init__(self, calls: Calls, settings: ChatwootSettings) -> None:
        self._calls = calls
        self._inbox = settings.inbox_id
        self._base = f"/api/v1/accounts/{settings.account_id}"
        self._headers = {"api_access_token": settings.token.get_secret_value()}

    async def contact(self, identifier: str, name: str) -> Contact:
        """The contact of this identifier, made if there is none. Raises ChannelError."""
        body = {"inbox_id": self._inbox, "name": name, "identifier": identifier}
        try:
            answer = await self._call("POST", "/contacts", body)
        except Refused:  # 422: the identifier is taken
            return await self._found(identifier)
        payload = answer["payload"]
        return Contact(int(payload["contact"]["id"]), str(payload["contact_inbox"]["source_id"]))

    async def _found(self, identifier: str) -> Contact:
        answer = await self._calls.json(
            "GET", f"{self._base}/contacts/search", params={"q": identifier}, headers=self._headers
        )
        for payload in answer.get("payload", []):
            if payload.get("identifier") != identifier:
                continue
            for place in payload.get("contact_inboxes", []):
                if place.get("inbox", {}).get("id") == self._inbox:
                    return Contact(int(payload["id"]), str(place["source_id"]))
        raise Refused("Chatwoot neither makes nor finds the contact")

    async def open(self, contact: Contact, attributes: dict[str, str]) -> str:
        """A conversation that waits for an agent; its id."""
        body = {
            "source_id": contact.source_id,
            "inbox_id": self._inbox,
            "contact_id": contact.id,
            "status": "open",
            "custom_attributes": attributes,
        }
        return str((await self._call("POST", "/conversations", body))["id"])

    async def say(self, conversation: str, text: str, *, private: bool = False) -> None:
        """What the buyer said, or a note that only agents see."""
        kind = "outgoing" if private else "incoming"
        body = {"content": text, "message_type": kind, "private": private, "content_type": "text"}
        await self._call("POST", f"/conversations/{conversation}/messages", body)

    async def show(self, conversation: str, picture: bytes, media_type: str, text: str) -> None:
        """A picture of the buyer's."""
        name = f"evidence.{media_type.partition('/')[2] or 'png'}"
        await self._calls.json(
            "POST",
            f"{self._base}/conversations/{conversation}/messages",
            form={"content": text, "message_type": "incoming", "private": "false"},
            files={"attachments[]": (name, picture, media_type)},
            headers=self._headers,
        )

    async def toggle(self, conversation: str, status: str) -> None:
        """``open``, ``pending`` or ``resolved``."""
        await self._call("POST", f"/conversations/{conversation}/toggle_status", {"status": status})

    async def inbox(self) -> dict[str, Any]:
        answer = await self._calls.json("GET", f"{self._base}/inboxes/{self._inbox}", headers=self._headers)
        return dict(answer)

    async def _call(self, method: str, path: str, body: dict[str, Any]) -> Any:
        return await self._calls.json(method, self._base + path, body=body, headers=self._headers)
