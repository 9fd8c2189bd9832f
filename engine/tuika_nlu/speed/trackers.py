"""Copies of trackers and slots without replaying a conversation.

Rasa copies the tracker before each action and replays every event into the copy, and copies each slot the long way
of `copy.copy`. A tracker's state is a few attributes, so they are copied as they are.

Invariant: a copy is equal to the replayed one (a test compares them), except that a follow-up action that was already
taken does not come back in the copy.
"""

from __future__ import annotations

import copy
import dataclasses

from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker


def copy_slot(self: Slot) -> Slot:
    twin: Slot = object.__new__(type(self))
    twin.__dict__.update(self.__dict__)
    return twin


def copy_tracker(self: DialogueStateTracker) -> DialogueStateTracker:
    """As `travel_back_in_time(inf)`: events and state, neither model, assistant nor source."""
    twin: DialogueStateTracker = object.__new__(DialogueStateTracker)
    twin.__dict__.update(self.__dict__)
    twin.events = self._create_events([])
    twin.events.extend(self.events)
    twin.slots = {name: copy_slot(slot) for name, slot in self.slots.items()}
    twin.active_loop = dataclasses.replace(self.active_loop) if self.active_loop else None
    twin.latest_action = copy.copy(self.latest_action)
    twin.sender_source = twin.model_id = twin.assistant_id = None
    return twin
