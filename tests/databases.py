"""The databases that tests of storage run on: SQLite always, PostgreSQL where one answers.

Invariants: a PostgreSQL test gets a schema of its own, dropped at its end; where none answers those tests are
skipped with the address that was tried, but with ``CI=true`` they fail, so that nothing drops out unseen. Another server
is named by ``TUIKA_TEST_POSTGRES``.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

POSTGRES = os.environ.get("TUIKA_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test")
KINDS = ("sqlite", "postgresql")
_WAIT_S = 3


@contextmanager
def database_url(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of that kind; it is gone after the block."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'tuika.db'}"
        return
    require_postgres()
    with postgres_schema() as url:
        yield url


def require_postgres() -> None:
    """Skips the test where no PostgreSQL answers; fails it under CI."""
    why = unreachable()
    if why is None:
        return
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"CI=true needs a PostgreSQL at {POSTGRES}: {why}")
    pytest.skip(f"no PostgreSQL at {POSTGRES} ({why}); name one with TUIKA_TEST_POSTGRES")


@cache
def unreachable() -> str | None:
    """Why PostgreSQL cannot be used; None when it can."""
    engine = create_engine(POSTGRES, poolclass=NullPool, connect_args={"connect_timeout": _WAIT_S})
    try:
        with engine.connect():
            return None
    except OperationalError as error:
        return str(error.orig).strip().splitlines()[0]


@contextmanager
def postgres_schema() -> Iterator[str]:
    """A new schema's address: whoever connects with it sees and makes tables there alone."""
    with _made("CREATE SCHEMA {}", "DROP SCHEMA {} CASCADE") as name:
        yield f"{POSTGRES}?options=-csearch_path%3D{name}"


@contextmanager
def postgres_database() -> Iterator[str]:
    """A new database's address, for what names its schemas itself."""
    with _made("CREATE DATABASE {}", "DROP DATABASE {} WITH (FORCE)") as name:
        yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


@contextmanager
def _made(create: str, drop: str) -> Iterator[str]:
    """The name of something that is there during the block."""
    name = f"tuika_{secrets.token_hex(6)}"
    engine = create_engine(POSTGRES, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(create.format(name)))
    try:
        yield name
    finally:
        with engine.connect() as connection:
            connection.execute(text(drop.format(name)))
        engine.dispose()
