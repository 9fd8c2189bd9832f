"""The one door into Rasa: a token-guarded channel that answers with what was said and what was understood.

POST /webhooks/tuika/webhook   header X-Tuika-Engine-Token, header X-Tuika-Actions (where this turn's actions go)
  {"sender": str, "message": str, "turn": any?, "parse": {"intent": {...}, "entities": [...], "text": str?}?}
Invariants: without the token nothing is read; what a buyer typed is never obeyed as a command; metadata is
`{"turn": ...}` and nothing that a client chose; a failure is a 5xx, never an empty success.
"""

from __future__ import annotations

import hmac
import logging
from typing import Any, Awaitable, Callable, Dict, Optional

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from . import speed
from .envelope import MAX_BODY, BadEnvelope, Envelope, understood
from .reload import add_reload, model_name
from .turn_actions import HEADER, BadAddress, actions_of_this_turn, follow_turns

logger = logging.getLogger(__name__)

TOKEN_HEADER = "X-Tuika-Engine-Token"
MIN_TOKEN = 16
Handler = Callable[[UserMessage], Awaitable[Any]]


class TuikaInput(InputChannel):
    """Channel named `tuika`; credentials.yml gives its token."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    @classmethod
    def name(cls) -> str:
        return "tuika"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[str, Any]]) -> "TuikaInput":
        """Raises RasaException when the token is missing or too short to be a secret."""
        token = str((credentials or {}).get("token") or "")
        if len(token) < MIN_TOKEN:
            raise RasaException(
                f"credentials.yml: the tuika channel needs a token of {MIN_TOKEN} characters or more; set TUIKA_ENGINE_TOKEN"
            )
        speed.apply()  # here and not at import: only a server wants the patches
        return cls(token)

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        routes = Blueprint("tuika_channel", __name__)

        @routes.listener("before_server_start")
        async def limit_body(app: Sanic, _loop: Any) -> None:
            app.config.REQUEST_MAX_SIZE = 16 * MAX_BODY  # Sanic would read 100 MB; the exact check is below

        @routes.route("/health", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            ready = _processor(request.app) is not None
            model = model_name(getattr(request.app.ctx, "agent", None))
            return response.json({"ok": ready, "model": model}, status=200 if ready else 503)

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not self._allows(request):
                return _refuse(401, "bad_token")
            if len(request.body) > MAX_BODY:
                return _refuse(413, "too_large")
            try:
                envelope = Envelope.read(request.body)
                actions_of_this_turn(request.headers.get(HEADER))
            except (BadEnvelope, BadAddress) as problem:
                return _refuse(400, str(problem))
            return await self._answer(request.app, envelope, on_new_message)

        add_reload(routes, self._allows)
        return routes

    def _allows(self, request: Request) -> bool:
        given = request.headers.get(TOKEN_HEADER, "")
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._token)

    async def _answer(self, app: Sanic, envelope: Envelope, on_new_message: Handler) -> HTTPResponse:
        processor = _processor(app)
        if processor is None:
            return _refuse(503, "no_model")
        follow_turns(processor)
        if envelope.parse and not envelope.intent_in(processor.domain.intents):
            return _refuse(400, "unknown_intent")
        collector = CollectingOutputChannel()
        message = UserMessage(
            envelope.text,
            collector,
            envelope.sender,
            input_channel=self.name(),
            metadata={"turn": envelope.turn},
        )
        try:
            # Parsed here rather than by the processor, so that the answer can tell what was understood
            # without reading the tracker again; the processor takes `parse_data` as it is.
            message.parse_data = envelope.parse or await processor.parse_message(message)
            await on_new_message(message)
        except Exception:
            # The text is the buyer's: it stays out of the log.
            logger.exception("tuika.turn_failed sender=%s", envelope.sender)
            return _refuse(500, "turn_failed")
        return response.json({"ok": True, "messages": collector.messages, **understood(message.parse_data)})


def _processor(app: Sanic) -> Optional[Any]:
    return getattr(getattr(app.ctx, "agent", None), "processor", None)


def _refuse(status: int, error: str) -> HTTPResponse:
    return response.json({"ok": False, "error": error}, status=status)
