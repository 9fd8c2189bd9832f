"""The chain of digests that makes a change to the log visible.

Invariants: the digest of an event covers every one of its fields and the digest before it; the head (kept in
a row of its own) names the last event, so that cutting off the end shows as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC

from tuika.audit.events import AuditEvent

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class ChainReport:
    """``broken_at``: the first ``seq`` that does not fit; None when all do."""

    count: int
    broken_at: int | None = None
    why: str = ""

    @property
    def ok(self) -> bool:
        return self.broken_at is None


def digest_of(event: AuditEvent) -> str:
    """SHA-256 over the canonical JSON of everything but the digest itself."""
    fields = {
        "seq": event.seq,
        "type": event.type,
        "actor": event.actor,
        "subject": event.subject,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "detail": dict(event.detail),
        "previous": event.previous,
    }
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def verify(events: Iterable[AuditEvent], *, head_seq: int, head_digest: str) -> ChainReport:
    """Walk the log in order of ``seq`` and say where it breaks, if it does."""
    previous, count = GENESIS, 0
    for event in events:
        count += 1
        if event.seq != count:
            return ChainReport(count - 1, count, "an event is missing")
        if event.previous != previous or digest_of(event) != event.digest:
            return ChainReport(count - 1, event.seq, "an event was changed")
        previous = event.digest
    if count != head_seq or (count and previous != head_digest):
        return ChainReport(count, count + 1, "the end was cut off")
    return ChainReport(count)
