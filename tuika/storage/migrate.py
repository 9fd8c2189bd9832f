"""Creating and upgrading the hub's database.

Invariants: the schema changes only by migration; an upgrade that fails leaves the database at its old
revision; two processes that start together do not migrate twice (a file lock beside SQLite's file, an advisory
lock on PostgreSQL).
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from tuika.storage.database import open_engine

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATING = 7_214_002


def config(url: str) -> Config:
    """Alembic's configuration for a database."""
    configured = Config()
    configured.set_main_option("script_location", str(MIGRATIONS))
    configured.attributes["url"] = url
    return configured


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database to a revision; creates it when it does not exist."""
    with _alone(url):
        command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    with _alone(url):
        command.downgrade(config(url), revision)


def head() -> str:
    """The newest revision."""
    newest = ScriptDirectory.from_config(config("")).get_current_head()
    assert newest is not None
    return newest


def at_head(url: str) -> bool:
    """Whether the database has the newest schema."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() == head()
    finally:
        engine.dispose()


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
