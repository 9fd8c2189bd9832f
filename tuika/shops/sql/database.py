"""A shop's database, opened so that nothing can be harmed.

Invariants: every session is read-only (the server or SQLite refuses a write, whatever the user may do) and ends a
statement after ``timeout_s``; one that the server ended while it lay idle is opened anew, unnoticed; at most ``POOL``
connections; no session is left in a transaction. Whatever goes wrong on the way is ``ShopUnavailable``, whose detail never holds the address's password.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, SQLAlchemyError

from tuika.errors import ShopUnavailable
from tuika.shops.sql.catalog import columns_of, indexed_columns

POOL = 2
TIMEOUT_S = 3.0
FRESH_S = 1.0
_SQLITE_STEPS = 20_000  # instructions between two looks at the clock
_UNKNOWN_VARIABLE = 1193  # MySQL's number for a variable that it does not have


class ReadOnlyDatabase:
    """``url``: ``mysql+pymysql://…``, ``postgresql+psycopg://…`` or ``sqlite:///path``. Connects when first read."""

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._url = make_url(url)
        self._timeout_s = timeout_s
        self.engine = _open(self._url, timeout_s)

    @property
    def shown(self) -> str:
        """The address without its password."""
        return self._url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only session. Raises ShopUnavailable."""
        try:
            with self.engine.connect() as connection:  # closing it rolls back, once
                yield connection
        except SQLAlchemyError as error:
            raise ShopUnavailable(f"店铺数据库查不到：{_why(error)}") from error

    def columns(self, table: str) -> frozenset[str]:
        """The columns of ``table`` that this user may see; empty: no such table, or no right to it."""
        with self.read() as connection:
            return columns_of(connection, table)

    def indexed(self, table: str) -> frozenset[str]:
        """The columns of ``table`` that an index begins with; ``lower(x)`` for one over a column in lower case."""
        with self.read() as connection:
            return indexed_columns(connection, table)

    def close(self) -> None:
        self.engine.dispose()


def _open(url: URL, timeout_s: float) -> Engine:
    backend = url.get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(url, timeout_s)
    whole = max(1, round(timeout_s))
    more: dict[str, Any] = {}
    if backend in ("mysql", "mariadb"):
        arguments: dict[str, Any] = {
            "connect_timeout": whole,
            "read_timeout": whole + 1,
            "write_timeout": whole,
            "charset": "utf8mb4",
        }
    else:
        milliseconds = int(timeout_s * 1000)
        options = f"-c default_transaction_read_only=on -c statement_timeout={milliseconds}"
        already = url.query.get("options", "")
        arguments = {"connect_timeout": whole, "options": f"{already} {options}".strip()}
        url = url.difference_update_query(["options"])
        # each statement sees its own moment there anyway: BEGIN and ROLLBACK would be two round trips for nothing
        more["isolation_level"] = "AUTOCOMMIT"
    engine = create_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=timeout_s,
        pool_recycle=300,
        connect_args=arguments,
        **more,
    )
    if backend in ("mysql", "mariadb"):
        event.listen(engine, "connect", _mysql_session(timeout_s))
    _ping_what_was_idle(engine)
    return engine


def _ping_what_was_idle(engine: Engine) -> None:
    """A session that answered a moment ago is not asked again whether it is there: half the round trips of a look-up."""

    def checked_out(connection: Any, record: Any, _fairy: Any) -> None:
        if time.monotonic() - record.info.get("used_at", 0.0) < FRESH_S:
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except connection.Error as error:
            raise DisconnectionError("the shop's database ended the session") from error
        if not alive:
            raise DisconnectionError("the shop's database ended the session")

    def checked_in(_connection: Any, record: Any) -> None:
        record.info["used_at"] = time.monotonic()

    event.listen(engine, "checkout", checked_out)
    event.listen(engine, "checkin", checked_in)


def _mysql_session(timeout_s: float) -> Any:
    def prepare(connection: Any, _record: Any) -> None:
        """MariaDB and MySQL bound a statement's time by different names; MySQL before 5.7.8 by none.

        There the connection's own read time-out still ends the wait.
        """
        cursor = connection.cursor()
        mariadb = "mariadb" in str(connection.get_server_info()).lower()
        limit = (
            f"max_statement_time = {timeout_s}"
            if mariadb
            else f"max_execution_time = {int(timeout_s * 1000)}"
        )
        try:
            cursor.execute(f"SET SESSION {limit}")
        except connection.Error as error:
            if not error.args or error.args[0] != _UNKNOWN_VARIABLE:
                raise
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
        cursor.close()
        connection.commit()

    return prepare


def _open_sqlite(url: URL, timeout_s: float) -> Engine:
    path = quote(str(Path(url.database or "").absolute()))
    engine = create_engine(
        f"sqlite:///file:{path}?mode=ro&uri=true",
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=timeout_s,
        connect_args={"check_same_thread": False, "timeout": timeout_s},
    )

    def prepare(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA query_only = ON")
        record.info["ends"] = float("inf")
        connection.set_progress_handler(lambda: time.monotonic() > record.info["ends"], _SQLITE_STEPS)

    def begin(_connection: Connection, _cursor: Any, *_rest: Any) -> None:
        _connection.info["ends"] = time.monotonic() + timeout_s

    event.listen(engine, "connect", prepare)
    event.listen(engine, "before_cursor_execute", begin)
    return engine


def _why(error: SQLAlchemyError) -> str:
    """What the driver said, in one short line, without the statement and its values."""
    said = str(error.orig) if isinstance(error, DBAPIError) and error.orig else type(error).__name__
    return said.strip().splitlines()[0][:200]
