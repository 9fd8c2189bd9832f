"""The client of our Rasa: one HTTP call a turn.

Invariants: the call is made once and never repeated here; a connection that was not made is
:class:`EngineUnavailable` (the message surely did not arrive), anything later is ``TimeoutError`` (unknown);
Rasa answers 200 to its own failures, so an answer without words is reported as not ok.
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import structlog

from tuika import jsons
from tuika.conversations.model import Awaiting, Card, Payload, QuickReply, Say
from tuika.conversations.ports import EngineAnswer, Parse
from tuika.errors import EngineUnavailable

log = structlog.get_logger(__name__)
CONNECT_S = 2.0
IDLE_S = 30.0  # Rasa keeps an idle connection for 120 s: this side gives it up first
MOST_AT_ONCE = 64


class RasaEngine:
    """Speaks to the token-guarded channel of ``engine/tuika_nlu``. ``timeout``: seconds without a byte from it."""

    def __init__(self, url: str, token: str, *, timeout: float, actions: str = "") -> None:
        """``actions``: where the actions of our turns go; empty: where Rasa's own settings say."""
        self.url = url.rstrip("/")
        self._headers = {"X-Tuika-Engine-Token": token}
        if actions:
            self._headers["X-Tuika-Actions"] = actions
        self._timeout = aiohttp.ClientTimeout(connect=timeout, sock_connect=CONNECT_S, sock_read=timeout)
        self._kept: tuple[asyncio.AbstractEventLoop, aiohttp.ClientSession] | None = None

    async def converse(self, *, sender: str, text: str, turn_id: str, parse: Parse | None) -> EngineAnswer:
        """One turn. Raises EngineUnavailable or TimeoutError."""
        body: dict[str, Any] = {"sender": sender, "message": text or "［无文字］", "turn": turn_id}
        if parse is not None:
            body["parse"] = {
                "intent": {"name": parse.intent, "confidence": 1.0},
                "entities": [dict(e) for e in parse.entities],
                "text": body["message"],
            }
        return _answer(await self._post(body))

    async def ready(self) -> bool:
        """Whether a model is loaded and the channel answers."""
        try:
            timeout = aiohttp.ClientTimeout(total=2.0)
            async with self._session().get(f"{self.url}/webhooks/tuika/health", timeout=timeout) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def close(self) -> None:
        if self._kept is not None:
            await self._kept[1].close()

    async def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        try:
            async with self._session().post(
                f"{self.url}/webhooks/tuika/webhook", json=body, headers=self._headers, allow_redirects=False
            ) as response:
                if response.status in (404, 502, 503):
                    raise EngineUnavailable(reason=f"HTTP {response.status}")
                if response.status != 200:
                    raise TimeoutError(f"HTTP {response.status}")
                document: dict[str, Any] = await response.json(content_type=None, loads=jsons.loads)
                return document
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise EngineUnavailable(reason=str(error)) from None
        except (aiohttp.ClientError, ValueError) as error:
            raise TimeoutError(str(error) or type(error).__name__) from None

    def _session(self) -> aiohttp.ClientSession:
        """One for the loop that runs; proxies of the environment are not asked."""
        loop = asyncio.get_running_loop()
        if self._kept is None or self._kept[0] is not loop or self._kept[1].closed:
            connector = aiohttp.TCPConnector(limit=MOST_AT_ONCE, keepalive_timeout=IDLE_S)
            self._kept = (
                loop,
                aiohttp.ClientSession(connector=connector, timeout=self._timeout, json_serialize=jsons.dumps),
            )
        return self._kept[1]


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
