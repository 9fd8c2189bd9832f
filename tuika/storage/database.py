"""Engines and transactions.

Invariants: a write transaction on SQLite begins IMMEDIATE, so a lock is taken before the first read and
never upgraded; on PostgreSQL what is read in order to be changed is locked row by row (:func:`for_change`), in one
order everywhere: conversation, case, the rest, the audit log's head last. Readers see one snapshot. No transaction is
held open across an HTTP call. Nothing here is created at import.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Select, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.pool import NullPool, QueuePool

from tuika import jsons
from tuika.errors import Unavailable

BUSY_TIMEOUT_MS = 15_000
_BEGIN = "tuika_begin"
_JSON: dict[str, Any] = {"json_serializer": jsons.dumps, "json_deserializer": jsons.loads}
_WRITING = "IMMEDIATE"
_PASSES = {"40P01", "40001", "57P01", "57P02", "57P03", "53300"}  # deadlock, serialisation, restarting, full


def open_engine(url: str, application: str = "") -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql://…`` with our transaction rules.

    ``application``: how PostgreSQL lists the connections; else all processes of one database have one name.
    """
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")  # psycopg 3 is the driver that we have
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            parsed,
            pool_size=10,
            max_overflow=10,
            pool_pre_ping=True,
            **_JSON,
            connect_args={"application_name": application or application_of(url)},
        )
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        poolclass=QueuePool if parsed.database else NullPool,
        **_JSON,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
        **({"pool_size": 10, "max_overflow": 20} if parsed.database else {}),
    )
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", _on_sqlite_begin)
    return engine


def application_of(url: str) -> str:
    """How PostgreSQL lists those who are connected to this database."""
    return f"tuika-{hashlib.sha256(url.encode()).hexdigest()[:10]}"


def _on_sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    """Straight to the driver: a statement of SQLAlchemy's costs several times what SQLite does with this one."""
    statement = f"BEGIN {connection.get_execution_options().get(_BEGIN, 'DEFERRED')}"
    raw: Any = connection.connection.dbapi_connection
    try:
        raw.execute(statement)
    except sqlite3.Error as error:
        raise OperationalError(statement, None, error) from error


def for_change[T: tuple[Any, ...]](connection: Connection, query: Select[T]) -> Select[T]:
    """The query with its rows locked where the transaction writes; SQLite's one writer needs no lock."""
    return query.with_for_update() if is_writing(connection) else query


def to_write(connection: Connection) -> Connection:
    """The connection with its next transaction one that writes."""
    return connection.execution_options(**{_BEGIN: _WRITING})


def is_writing(connection: Connection) -> bool:
    """Whether this is a transaction of :meth:`Database.write`."""
    return bool(connection.get_execution_options().get(_BEGIN) == _WRITING)


class Database:
    """The two ways to talk to a database: :meth:`read` and :meth:`write`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(**{_BEGIN: _WRITING})
        snapshots = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
        self._reading = engine.execution_options(**snapshots)
        self._turn = threading.Lock()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Writers of this process wait for each other here, where the next one goes on at once: in SQLite's own
        queue they would sleep, look again and sleep longer. PostgreSQL has row locks and needs no turn."""
        alone = self.engine.dialect.name == "sqlite" and self._turn.acquire(timeout=BUSY_TIMEOUT_MS / 1000)
        try:
            yield
        finally:
            if alone:
                self._turn.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A snapshot; whatever is changed in it is rolled back. Raises Unavailable while the database is away."""
        with passing(), self._reading.connect() as connection:
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed at the end of the block, rolled back by any exception.

        Raises Unavailable, to be tried again, where the database is away or ended it in favour of another one. When
        the connection was lost at the very end nobody knows whether it was committed.
        """
        with passing(), self._in_turn(), self._writing.connect() as connection, connection.begin():
            yield connection


@contextmanager
def passing() -> Iterator[None]:
    """What will pass (a restart, a lost connection, a deadlock, too many at once) is Unavailable, to be tried again."""
    try:
        yield
    except NoConnectionFree as error:
        raise Unavailable("系统正忙，请稍后再试") from error
    except DBAPIError as error:
        if _will_pass(error):
            raise Unavailable("系统正忙，请稍后再试") from error
        raise


def _will_pass(error: DBAPIError) -> bool:
    on_sqlite = getattr(error.orig, "sqlite_errorname", None)
    if on_sqlite is not None:
        return str(on_sqlite).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    code = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or code in _PASSES:
        return True
    return isinstance(error, OperationalError) and (code is None or code.startswith("08"))
