"""The move itself.

Invariants: the target is filled in one transaction that is committed only when every table's count and digest are those
of the source and the audit chain verifies, so that a move that fails at whatever point, killed included, leaves the target
empty and can simply be begun again; the source is read in one snapshot and nothing is written to it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, select
from sqlalchemy.exc import DBAPIError

from tuika.errors import Unavailable
from tuika.storage.audit import SqlAuditLog
from tuika.storage.database import Database, open_engine
from tuika.storage.migrate import upgrade
from tuika.storage.moving.conditions import (
    MOVER,
    Watch,
    remove_seeds,
    require_empty,
    require_present,
    require_quiet,
)
from tuika.storage.moving.counters import go_on_after, last_given
from tuika.storage.moving.errors import MoveRefused
from tuika.storage.moving.rows import Tally, as_parameters, batches, insert_of
from tuika.storage.tables import metadata

BATCH = 1000
Tell = Callable[[str, int, int], None]
"""Takes a table, how many of its rows were moved, and how many there are."""


@dataclass
class Moved:
    """Rows by table, and how many events the audit chain has."""

    rows: dict[str, int] = field(default_factory=dict)
    audited: int = 0

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def move(source_url: str, target_url: str, tell: Tell = lambda table, done, of: None) -> Moved:
    """Everything from one database into another, empty one. Raises MoveRefused."""
    if source_url == target_url:
        raise MoveRefused("Source and target are the same database.")
    source, target = open_engine(source_url, MOVER), open_engine(target_url, MOVER)
    try:
        require_present(source)
        require_quiet(source, source_url)
        require_empty(target)
        upgrade(target_url)
        return _moved(source, target, tell)
    except Unavailable as away:
        raise MoveRefused(f"A database cannot be reached or is in use: {_words(away.__cause__)}") from away
    except DBAPIError as error:
        raise MoveRefused(f"A database says: {_words(error)}") from error
    finally:
        source.dispose()
        target.dispose()


def _moved(source: Engine, target: Engine, tell: Tell) -> Moved:
    moved = Moved()
    with (
        closing(Watch(source)) as watch,
        Database(source).read() as reading,
        Database(target).write() as writing,
    ):
        remove_seeds(writing)
        for table in metadata.sorted_tables:
            moved.rows[table.name] = _copy(reading, writing, table, tell)
        moved.audited = _audited(writing)
        watch.require_unchanged()
    return moved


def _copy(reading: Connection, writing: Connection, table: Table, tell: Tell) -> int:
    expected = int(reading.execute(select(func.count()).select_from(table)).scalar_one())
    statement = insert_of(writing, table)

    def store(rows: list[tuple[Any, ...]], done: int) -> None:
        writing.execute(statement, as_parameters(table, rows))
        tell(table.name, done, expected)

    read = _tallied(reading, table, store)
    go_on_after(writing, table, last_given(reading, table))
    stored = _tallied(writing, table)
    if not (expected == read.count and read == stored):
        raise MoveRefused(
            f"{table.name}: {expected} rows counted, {read.count} read, {stored.count} stored, and "
            f"their contents {'agree' if read.digest == stored.digest else 'differ'}. Nothing was kept."
        )
    return stored.count


def _tallied(
    connection: Connection, table: Table, each: Callable[[list[tuple[Any, ...]], int], None] | None = None
) -> Tally:
    """All rows counted and digested; ``each`` takes a batch and how many have been read with it."""
    tally = Tally()
    for rows in batches(connection, table, BATCH):
        for row in rows:
            tally.add(row)
        if each is not None:
            each(rows, tally.count)
    return tally


def _audited(writing: Connection) -> int:
    report = SqlAuditLog(writing).verify()
    if not report.ok:
        raise MoveRefused(
            f"The audit chain breaks at event {report.broken_at} ({report.why}), in the source as well: "
            "see `tuika audit verify`. Nothing was kept."
        )
    return report.count


def _words(error: BaseException | None) -> str:
    """What the driver says, without our statement and its values."""
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]
