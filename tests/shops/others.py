"""PostgreSQL and SQLite for shops of the tests, beside ``mariadb``.

Invariants: what is made is dropped; the PostgreSQL reader is a role that may read named columns and nothing else; SQLite
knows no users, there the reader is the file itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from tests.databases import postgres_schema, require_postgres
from tests.shops.base import ShopDatabase


@contextmanager
def postgres_shop(ddl: Sequence[str]) -> Iterator[ShopDatabase]:
    """An empty shop in a schema of its own, and a reader who may only enter it."""
    require_postgres()
    with postgres_schema() as address:
        role = f"tuika_{secrets.token_hex(5)}"
        url = make_url(address)
        schema = str(url.query["options"]).rpartition("=")[2]
        writer = create_engine(url, poolclass=NullPool)

        def give(table: str, columns: Sequence[str]) -> None:
            part = f" ({', '.join(columns)})" if columns else ""
            made.run(f'GRANT SELECT{part} ON {schema}."{table}" TO {role}')

        reader = url.set(username=role, password="read-me-only").render_as_string(hide_password=False)
        made = ShopDatabase(writer, reader, give)
        made.run(
            f"CREATE ROLE {role} LOGIN PASSWORD 'read-me-only'", f"GRANT USAGE ON SCHEMA {schema} TO {role}"
        )
        try:
            made.run(*ddl)
            yield made
        finally:
            made.run(f"DROP OWNED BY {role}", f"DROP ROLE {role}")
            writer.dispose()


@contextmanager
def sqlite_shop(ddl: Sequence[str], folder: Path) -> Iterator[ShopDatabase]:
    """An empty shop in a file, with a write-ahead log as Go's and Python's shops keep it."""
    url = f"sqlite:///{folder / f'shop-{secrets.token_hex(4)}.db'}"
    writer = create_engine(url, poolclass=NullPool)
    made = ShopDatabase(writer, url, lambda table, columns: None)
    with writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    made.run(*ddl)
    yield made
    writer.dispose()
