"""Statements that are built once and run many times.

Putting a statement together costs SQLAlchemy as much time as running it on SQLite takes; what a turn asks dozens of times
is therefore put together when its module is imported, with named places for its values.

Invariant: a statement here is a function of tables and names only; no value of a request is part of one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, Update, bindparam, or_, update

from tuika.storage.database import is_writing


def one_of(column: Column[Any], values: Collection[str]) -> ColumnElement[bool]:
    """``column IN values`` for a few values that never change: nothing is left to be expanded at each run."""
    return or_(*(column == value for value in sorted(values)))


@cache
def _changing(table: Table, names: tuple[str, ...]) -> Update:
    key = next(iter(table.primary_key))
    return (
        update(table)
        .where(key == bindparam("of_key"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def change(db: Connection, table: Table, key: str, values: Mapping[str, Any]) -> None:
    """Set columns of the row whose (single) primary key is ``key``."""
    statement = _changing(table, tuple(values))
    db.execute(statement, {"of_key": key, **{f"new_{name}": value for name, value in values.items()}})


class Lockable[T: tuple[Any, ...]]:
    """A query in two forms: as it is, and with its rows locked where the transaction writes (PostgreSQL)."""

    def __init__(self, query: Select[T]) -> None:
        self._plain = query
        self._locking = query.with_for_update()

    def for_change(self, db: Connection) -> Select[T]:
        return self._locking if is_writing(db) else self._plain
