"""SQLite files: copied while they are written to, looked at before they are trusted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

PAGES = 8192
BUSY_S = 15


def copy(source: Path, target: Path, tell: Callable[[str], None] = lambda _text: None) -> None:
    """One snapshot of ``source`` as a file that stands alone. Raises sqlite3.Error.

    By SQLite's backup API inside a read transaction: writers go on, and none of them makes the copy begin again.
    """
    with closing(_opened(source)) as reading, closing(sqlite3.connect(target)) as writing:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()  # takes the snapshot
        told = 0

        def progress(_status: int, remaining: int, total: int) -> None:
            nonlocal told
            if total - remaining - told >= PAGES * 16:
                told = total - remaining
                tell(f"{source.name}：已复制 {told * 100 // max(total, 1)}%")

        reading.backup(writing, pages=PAGES, progress=progress)
        reading.execute("ROLLBACK")
        writing.execute("PRAGMA journal_mode=DELETE")


def trouble(path: Path) -> str | None:
    """What is wrong with a file as a database; None: nothing."""
    try:
        with closing(_opened(path)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
            lost = connection.execute("PRAGMA foreign_key_check").fetchmany(1)
    except sqlite3.Error as error:
        return str(error)
    if found != ["ok"]:
        pages = [line for each in found for line in each.splitlines() if not line.startswith("***")]
        return "; ".join(pages[:2])
    return "有行指向不存在的行" if lost else None


def revision(path: Path) -> str | None:
    """The migration that the file is at; None where it is no database of the hub."""
    with closing(_opened(path)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            return None
    return str(row[0]) if row else None


def counts(path: Path) -> dict[str, int]:
    """Rows by table."""
    with closing(_opened(path)) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        names = [str(row[0]) for row in connection.execute(query)]
        return {
            name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
            for name in sorted(names)
        }


def settle(path: Path) -> bool:
    """Move what is in the write-ahead log into the file; whether the file stands alone now."""
    try:
        with closing(_opened(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error:
        return False
    return not path.with_name(path.name + "-wal").exists()


def _opened(path: Path) -> sqlite3.Connection:
    """An existing file; never makes one."""
    address = f"file:{quote(str(path.absolute()))}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=BUSY_S, isolation_level=None)
