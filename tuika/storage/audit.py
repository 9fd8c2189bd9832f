"""The audit log in SQL.

Invariants: rows are inserted only; the head's row is locked by an UPDATE before a number is given out, so two
writers wait for each other and no number is skipped or used twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from tuika.audit.chain import GENESIS, ChainReport, digest_of, verify
from tuika.audit.events import MAX_NAME, AuditEvent, checked_type
from tuika.audit.hygiene import clean_detail
from tuika.storage.tables.audit import audit_events, audit_head

_BATCH = 500


class SqlAuditLog:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def append(
        self, *, type: str, actor: str, subject: str, detail: Mapping[str, Any], at: datetime
    ) -> AuditEvent:
        """Write one event at the end of the chain. Raises ValueError for a type outside the grammar."""
        seq, previous = self._next()
        event = AuditEvent(
            seq=seq,
            type=checked_type(type),
            actor=actor[:MAX_NAME],
            subject=subject[:MAX_NAME],
            detail=clean_detail(detail),
            at=at,
            previous=previous,
        )
        event = replace(event, digest=digest_of(event))
        self._db.execute(insert(audit_events).values(**_values(event)))
        self._db.execute(update(audit_head).values(digest=event.digest))
        return event

    def list(self, *, before: int | None = None, limit: int = 50) -> list[AuditEvent]:
        query = select(audit_events).order_by(audit_events.c.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(audit_events.c.seq < before)
        return [_event(row) for row in self._db.execute(query).mappings()]

    def verify(self) -> ChainReport:
        head = self._db.execute(select(audit_head)).mappings().first()
        return verify(
            self._all(), head_seq=head["seq"] if head else 0, head_digest=head["digest"] if head else GENESIS
        )

    def _next(self) -> tuple[int, str]:
        moved = self._db.execute(
            update(audit_head)
            .values(seq=audit_head.c.seq + 1)
            .returning(audit_head.c.seq, audit_head.c.digest)
        ).first()
        if moved is not None:
            return moved.seq, moved.digest
        last = self.list(limit=1)  # no head: the very first event, or a head that was lost
        seq, digest = (last[0].seq + 1, last[0].digest) if last else (1, GENESIS)
        self._db.execute(insert(audit_head).values(id=1, seq=seq, digest=digest))
        return seq, digest

    def _all(self) -> Iterator[AuditEvent]:
        last = 0
        while True:
            query = (
                select(audit_events)
                .where(audit_events.c.seq > last)
                .order_by(audit_events.c.seq)
                .limit(_BATCH)
            )
            rows = self._db.execute(query).mappings().all()
            if not rows:
                return
            yield from (_event(row) for row in rows)
            last = rows[-1]["seq"]


def _values(event: AuditEvent) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "type": event.type,
        "actor": event.actor,
        "subject": event.subject,
        "detail": dict(event.detail),
        "at": event.at,
        "previous": event.previous,
        "digest": event.digest,
    }


def _event(row: RowMapping) -> AuditEvent:
    return AuditEvent(
        seq=row["seq"],
        type=row["type"],
        actor=row["actor"],
        subject=row["subject"],
        at=row["at"],
        detail=row["detail"],
        previous=row["previous"],
        digest=row["digest"],
    )
