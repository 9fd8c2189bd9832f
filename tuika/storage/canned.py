"""Canned replies in SQL."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, delete, insert, or_, select, update

from tuika.handoff.canned import Canned
from tuika.storage.tables.desk import canned_replies


class SqlCannedRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, canned_id: str) -> Canned | None:
        query = select(canned_replies).where(canned_replies.c.id == canned_id)
        row = self._db.execute(query).mappings().first()
        return Canned(**row) if row else None

    def put(self, canned: Canned) -> None:
        values = asdict(canned)
        changed = self._db.execute(
            update(canned_replies).where(canned_replies.c.id == canned.id).values(**values)
        )
        if changed.rowcount == 0:
            self._db.execute(insert(canned_replies).values(**values))

    def drop(self, canned_id: str) -> None:
        self._db.execute(delete(canned_replies).where(canned_replies.c.id == canned_id))

    def of(self, username: str) -> list[Canned]:
        """Shared ones and this agent's own, by title."""
        mine = or_(canned_replies.c.owner.is_(None), canned_replies.c.owner == username)
        query = select(canned_replies).where(mine).order_by(canned_replies.c.title, canned_replies.c.id)
        return [Canned(**row) for row in self._db.execute(query).mappings()]
