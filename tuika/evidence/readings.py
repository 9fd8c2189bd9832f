"""Reading pictures in the worker: claimed, read outside any transaction, sealed, stored.

Invariants: a reading is a row from the moment of upload, so no picture is forgotten; two workers never read one picture
at once (a lease on the real clock); text is redacted and its secrets sealed before it is stored; a picture that cannot
be read three times is given up and the buyer never waits for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from tuika.clock import Clock
from tuika.evidence.covering import covered
from tuika.evidence.model import Evidence
from tuika.evidence.ocr import Line
from tuika.evidence.ports import BlobStore
from tuika.evidence.reading import find, found_json

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
TRIES = 3
AGAIN = timedelta(seconds=30)
MAX_TEXT = 6_000


class ReadingState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Reading:
    """``found``: as :func:`tuika.evidence.reading.found_json`; ``secrets``: vault ids by placeholder;
    ``opens``: the turn number of the upload that nobody had asked for, 0 for all others."""

    evidence_id: str
    state: ReadingState
    due_at: datetime
    opens: int = 0
    attempts: int = 0
    read_at: datetime | None = None
    text: str = ""
    found: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    covered_sha256: str | None = None


class ReadingRepository(Protocol):
    def add(self, reading: Reading) -> None: ...
    def get(self, evidence_id: str) -> Reading | None: ...
    def save(self, reading: Reading) -> None: ...
    def claim(self, *, until: datetime, wall: datetime, lease_for: timedelta) -> Reading | None: ...
    def is_waiting(self, *, until: datetime, wall: datetime) -> bool:
        """Whether one is due and in nobody's hands."""
        ...


class Sealer(Protocol):
    """Takes the secrets out of lines of text and seals them."""

    def __call__(self, lines: list[str], *, conversation_id: str) -> Sealed: ...


@dataclass(frozen=True, slots=True)
class Sealed:
    """``lines`` redacted, in order; ``touched``: numbers of those that held a secret."""

    lines: tuple[str, ...]
    touched: frozenset[int]
    secrets: Mapping[str, str]


class Opener(Protocol):
    """What is said about a picture that opened a conversation, in the same transaction."""

    def look(self, evidence: Evidence, reading: Reading) -> Any: ...
    def tell(self, uow: Any, evidence: Evidence, reading: Reading, seen: Any) -> None: ...


class Readings:
    def __init__(
        self,
        *,
        clock: Clock,
        units: Callable[[], AbstractContextManager[Any]],
        store: BlobStore,
        ocr: Callable[[bytes], list[Line]],
        sealer: Sealer,
        opener: Opener,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clock = clock
        self._units = units
        self._store = store
        self._ocr = ocr
        self._sealer = sealer
        self._opener = opener
        self._wall = wall

    def is_waiting(self) -> bool:
        """Whether there is something to read that nobody reads."""
        with self._units() as uow:
            waiting: bool = uow.readings.is_waiting(until=self._clock.now(), wall=self._wall())
            return waiting

    def read_due(self, *, limit: int = 5) -> int:
        """Read what waits; how many pictures were worked."""
        for worked in range(limit):
            with self._units() as uow:
                row = uow.readings.claim(until=self._clock.now(), wall=self._wall(), lease_for=LEASE)
                evidence = uow.evidence.get(row.evidence_id) if row else None
            if row is None:
                return worked
            self._work(row, evidence)
        return limit

    def _work(self, row: Reading, evidence: Evidence | None) -> None:
        try:
            done = self._read(row, evidence) if evidence is not None else _given_up(row)
            seen = self._opener.look(evidence, done) if evidence is not None and done.opens else None
        except Exception as error:  # a picture that breaks the engine must not stop the others
            log.warning("evidence.reading_failed", extra={"error": type(error).__name__})
            with self._units() as uow:
                now = uow.readings.get(row.evidence_id)
                uow.readings.save(self._put_back(now or row))
            return
        with self._units() as uow:
            now = uow.readings.get(row.evidence_id)
            if now is not None and now.opens != row.opens:  # it was made the opening one while it was read
                uow.readings.save(replace(done, opens=now.opens, state=ReadingState.WAITING))
                return
            uow.readings.save(done)
            if seen is not None and evidence is not None:
                self._opener.tell(uow, evidence, done, seen)

    def _read(self, row: Reading, evidence: Evidence) -> Reading:
        shown = evidence.still_sha256 or evidence.sha256
        data = self._store.read(shown)
        lines = self._ocr(data)
        sealed = self._sealer([line.text for line in lines], conversation_id=evidence.conversation_id)
        text = "\n".join(sealed.lines)[:MAX_TEXT]
        cover = None
        if sealed.touched:
            cover = covered(data, [lines[number].box for number in sorted(sealed.touched)])
            self._store.put(cover)
        return Reading(
            evidence_id=row.evidence_id,
            state=ReadingState.DONE,
            due_at=row.due_at,
            opens=row.opens,
            attempts=row.attempts + 1,
            read_at=self._clock.now(),
            text=text,
            found=found_json(find(text)),
            secrets=sealed.secrets,
            covered_sha256=cover.sha256 if cover else None,
        )

    def _put_back(self, row: Reading) -> Reading:
        attempts = row.attempts + 1
        state = ReadingState.FAILED if attempts >= TRIES else ReadingState.WAITING
        later = self._clock.now() + AGAIN * attempts
        return Reading(row.evidence_id, state, later, opens=row.opens, attempts=attempts)


def _given_up(row: Reading) -> Reading:
    return Reading(row.evidence_id, ReadingState.FAILED, row.due_at, attempts=row.attempts + 1)
