"""What the hub posts to the channel and what it gets back, without any web framework.

Invariants: `Envelope.read` raises BadEnvelope for anything but the agreed form; `text` can never be obeyed as a
command; a given parse has Rasa's own form, so that the processor can store it as if NLU had made it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Container, Dict, List, Optional

from .slash import neutralize

MAX_BODY = 64 * 1024
MAX_SENDER = 200
RANKING = 5
FALLBACK = "nlu_fallback"


class BadEnvelope(ValueError):
    """The request is not of the agreed form; the message is a short code for the hub's log."""


@dataclass(frozen=True)
class Envelope:
    """One turn of the buyer."""

    sender: str
    text: str
    turn: Any
    parse: Optional[Dict[str, Any]]

    @classmethod
    def read(cls, body: bytes) -> "Envelope":
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            raise BadEnvelope("malformed_json") from None
        if not isinstance(data, dict):
            raise BadEnvelope("malformed_json")
        sender, text = data.get("sender"), data.get("message")
        if not isinstance(sender, str) or not 0 < len(sender) <= MAX_SENDER:
            raise BadEnvelope("bad_sender")
        if not isinstance(text, str):
            raise BadEnvelope("bad_message")
        text = neutralize(text)
        parse = _read_parse(data.get("parse"), text)
        if parse is None and not text.strip():
            raise BadEnvelope("empty_message")
        return cls(sender, text, data.get("turn"), parse)

    def intent_in(self, intents: Container[str]) -> bool:
        return self.parse is not None and self.parse["intent"]["name"] in intents


def _read_parse(parse: Any, text: str) -> Optional[Dict[str, Any]]:
    if parse is None:
        return None
    intent = parse.get("intent") if isinstance(parse, dict) else None
    if not isinstance(intent, dict) or not isinstance(intent.get("name"), str) or not intent["name"]:
        raise BadEnvelope("bad_parse")
    confidence = intent.get("confidence", 1.0)
    if isinstance(confidence, bool) or not isinstance(confidence, (int, float)) or not 0 <= confidence <= 1:
        raise BadEnvelope("bad_parse")
    entities = parse.get("entities") or []
    if not isinstance(entities, list) or not all(_is_entity(entity) for entity in entities):
        raise BadEnvelope("bad_parse")
    said = parse.get("text", text)
    if not isinstance(said, str):
        raise BadEnvelope("bad_parse")
    named = {"name": intent["name"], "confidence": float(confidence)}
    return {"text": neutralize(said), "intent": named, "entities": entities, "intent_ranking": [dict(named)]}


def _is_entity(entity: Any) -> bool:
    return isinstance(entity, dict) and isinstance(entity.get("entity"), str) and "value" in entity


def understood(parse: Dict[str, Any]) -> Dict[str, Any]:
    """The part of the answer that tells how the message was read; the ranking leaves the fallback out."""
    intent = parse.get("intent") or {}
    ranking: List[Dict[str, Any]] = parse.get("intent_ranking") or []
    return {
        "intent": {
            "name": intent.get("name"),
            "confidence": round(float(intent.get("confidence") or 0.0), 4),
        },
        "ranking": [
            [row["name"], round(float(row["confidence"]), 4)]
            for row in ranking
            if row.get("name") != FALLBACK
        ][:RANKING],
        "entities": parse.get("entities") or [],
    }
