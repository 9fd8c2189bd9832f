"""Heartbeats in SQL."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from tuika.heartbeat import Process
from tuika.storage.tables.processes import processes

_P = processes.c


class SqlProcesses:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def beat(self, process: Process) -> None:
        beaten = update(processes).where(_P.id == process.id).values(seen_at=process.seen_at)
        if self._db.execute(beaten).rowcount == 0:
            self._db.execute(insert(processes).values(**asdict(process)))

    def gone(self, process_id: str) -> None:
        self._db.execute(delete(processes).where(_P.id == process_id))

    def forget(self, before: datetime) -> None:
        self._db.execute(delete(processes).where(_P.seen_at < before))

    def all(self) -> list[Process]:
        """Hubs first, the longest running first."""
        rows = self._db.execute(select(processes).order_by(_P.kind, _P.started_at, _P.id)).mappings()
        return [Process(**row) for row in rows]
