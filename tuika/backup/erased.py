"""Whose data was erased after a backup was taken: the backup brings it back, so it must be erased again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from tuika.audit.events import AuditEventType
from tuika.backup.place import Place
from tuika.storage.database import open_engine
from tuika.storage.tables.audit import audit_events


def erased_since(place: Place, at: datetime) -> tuple[str, ...]:
    """Ids of buyers; none where the present database cannot be read."""
    row = audit_events.c
    query = select(row.subject).where(row.type == AuditEventType.BUYER_ERASED, row.at > at).distinct()
    try:
        if audit_events.name not in place.tables():
            return ()
        engine = open_engine(place.url)
        try:
            with engine.connect() as connection:
                return tuple(str(subject).removeprefix("buyer:") for (subject,) in connection.execute(query))
        finally:
            engine.dispose()
    except SQLAlchemyError:
        return ()
