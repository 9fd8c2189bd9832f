"""Reported contacts in SQL. Nothing here commits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from tuika.safety.blocklist import BlockedContact
from tuika.storage.tables.safety import blocked_contacts, contact_sightings

_B = blocked_contacts.c
_S = contact_sightings.c
MAX_VALUE = 200
MAX_WHO = 160


class SqlBlocklistRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def sight(self, value: str, reporter: str, report_id: str, at: datetime) -> None:
        pair = and_(_S.value == value[:MAX_VALUE], _S.reporter == reporter[:MAX_WHO])
        changed = self._db.execute(
            update(contact_sightings).where(pair).values(at=at, report_id=report_id)
        ).rowcount
        if not changed:
            self._db.execute(
                insert(contact_sightings).values(
                    value=value[:MAX_VALUE], reporter=reporter[:MAX_WHO], report_id=report_id, at=at
                )
            )

    def reporters(self, value: str, after: datetime) -> int:
        query = select(func.count()).where(_S.value == value[:MAX_VALUE], _S.at > after)
        return int(self._db.execute(query).scalar() or 0)

    def get(self, blocked_id: str) -> BlockedContact | None:
        return self._one(_B.id == blocked_id)

    def find(self, value: str) -> BlockedContact | None:
        return self._one(_B.value == value[:MAX_VALUE])

    def put(self, contact: BlockedContact) -> None:
        values: dict[str, Any] = {
            "value": contact.value[:MAX_VALUE],
            "kind": contact.kind,
            "reporters": contact.reporters,
            "since": contact.since,
            "last_at": contact.last_at,
            "lifted_at": contact.lifted_at,
            "lifted_by": contact.lifted_by,
            "lift_reason": contact.lift_reason,
        }
        changed = self._db.execute(update(blocked_contacts).where(_B.id == contact.id).values(**values))
        if changed.rowcount == 0:
            self._db.execute(insert(blocked_contacts).values(id=contact.id, **values))

    def forget(self, reporters: list[str], before: datetime | None = None) -> int:
        """Delete who reported: of these reporters, or what is older than ``before``."""
        condition: Any = _S.reporter.in_([each[:MAX_WHO] for each in reporters])
        if before is not None:
            condition = or_(condition, _S.at < before)
        return self._db.execute(delete(contact_sightings).where(condition)).rowcount

    def _one(self, condition: Any) -> BlockedContact | None:
        row = self._db.execute(select(blocked_contacts).where(condition)).mappings().first()
        return BlockedContact(**row) if row else None

    def list(self, *, after: BlockedContact | None = None, limit: int = 50) -> list[BlockedContact]:
        """Newest report first, those that follow ``after`` in that order; lifted ones too."""
        query = select(blocked_contacts).order_by(_B.last_at.desc(), _B.id).limit(limit)
        if after is not None:
            same = and_(_B.last_at == after.last_at, _B.id > after.id)
            query = query.where(or_(_B.last_at < after.last_at, same))
        return [BlockedContact(**row) for row in self._db.execute(query).mappings()]
