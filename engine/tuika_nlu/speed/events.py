"""Kinds of events by name, found once each."""

from __future__ import annotations

from typing import Dict, Optional, Type

from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses

_known: Dict[str, Type[Event]] = {}


def resolve_by_type(type_name: str, default: Optional[Type[Event]] = None) -> Optional[Type[Event]]:
    """As Rasa's, but the walk over all subclasses of Event is made once for each name, not for each event."""
    known = _known.get(type_name)
    if known is not None:
        return known
    for event_type in all_subclasses(Event):
        if event_type.type_name == type_name:
            _known[type_name] = event_type
            return event_type
    if type_name == "topic":
        return None
    if default is not None:
        return default
    raise ValueError(f"Unknown event name '{type_name}'.")
