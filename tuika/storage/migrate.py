"""Creating and upgrading the hub's database.

Invariants: the schema changes only by migration; all steps of a call are one transaction, so that one that fails leaves
the database at its old revision with its old rows; rows that refer to nothing afterwards are a failure too; two
processes that start together do not migrate twice (a file lock beside SQLite's file, an advisory lock on PostgreSQL).
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select
from sqlalchemy.engine import make_url

from tuika.errors import Conflict
from tuika.storage.database import open_engine, to_write

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATING = 7_214_002

type Look = Callable[[Connection], None]
"""Looks at the database before the change is final; whatever it raises takes the change back."""


def config(url: str) -> Config:
    """Alembic's configuration for a database."""
    configured = Config()
    configured.set_main_option("script_location", str(MIGRATIONS))
    configured.attributes["url"] = url
    return configured


def upgrade(url: str, revision: str = "head", *, look: Look | None = None) -> None:
    """Bring a database to a revision; creates it when it does not exist."""
    with _alone(url), _one_transaction(url, look) as configured:
        command.upgrade(configured, revision)


def downgrade(url: str, revision: str, *, look: Look | None = None) -> None:
    """Bring a database back to an earlier revision."""
    with _alone(url), _one_transaction(url, look) as configured:
        command.downgrade(configured, revision)


def upgrade_within(connection: Connection, revision: str) -> None:
    """The same inside the caller's transaction."""
    configured = config("")
    configured.attributes["connection"] = connection
    command.upgrade(configured, revision)


def head() -> str:
    """The newest revision that this program knows."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def history() -> list[str]:
    """Every revision that this program knows, oldest first."""
    return [each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]


def revision_of(url: str) -> str | None:
    """The revision of a database; None where there is none, or no database of ours."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not (parsed.database and Path(parsed.database).exists()):
        return None
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def at_head(url: str) -> bool:
    """Whether the database has the newest schema."""
    return revision_of(url) == head()


@contextmanager
def _one_transaction(url: str, look: Look | None) -> Iterator[Config]:
    engine = open_engine(url)
    try:
        with engine.connect() as raw:
            if (
                raw.dialect.name == "sqlite"
            ):  # a table that is made anew would take along the rows that refer to it
                _without_references(raw)
            connection = to_write(raw)
            with connection.begin():
                configured = config(url)
                configured.attributes["connection"] = connection
                yield configured
                _nothing_lost(connection)
                if look is not None:
                    look(connection)
    finally:
        engine.dispose()


def _without_references(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")


def _nothing_lost(connection: Connection) -> None:
    """Raises Conflict where SQLite finds rows that refer to none."""
    if connection.dialect.name != "sqlite":
        return
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if lost:
        tables = ", ".join(sorted({str(row[0]) for row in lost}))
        raise Conflict(f"迁移后有 {len(lost)} 行指向不存在的行（{tables}），已全部退回")


@contextmanager
def _alone(url: str) -> Iterator[None]:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        with _alone_on_postgres(url):
            yield
        return
    if not parsed.database:
        yield
        return
    path = Path(parsed.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / f"{path.name}.migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _alone_on_postgres(url: str) -> Iterator[None]:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            connection.execute(select(func.pg_advisory_lock(_MIGRATING)))
            connection.commit()  # the lock is the session's: no snapshot is kept open while tables change
            try:
                yield
            finally:
                connection.execute(select(func.pg_advisory_unlock(_MIGRATING)))
    finally:
        engine.dispose()
