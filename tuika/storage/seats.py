"""Agents' seats in SQL."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, insert, select, update

from tuika.handoff.model import Presence, Seat
from tuika.storage.tables.desk import agent_seats


class SqlSeatRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, username: str) -> Seat | None:
        query = select(agent_seats).where(agent_seats.c.username == username)
        row = self._db.execute(query).mappings().first()
        return _seat(row) if row else None

    def put(self, seat: Seat) -> None:
        """Store it, whether it is new or not."""
        values = {"presence": seat.presence.value, "capacity": seat.capacity, "seen_at": seat.seen_at}
        changed = self._db.execute(
            update(agent_seats).where(agent_seats.c.username == seat.username).values(**values)
        )
        if changed.rowcount == 0:
            self._db.execute(insert(agent_seats).values(username=seat.username, **values))

    def all(self) -> list[Seat]:
        return [_seat(row) for row in self._db.execute(select(agent_seats)).mappings()]


def _seat(row: RowMapping) -> Seat:
    return Seat(
        username=row["username"],
        presence=Presence(row["presence"]),
        seen_at=row["seen_at"],
        capacity=row["capacity"],
    )
