"""Rows of trackers' events: in one SQLite file for one Rasa, in PostgreSQL for many.

Invariants: a row is never changed; a sender's rows are numbered without a gap, and two processes that append to one sender
at once cannot both succeed (the number is the key); rows of PostgreSQL may grow behind a process' back, rows of SQLite not.
"""

from __future__ import annotations

import sqlite3
from typing import Any, List, NamedTuple, Optional, Sequence, Tuple

KEPT_SECONDS = 14 * 86400.0  # senders end with their topic; the hub remembers, Rasa need not
_TABLE = """
CREATE TABLE IF NOT EXISTS tracker_events (
    sender_id TEXT NOT NULL, n INTEGER NOT NULL, starts INTEGER NOT NULL, at DOUBLE PRECISION NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (sender_id, n)
)"""
_SINCE = "SELECT data FROM tracker_events WHERE sender_id = ? AND n >= ? ORDER BY n"
_START = "SELECT MAX(n) FROM tracker_events WHERE sender_id = ? AND starts = 1"
_LAST = "SELECT MAX(n) FROM tracker_events WHERE sender_id = ?"
_SENDERS = "SELECT DISTINCT sender_id FROM tracker_events"
_FORGET = (
    "DELETE FROM tracker_events WHERE sender_id IN "
    "(SELECT sender_id FROM tracker_events GROUP BY sender_id HAVING MAX(at) < ?)"
)
_MAKING = 7_214_003  # advisory lock: processes that start together make the table one after the other


class EventRow(NamedTuple):
    """``starts``: 1 where a session begins; ``data``: the event as JSON."""

    starts: int
    at: float
    data: str


class TrackerRows:
    """What both databases have in common. ``shared``: whether other processes write rows too."""

    shared = False

    def since(self, sender_id: str, first: int) -> List[str]:
        """The events numbered ``first`` and above, in order, as JSON."""
        return [row[0] for row in self._ask(_SINCE, (sender_id, first))]

    def session_start(self, sender_id: str) -> int:
        """The number of the event that began the latest session."""
        return int(self._ask(_START, (sender_id,))[0][0] or 0)

    def last(self, sender_id: str) -> int:
        """The number of the newest event, -1 for none."""
        found = self._ask(_LAST, (sender_id,))[0][0]
        return -1 if found is None else int(found)

    def senders(self) -> List[str]:
        return [row[0] for row in self._ask(_SENDERS, ())]

    def append(self, sender_id: str, first: int, rows: Sequence[EventRow]) -> None:
        """All or none. Raises the driver's IntegrityError where another process was quicker."""
        raise NotImplementedError

    def _ask(self, query: str, values: Tuple[Any, ...]) -> List[Tuple[Any, ...]]:
        raise NotImplementedError


class SqliteRows(TrackerRows):
    """``path`` is made when absent. Raises sqlite3.Error when it cannot be used."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(_TABLE + " WITHOUT ROWID")

    def forget_before(self, moment: float) -> None:
        """Senders that said nothing since."""
        self._connection.execute(_FORGET, (moment,))

    def append(self, sender_id: str, first: int, rows: Sequence[EventRow]) -> None:
        numbered = [(sender_id, first + i, *row) for i, row in enumerate(rows)]
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany("INSERT INTO tracker_events VALUES (?, ?, ?, ?, ?)", numbered)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _ask(self, query: str, values: Tuple[Any, ...]) -> List[Tuple[Any, ...]]:
        return self._connection.execute(query, values).fetchall()


class PostgresRows(TrackerRows):
    """``url``: ``postgresql://…``; the table lies in the first schema of its search path, which is made when absent."""

    shared = True

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Optional[Any] = None
        self._make_table()

    def forget_before(self, moment: float) -> None:
        """Senders that said nothing since."""
        self._run(_FORGET, (moment,))

    def append(self, sender_id: str, first: int, rows: Sequence[EventRow]) -> None:
        """One statement, so that it is one transaction. Not repeated when the connection is lost: it may be done."""
        from psycopg2.extras import execute_values

        numbered = [(sender_id, first + i, *row) for i, row in enumerate(rows)]
        with self._connected().cursor() as cursor:
            execute_values(cursor, "INSERT INTO tracker_events VALUES %s", numbered, page_size=len(numbered))

    def _ask(self, query: str, values: Tuple[Any, ...]) -> List[Tuple[Any, ...]]:
        return self._run(query, values)

    def _run(self, query: str, values: Tuple[Any, ...]) -> List[Tuple[Any, ...]]:
        """A statement that may be repeated: once more on a new connection where the old one was lost."""
        from psycopg2 import InterfaceError, OperationalError

        try:
            return self._once(query, values)
        except (OperationalError, InterfaceError):
            self._connection = None
            return self._once(query, values)

    def _once(self, query: str, values: Tuple[Any, ...]) -> List[Tuple[Any, ...]]:
        with self._connected().cursor() as cursor:
            cursor.execute(query.replace("?", "%s"), values)
            return cursor.fetchall() if cursor.description else []

    def _connected(self) -> Any:
        import psycopg2

        if self._connection is None or self._connection.closed:
            self._connection = psycopg2.connect(self._url, connect_timeout=3, application_name="tuika-rasa")
            self._connection.autocommit = True
        return self._connection

    def _make_table(self) -> None:
        with self._connected().cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", (_MAKING,))
            try:
                cursor.execute("SELECT trim(split_part(current_setting('search_path'), ',', 1), ' \"')")
                schema = cursor.fetchone()[0]
                if schema and not schema.startswith("$"):
                    cursor.execute('CREATE SCHEMA IF NOT EXISTS "' + schema.replace('"', '""') + '"')
                cursor.execute(_TABLE)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", (_MAKING,))


def open_rows(db: str) -> TrackerRows:
    """``postgresql://…`` or the path of an SQLite file."""
    return PostgresRows(db) if db.startswith(("postgresql://", "postgres://")) else SqliteRows(db)
