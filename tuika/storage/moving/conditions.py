"""What must be so before a move, and while it goes on: a source of this version that rests, a target that is empty."""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, delete, exists, false, inspect, not_, select, text

from tuika.storage.database import application_of
from tuika.storage.migrate import head
from tuika.storage.moving.errors import MoveRefused
from tuika.storage.tables import metadata
from tuika.storage.tables.desk import canned_replies

MOVER = "tuika-move"
# what migrations put into an empty database; nobody has changed it while it bears their name
SEEDED = {canned_replies.name: canned_replies.c.changed_by == "system"}


def require_present(source: Engine) -> None:
    """Raises MoveRefused when the source has not this version's tables."""
    found, wanted = _revision(source), head()
    if found is None:
        raise MoveRefused("The source holds no Tuika database (there is no revision in it).")
    if found != wanted:
        raise MoveRefused(f"The source is at revision {found}, this Tuika at {wanted}. Run: tuika db upgrade")


def require_empty(target: Engine) -> None:
    """Raises MoveRefused when the target has rows, or tables of another version."""
    found, wanted = _revision(target), head()
    if found not in (None, wanted):
        raise MoveRefused(
            f"The target is at revision {found}, this Tuika at {wanted}. Name an empty database."
        )
    there = set(inspect(target).get_table_names())
    with target.connect() as connection:
        for table in metadata.sorted_tables:
            rows = select(table).where(not_(SEEDED.get(table.name, false())))
            if table.name in there and connection.execute(select(exists(rows))).scalar():
                raise MoveRefused(f"The target is not empty: {table.name} has rows. Name an empty database.")


def remove_seeds(writing: Connection) -> None:
    """What the target's own migrations put there makes room for the source's."""
    for name, seeded in SEEDED.items():
        writing.execute(delete(metadata.tables[name]).where(seeded))


def require_quiet(source: Engine, url: str) -> None:
    """Raises MoveRefused while Tuika is connected to the source. Of an SQLite file this cannot be asked."""
    if source.dialect.name != "postgresql":
        return
    query = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = :name")
    with source.connect() as connection:
        count = connection.execute(query, {"name": application_of(url)}).scalar_one()
    if count:
        raise MoveRefused(f"Tuika is connected to the source ({count} connections). Stop it and begin again.")


class Watch:
    """Sees whether anybody writes to an SQLite source; PostgreSQL is asked beforehand who is connected."""

    def __init__(self, source: Engine) -> None:
        self._watching = source.raw_connection() if source.dialect.name == "sqlite" else None
        self._before = self._version()

    def require_unchanged(self) -> None:
        """Raises MoveRefused when somebody wrote since."""
        if self._version() != self._before:
            raise MoveRefused("Somebody wrote to the source meanwhile. Stop Tuika and begin again.")

    def close(self) -> None:
        if self._watching is not None:
            self._watching.close()

    def _version(self) -> int:
        if self._watching is None:
            return 0
        cursor = self._watching.cursor()
        cursor.execute("PRAGMA data_version")
        (version,) = cursor.fetchone() or (0,)
        cursor.close()
        return int(version)


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
