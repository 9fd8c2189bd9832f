"""A long session made short: what no rule sees any more is left out.

A tracker grows by a dozen events a turn, and Rasa walks all of them several times a turn. The hub remembers what was
said; Rasa's rules look at the last few states, the slots and the active form.

Invariants: a short session leads every rule to the same answer as the long one (its last states, slots and form are
compared before it is given out; where they differ it is not); nothing is shortened in the middle of a turn.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from .rules import farthest_sight
from .states import last_states

LONG = 90  # events; a turn has about a dozen
SEEN = 6  # states that are compared, or as many as the longest rule of the model has (three in this project)


def shortened(tracker: DialogueStateTracker, domain: Domain) -> Optional[DialogueStateTracker]:
    """The same conversation in a new session of few events; None where it is short enough or must stay as it is."""
    if len(tracker.events) < LONG or tracker.latest_action_name != ACTION_LISTEN_NAME:
        return None
    applied, seen = tracker.applied_events(), max(SEEN, farthest_sight())
    cut = _cut(applied, seen)
    if cut is None:
        return None
    short = _tracker(tracker, domain, [*_beginning(tracker, domain, applied[:cut]), *_telling(applied[cut:])])
    return short if len(short.events) < LONG and _same(short, tracker, domain, seen) else None


def _cut(applied: List[Event], seen: int) -> Optional[int]:
    """Where the last whole turns begin that have more actions than are seen."""
    actions = [place for place, event in enumerate(applied) if isinstance(event, ActionExecuted)]
    for place in reversed(actions[: -seen - 1]):
        if applied[place].action_name == ACTION_LISTEN_NAME:  # type: ignore[attr-defined]
            return place
    return None


def _beginning(tracker: DialogueStateTracker, domain: Domain, before: List[Event]) -> List[Event]:
    """What the events before the cut came to."""
    past = _tracker(tracker, domain, before)
    kept: List[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    kept += [
        SlotSet(slot.name, slot.value) for slot in past.slots.values() if slot.value != slot.initial_value
    ]
    if past.active_loop_name:
        kept.append(ActiveLoop(past.active_loop_name))
    for event in kept:
        event.timestamp = before[-1].timestamp if before else event.timestamp
    return kept


def _telling(events: List[Event]) -> List[Event]:
    """Without what was said to the buyer: that is the hub's, and weighs most."""
    return [event for event in events if not isinstance(event, BotUttered)]


def _tracker(like: DialogueStateTracker, domain: Domain, events: List[Event]) -> DialogueStateTracker:
    made = DialogueStateTracker.from_events(like.sender_id, events, domain.slots, like._max_event_history)
    made.model_id, made.assistant_id = like.model_id, like.assistant_id
    return made


def _same(short: DialogueStateTracker, long: DialogueStateTracker, domain: Domain, seen: int) -> bool:
    """Whether every rule reads both alike."""
    return last_states(short, domain, seen) == last_states(long, domain, seen) and _now(short) == _now(long)


def _now(tracker: DialogueStateTracker) -> Dict[str, Any]:
    loop = tracker.active_loop
    return {
        "slots": tracker.current_slot_values(),
        "loop": loop and (loop.name, loop.is_interrupted, loop.rejected),
        "action": tracker.latest_action,
        "followup": tracker.followup_action,
        "paused": tracker.is_paused(),
    }
