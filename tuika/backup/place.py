"""Where an installation keeps what it must not lose, and whether something is using it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from tuika.backup.model import MEMBER
from tuika.heartbeat import Process
from tuika.settings import Settings
from tuika.storage.database import open_engine
from tuika.storage.processes import SqlProcesses

HUB = "tuika.db"
"""What the hub's own SQLite file is called in an archive."""


@dataclass(frozen=True, slots=True)
class Place:
    """``file``: the hub's SQLite file; None on PostgreSQL."""

    url: str
    data: Path
    file: Path | None

    @classmethod
    def of(cls, settings: Settings) -> Place:
        url = make_url(settings.url)
        file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
        return cls(settings.url, settings.data, file)

    @property
    def evidence(self) -> Path:
        return self.data / "evidence"

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    def others(self) -> list[Path]:
        """SQLite files beside the hub's: orders from files, the demo's shop, Rasa's events."""
        found = sorted(self.data.glob("*.db"))
        ours = self.file.resolve() if self.file else None
        return [
            path for path in found if path.resolve() != ours and MEMBER.fullmatch(f"databases/{path.name}")
        ]

    def pictures(self) -> list[Path]:
        """The files of evidence, those that are named as evidence is."""
        found = self.evidence.glob("??/*") if self.evidence.is_dir() else ()
        return sorted(path for path in found if MEMBER.fullmatch(f"evidence/{path.parent.name}/{path.name}"))

    def tables(self) -> list[str]:
        """The tables that are there; none where there is no database. Raises SQLAlchemyError for a broken one."""
        if self.file is not None and not self.file.exists():
            return []
        engine = open_engine(self.url)
        try:
            return inspect(engine).get_table_names()
        finally:
            engine.dispose()

    def is_occupied(self) -> bool:
        """Whether a restore would replace something."""
        try:
            return bool(self.tables() or self.pictures())
        except SQLAlchemyError:
            return True

    def alive(self, now: datetime | None = None) -> list[Process]:
        """Processes that use it, as their heartbeats say; a database that cannot be read names none."""
        if self.file is not None and not self.file.exists():
            return []
        engine = open_engine(self.url)
        try:
            with suppress(SQLAlchemyError), engine.connect() as connection:
                found = SqlProcesses(connection).all()
                return [each for each in found if each.is_alive(now or datetime.now(UTC))]
            return []
        finally:
            engine.dispose()
