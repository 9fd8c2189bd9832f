"""The audit log in SQL.

Invariants: rows are inserted only; the head's row is locked by an UPDATE before a number is given out, so two
writers wait for each other and no number is skipped or used twice. Events of a transaction are numbered at its
end (:meth:`SqlAuditLog.flush`): everybody needs the head, so it is held shortest and locked last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, or_, select, update

from tuika.audit.chain import GENESIS, ChainReport, digest_of, verify
from tuika.audit.events import MAX_NAME, AuditEvent, checked_type
from tuika.audit.hygiene import clean_detail
from tuika.storage.tables.audit import audit_events, audit_head

_BATCH = 500
_FIRST_EVENT = 7_214_001  # the advisory lock of writers that find no head


class SqlAuditLog:
    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._kept: list[AuditEvent] = []

    def append(
        self, *, type: str, actor: str, subject: str, detail: Mapping[str, Any], at: datetime
    ) -> AuditEvent:
        """Keep one event for the end of the transaction. Raises ValueError for a type outside the grammar."""
        event = AuditEvent(
            seq=0,
            type=checked_type(type),
            actor=actor[:MAX_NAME],
            subject=subject[:MAX_NAME],
            detail=clean_detail(detail),
            at=at,
            previous=GENESIS,
        )
        self._kept.append(event)
        return event

    def flush(self) -> None:
        """Write what was kept at the end of the chain; the unit of work does so just before it commits."""
        kept, self._kept = self._kept, []
        if not kept:
            return
        seq, previous = self._next()
        for number, event in enumerate(kept):
            event = replace(event, seq=seq + number, previous=previous)
            previous = digest_of(event)
            self._db.execute(insert(audit_events).values(**_values(replace(event, digest=previous))))
        self._db.execute(update(audit_head).values(seq=seq + len(kept) - 1, digest=previous))

    def list(self, *, before: int | None = None, limit: int = 50) -> list[AuditEvent]:
        self.flush()
        query = select(audit_events).order_by(audit_events.c.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(audit_events.c.seq < before)
        return [_event(row) for row in self._db.execute(query).mappings()]

    def search(
        self,
        *,
        before: int | None = None,
        kind: str | None = None,
        actor: str | None = None,
        subject: str | None = None,
        limit: int = 100,
    ) -> Sequence[AuditEvent]:
        """Newest first; ``actor`` and ``subject`` with or without what stands before their colon."""
        query = select(audit_events).order_by(audit_events.c.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(audit_events.c.seq < before)
        if kind is not None:
            query = query.where(audit_events.c.type == kind)
        for column, value in ((audit_events.c.actor, actor), (audit_events.c.subject, subject)):
            if value is not None:
                query = query.where(or_(column == value, column.endswith(f":{value}", autoescape=True)))
        return [_event(row) for row in self._db.execute(query).mappings()]

    def verify(self) -> ChainReport:
        self.flush()
        head = self._db.execute(select(audit_head)).mappings().first()
        return verify(
            self._all(), head_seq=head["seq"] if head else 0, head_digest=head["digest"] if head else GENESIS
        )

    def _next(self) -> tuple[int, str]:
        """The next number and the digest before it, with the head locked."""
        moved = self._advance()
        if moved is None and self._db.dialect.name == "postgresql":
            self._db.execute(select(func.pg_advisory_xact_lock(_FIRST_EVENT)))
            moved = self._advance()
        if moved is not None:
            return moved
        last = self.list(limit=1)  # no head: the very first event, or a head that was lost
        seq, digest = (last[0].seq + 1, last[0].digest) if last else (1, GENESIS)
        self._db.execute(insert(audit_head).values(id=1, seq=seq, digest=digest))
        return seq, digest

    def _advance(self) -> tuple[int, str] | None:
        moved = self._db.execute(
            update(audit_head)
            .values(seq=audit_head.c.seq + 1)
            .returning(audit_head.c.seq, audit_head.c.digest)
        ).first()
        return (moved.seq, moved.digest) if moved is not None else None

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
