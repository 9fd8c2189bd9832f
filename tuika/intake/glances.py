"""What one step of a turn leaves for the next, which follows within milliseconds in the same process.

Invariants: it saves a look and decides nothing (each step checks its turn in its own transaction); a turn whose steps
come to different processes simply looks again; the memory of it is bounded.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime

from tuika.intake.scene import Sight

MOST = 256  # turns; more than are under way at once


@dataclass(frozen=True, slots=True)
class Glance:
    """The shop as the turn's first step saw it, and the form that was open after its latest.

    ``sent_at``: when the turn went to the engine; one that is sent again looks afresh.
    """

    sight: Sight
    form: str | None
    sent_at: datetime | None


class Glances:
    def __init__(self) -> None:
        self._lock = threading.Lock()  # actions run in many threads
        self._kept: OrderedDict[str, Glance] = OrderedDict()

    def of(self, turn_id: str) -> Glance | None:
        with self._lock:
            kept = self._kept.get(turn_id)
        return replace(kept, sight=kept.sight.copy()) if kept is not None else None

    def keep(self, turn_id: str, glance: Glance) -> None:
        """``glance.sight`` is nobody else's."""
        with self._lock:
            self._kept[turn_id] = glance
            self._kept.move_to_end(turn_id)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)

    def forget(self, turn_id: str) -> None:
        with self._lock:
            self._kept.pop(turn_id, None)
