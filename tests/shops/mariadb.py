"""A MariaDB for the tests: a database of one's own, and a user who may read named columns and nothing else.

Invariants: what is made is dropped; where no server answers the tests are skipped with the address that was tried, under
``CI=true`` they fail. Another server is named by ``TUIKA_TEST_MARIADB`` (a user who may create databases and users).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from tests.shops.base import ShopDatabase

MARIADB = os.environ.get("TUIKA_TEST_MARIADB", "mysql+pymysql://root@127.0.0.1:3306/test")


@contextmanager
def shop_database(ddl: Sequence[str]) -> Iterator[ShopDatabase]:
    """An empty shop made by ``ddl``, and a reader without any right yet."""
    require_mariadb()
    name = f"tuika_{secrets.token_hex(5)}"
    root = create_engine(MARIADB, poolclass=NullPool)
    _each(
        root,
        f"CREATE DATABASE {name} CHARACTER SET utf8mb4",
        f"CREATE USER '{name}'@'%' IDENTIFIED BY 'read-me-only'",
    )
    base = make_url(MARIADB)
    writer = create_engine(base.set(database=name), poolclass=NullPool)
    reader = base.set(database=name, username=name, password="read-me-only")

    def give(table: str, columns: Sequence[str]) -> None:
        part = f" ({', '.join(f'`{column}`' for column in columns)})" if columns else ""
        _each(root, f"GRANT SELECT{part} ON `{name}`.`{table}` TO '{name}'@'%'")

    try:
        made = ShopDatabase(writer, reader.render_as_string(hide_password=False), give)
        made.run(*ddl)
        yield made
    finally:
        writer.dispose()
        _each(root, f"DROP DATABASE {name}", f"DROP USER '{name}'@'%'")
        root.dispose()


def _each(engine: Engine, *statements: str) -> None:
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("%", "%%"))


def require_mariadb() -> None:
    why = unreachable()
    if why is None:
        return
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"CI=true needs a MariaDB at {MARIADB}: {why}")
    pytest.skip(f"no MariaDB at {MARIADB} ({why}); name one with TUIKA_TEST_MARIADB")


@cache
def unreachable() -> str | None:
    """Why MariaDB cannot be used; None when it can."""
    engine = create_engine(MARIADB, poolclass=NullPool, connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return None
    except OperationalError as error:
        return str(error.orig)
