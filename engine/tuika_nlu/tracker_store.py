"""Rasa's trackers as rows, and the running ones in memory.

Rasa's own SQL store reads, counts and rebuilds every event of a session on each message: a third of a turn. Here a
tracker that was saved stays in memory, whole, until it is asked for; its new events are appended as rows. One that
has grown long goes on as a short new session (`speed/shortening.py`).

Invariants: a tracker that holds more than was saved (its turn failed) is forgotten and the rows answer; so do they where
another Rasa went on with the sender, which one question tells before each turn; rows are never changed.
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from typing import Any, Dict, Iterable, List, NamedTuple, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

from .speed.shortening import shortened
from .tracker_rows import KEPT_SECONDS, EventRow, open_rows

KEPT_IN_MEMORY = 2000


class _Saved(NamedTuple):
    """A tracker, how many events it had when it was saved, and the number of the last one."""

    tracker: DialogueStateTracker
    events: int
    last: int


class RowTrackerStore(TrackerStore):
    """`db` is the path of an SQLite file, for one Rasa, or `postgresql://...` for many. Raises the driver's errors."""

    def __init__(
        self,
        domain: Optional[Domain],
        event_broker: Optional[EventBroker] = None,
        db: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self._running: "OrderedDict[str, _Saved]" = OrderedDict()
        self._handed_out: Dict[str, int] = {}
        self._rows = open_rows(db)
        self._rows.forget_before(time.time() - KEPT_SECONDS)

    @property
    def domain(self) -> Domain:
        return self._domain

    @domain.setter
    def domain(self, domain: Optional[Domain]) -> None:
        """Another model's slots: what is in memory was made with the old ones."""
        self._domain = domain or Domain.empty()
        self._running.clear()

    async def save(self, tracker: DialogueStateTracker) -> None:
        await self.stream_events(tracker)
        events = list(tracker.events)
        last = self._append(tracker.sender_id, events[self._already_stored(tracker.sender_id) :])
        if sum(isinstance(event, SessionStarted) for event in events) > 1:
            self._running.pop(tracker.sender_id, None)  # the next turn reads the latest session only
            return
        self._keep(self._shortened(_Saved(tracker, len(events), last)))

    def _shortened(self, saved: _Saved) -> _Saved:
        """The tracker, or where it has grown long the same conversation in a new session, stored as one."""
        short = shortened(saved.tracker, self.domain)
        if short is None:
            return saved
        events = list(short.events)
        return _Saved(short, len(events), self._append(short.sender_id, events))

    def _keep(self, saved: _Saved) -> None:
        tracker = saved.tracker
        self._running[tracker.sender_id] = saved
        self._running.move_to_end(tracker.sender_id)
        while len(self._running) > KEPT_IN_MEMORY:
            self._running.popitem(last=False)

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The latest session's tracker, or None for a sender never seen."""
        saved = self._running.pop(sender_id, None)
        tracker = saved.tracker if saved and self._is_present(saved) else None
        tracker = tracker or self._rebuilt(sender_id, self._rows.session_start(sender_id))
        if tracker is not None:
            self._handed_out[sender_id] = len(tracker.events)
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> Optional[DialogueStateTracker]:
        """All sessions' events, in order."""
        return self._rebuilt(conversation_id, 0)

    async def keys(self) -> Iterable[str]:
        return self._rows.senders()

    def _rebuilt(self, sender_id: str, first: int) -> Optional[DialogueStateTracker]:
        events = self._rows.since(sender_id, first)
        if not events:
            return None
        return DialogueStateTracker.from_dict(
            sender_id, [json.loads(event) for event in events], self.domain.slots, self.max_event_history
        )

    def _is_present(self, saved: _Saved) -> bool:
        """Whether what is in memory is what is stored: nothing more, and nothing of another Rasa behind it."""
        if len(saved.tracker.events) != saved.events:
            return False
        return not self._rows.shared or self._rows.last(saved.tracker.sender_id) == saved.last

    def _already_stored(self, sender_id: str) -> int:
        """How many of the events of the tracker in work are rows."""
        if sender_id in self._handed_out:
            return self._handed_out.pop(sender_id)
        if sender_id in self._running:
            return self._running[sender_id].events
        last = self._rows.last(sender_id)
        return 0 if last < 0 else last + 1 - self._rows.session_start(sender_id)

    def _append(self, sender_id: str, events: List[Event]) -> int:
        """The number of the last one, which is the last of the sender."""
        first = self._rows.last(sender_id) + 1
        rows = [EventRow(int(isinstance(e, SessionStarted)), e.timestamp, _written(e)) for e in events]
        if rows:
            self._rows.append(sender_id, first, rows)
        return first + len(rows) - 1


def _written(event: Event) -> str:
    return json.dumps(event.as_dict(), ensure_ascii=False)
