"""Rasa's trackers in one SQLite file, and the running ones in memory.

Rasa's own SQL store reads, counts and rebuilds every event of a session on each message: a third of a turn. Here a
tracker that was saved stays in memory, whole, until it is asked for; its new events are appended as rows. One that
has grown long goes on as a short new session (`speed/shortening.py`).

Invariants: a tracker that holds more than was saved (its turn failed) is forgotten and the rows answer; rows are never
changed; one process owns the file (several share Rasa's SQL store).
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections import OrderedDict
from typing import Any, Dict, Iterable, List, NamedTuple, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

from .speed.shortening import shortened

KEPT_IN_MEMORY = 2000
KEPT_SECONDS = 14 * 86400.0  # senders end with their topic; the hub remembers, Rasa need not
_SCHEMA = """
CREATE TABLE IF NOT EXISTS tracker_events (
    sender_id TEXT NOT NULL, n INTEGER NOT NULL, starts INTEGER NOT NULL, at REAL NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (sender_id, n)
) WITHOUT ROWID
"""


class _Saved(NamedTuple):
    """A tracker and how many events it had when it was saved."""

    tracker: DialogueStateTracker
    events: int


class SqliteTrackerStore(TrackerStore):
    """`db` is the file's path; it is made when absent. Raises sqlite3.Error when it cannot be used."""

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
        self._connection = sqlite3.connect(db, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(_SCHEMA)
        self._forget_the_old()

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
        self._append(tracker.sender_id, events[self._already_stored(tracker.sender_id) :])
        if sum(isinstance(event, SessionStarted) for event in events) > 1:
            self._running.pop(tracker.sender_id, None)  # the next turn reads the latest session only
            return
        self._keep(self._shortened(tracker))

    def _shortened(self, tracker: DialogueStateTracker) -> DialogueStateTracker:
        """The tracker, or where it has grown long the same conversation in a new session, stored as one."""
        short = shortened(tracker, self.domain)
        if short is None:
            return tracker
        self._append(short.sender_id, list(short.events))
        return short

    def _keep(self, tracker: DialogueStateTracker) -> None:
        self._running[tracker.sender_id] = _Saved(tracker, len(tracker.events))
        self._running.move_to_end(tracker.sender_id)
        while len(self._running) > KEPT_IN_MEMORY:
            self._running.popitem(last=False)

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The latest session's tracker, or None for a sender never seen."""
        saved = self._running.pop(sender_id, None)
        tracker = saved.tracker if saved and len(saved.tracker.events) == saved.events else None
        tracker = tracker or self._rebuilt(sender_id, self._session_start(sender_id))
        if tracker is not None:
            self._handed_out[sender_id] = len(tracker.events)
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> Optional[DialogueStateTracker]:
        """All sessions' events, in order."""
        return self._rebuilt(conversation_id, 0)

    async def keys(self) -> Iterable[str]:
        return [row[0] for row in self._connection.execute("SELECT DISTINCT sender_id FROM tracker_events")]

    def _rebuilt(self, sender_id: str, first: int) -> Optional[DialogueStateTracker]:
        rows = self._connection.execute(
            "SELECT data FROM tracker_events WHERE sender_id = ? AND n >= ? ORDER BY n", (sender_id, first)
        ).fetchall()
        if not rows:
            return None
        return DialogueStateTracker.from_dict(
            sender_id, [json.loads(row[0]) for row in rows], self.domain.slots, self.max_event_history
        )

    def _session_start(self, sender_id: str) -> int:
        found = self._connection.execute(
            "SELECT MAX(n) FROM tracker_events WHERE sender_id = ? AND starts = 1", (sender_id,)
        ).fetchone()
        return int(found[0] or 0)

    def _last(self, sender_id: str) -> int:
        found = self._connection.execute(
            "SELECT MAX(n) FROM tracker_events WHERE sender_id = ?", (sender_id,)
        ).fetchone()
        return -1 if found[0] is None else int(found[0])

    def _already_stored(self, sender_id: str) -> int:
        """How many of the events of the tracker in work are rows."""
        if sender_id in self._handed_out:
            return self._handed_out.pop(sender_id)
        if sender_id in self._running:
            return self._running[sender_id].events
        last = self._last(sender_id)
        return 0 if last < 0 else last + 1 - self._session_start(sender_id)

    def _append(self, sender_id: str, events: List[Event]) -> None:
        first = self._last(sender_id) + 1
        rows = [
            (sender_id, first + i, int(isinstance(event, SessionStarted)), event.timestamp, _written(event))
            for i, event in enumerate(events)
        ]
        if not rows:
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany("INSERT INTO tracker_events VALUES (?, ?, ?, ?, ?)", rows)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _forget_the_old(self) -> None:
        """Senders that said nothing for `KEPT_SECONDS`, once a start."""
        self._connection.execute(
            "DELETE FROM tracker_events WHERE sender_id IN "
            "(SELECT sender_id FROM tracker_events GROUP BY sender_id HAVING MAX(at) < ?)",
            (time.time() - KEPT_SECONDS,),
        )


def _written(event: Event) -> str:
    return json.dumps(event.as_dict(), ensure_ascii=False)
