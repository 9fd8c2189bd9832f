"""Reading Rasa's request and writing its answer: the only place that knows the tracker's shape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from tuika.conversations.model import Say
from tuika.dialogue.rasa import say_to_json
from tuika.intake.scene import Understood


def turn_id(tracker: Tracker) -> str:
    """The hub's turn, as the channel put it into the message's metadata; empty when there is none."""
    metadata = (tracker.latest_message or {}).get("metadata") or {}
    return str(metadata.get("turn") or "")


def understood(tracker: Tracker) -> Understood:
    """What the engine made of the latest message."""
    message: dict[str, Any] = tracker.latest_message or {}
    intent = message.get("intent") or {}
    scores = {
        str(i.get("name")): float(i.get("confidence") or 0.0) for i in message.get("intent_ranking") or []
    }
    entities: dict[str, tuple[str, ...]] = {}
    for entity in message.get("entities") or []:
        name = str(entity.get("entity"))
        entities[name] = (*entities.get(name, ()), str(entity.get("value")))
    return Understood(
        intent=str(intent.get("name") or "nlu_fallback"),
        confidence=float(intent.get("confidence") or 0.0),
        ranking=tuple(name for name in scores if name != "nlu_fallback"),
        entities=entities,
        scores=scores,
    )


def utter(dispatcher: CollectingDispatcher, says: Iterable[Say]) -> None:
    """Hand what is said to Rasa, which passes it back to the hub unread."""
    for say in says:
        dispatcher.utter_message(json_message={"say": say_to_json(say)})
