"""What is known of a turn while it is worked in this process: who it is, and what its steps saw.

Invariants: it saves a look and decides nothing (each step checks its turn in its own transaction); a turn whose steps
come to different processes simply looks again; the memory of it is bounded.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

from tuika.conversations.model import Conversation
from tuika.conversations.turns import Turn
from tuika.intake.memory import Memory
from tuika.intake.scene import Sight

MOST = 256  # turns; more than are under way at once


@dataclass(frozen=True, slots=True)
class Glance:
    """A turn and its conversation as they went to the engine, with the memory that the latest step left.

    ``sight``: the shop as the turn's first step saw it; None before that.
    """

    turn: Turn
    conversation: Conversation
    sight: Sight | None = None

    @property
    def memory(self) -> Memory:
        return Memory.model_validate(self.conversation.memory)


class Glances:
    def __init__(self) -> None:
        self._lock = threading.Lock()  # actions run in many threads
        self._kept: OrderedDict[str, Glance] = OrderedDict()

    def of(self, turn_id: str) -> Glance | None:
        with self._lock:
            kept = self._kept.get(turn_id)
        if kept is None or kept.sight is None:
            return kept
        return replace(kept, sight=kept.sight.copy())

    def keep(self, glance: Glance) -> None:
        """``glance.sight`` is nobody else's."""
        with self._lock:
            self._kept[glance.turn.id] = glance
            self._kept.move_to_end(glance.turn.id)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)

    def forget(self, turn_id: str) -> None:
        with self._lock:
            self._kept.pop(turn_id, None)
