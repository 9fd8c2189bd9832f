"""The client of our Rasa: one HTTP call a turn.

Invariants: the call is made once and never repeated here; a connection that was not made is
:class:`EngineUnavailable` (the message surely did not arrive), anything later is ``TimeoutError`` (unknown);
Rasa answers 200 to its own failures, so an answer without words is reported as not ok.
"""

from __future__ import annotations

from typing import Any

import httpx
import structlog

from tuika.conversations.model import Awaiting, Card, Payload, QuickReply, Say
from tuika.conversations.ports import EngineAnswer, Parse
from tuika.errors import EngineUnavailable

log = structlog.get_logger(__name__)


class RasaEngine:
    """Speaks to the token-guarded channel of ``engine/tuika_nlu``."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float,
        actions: str = "",
        client: httpx.AsyncClient | None = None,
    ) -> None:
        """``actions``: where the actions of our turns go; empty: where Rasa's own settings say."""
        self.url = url.rstrip("/")
        self._headers = {"X-Tuika-Engine-Token": token}
        if actions:
            self._headers["X-Tuika-Actions"] = actions
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=32)
        self._client = client or httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=2.0), limits=limits, trust_env=False
        )

    async def converse(self, *, sender: str, text: str, turn_id: str, parse: Parse | None) -> EngineAnswer:
        """One turn. Raises EngineUnavailable or TimeoutError."""
        body: dict[str, Any] = {"sender": sender, "message": text or "［无文字］", "turn": turn_id}
        if parse is not None:
            body["parse"] = {
                "intent": {"name": parse.intent, "confidence": 1.0},
                "entities": [dict(e) for e in parse.entities],
                "text": body["message"],
            }
        try:
            response = await self._client.post(
                f"{self.url}/webhooks/tuika/webhook",
                json=body,
                headers=self._headers,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise EngineUnavailable(reason=str(error)) from None
        except httpx.HTTPError as error:
            raise TimeoutError(str(error)) from None
        if response.status_code in (404, 502, 503):
            raise EngineUnavailable(reason=f"HTTP {response.status_code}")
        if response.status_code != 200:
            raise TimeoutError(f"HTTP {response.status_code}")
        return _answer(response.json())

    async def ready(self) -> bool:
        """Whether a model is loaded and the channel answers."""
        try:
            response = await self._client.get(f"{self.url}/webhooks/tuika/health", timeout=2.0)
        except httpx.HTTPError:
            return False
        return response.status_code == 200

    async def close(self) -> None:
        await self._client.aclose()


def _answer(document: dict[str, Any]) -> EngineAnswer:
    says = tuple(say for say in (_say(item) for item in document.get("messages", [])) if say is not None)
    intent = document.get("intent") or {}
    return EngineAnswer(
        says=says,
        ok=bool(says) and bool(document.get("ok", True)),
        intent=intent.get("name"),
        confidence=float(intent.get("confidence") or 0.0),
    )


def _say(item: dict[str, Any]) -> Say | None:
    custom = item.get("custom") or {}
    if "say" in custom:
        return say_from_json(custom["say"])
    text = item.get("text")
    return Say(text=text) if text else None


def say_to_json(say: Say) -> dict[str, Any]:
    """A Say on its way through Rasa; payloads are data of the hub and come back unread."""
    return {
        "text": say.text,
        "card": {"type": say.card.type, "data": dict(say.card.data)} if say.card else None,
        "quick_replies": [
            {"title": r.title, "kind": r.payload.kind, "data": dict(r.payload.data)}
            for r in say.quick_replies
        ],
        "awaiting": say.awaiting.value if say.awaiting else None,
    }


def say_from_json(document: dict[str, Any]) -> Say:
    card = document.get("card")
    awaiting = document.get("awaiting")
    return Say(
        text=document["text"],
        card=Card(card["type"], card["data"]) if card else None,
        quick_replies=tuple(
            QuickReply(r["title"], Payload(r["kind"], r["data"])) for r in document.get("quick_replies", [])
        ),
        awaiting=Awaiting(awaiting) if awaiting else None,
    )
