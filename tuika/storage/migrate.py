"""Creating and upgrading the hub's database.

Invariants: the schema changes only by migration; an upgrade that fails leaves the database at its old
revision; two processes that start together do not migrate twice (a file lock beside SQLite's file).
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
from sqlalchemy.engine import make_url

from tuika.storage.database import open_engine

MIGRATIONS = Path(__file__).parent / "migrations"


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


def at_head(url: str) -> bool:
    """Whether the database has the newest schema."""
    head = ScriptDirectory.from_config(config(url)).get_current_head()
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() == head
    finally:
        engine.dispose()


@contextmanager
def _alone(url: str) -> Iterator[None]:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        yield
        return
    path = Path(parsed.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / f"{path.name}.migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
