"""The rows of one table as they are read, written and compared.

Invariants: values keep their kind (aware times, bytes, whole numbers); JSON is carried as the text that it is stored as, so
that nothing of it is read anew; the digest of a table does not depend on the order in which a database gives its rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Insert,
    Integer,
    Select,
    String,
    Table,
    Text,
    bindparam,
    cast,
    insert,
    select,
)

from tuika.storage.moving.errors import MoveRefused

_MOST_INTEGER = 2**31 - 1
_DIGEST_SPACE = 2**256


@dataclass
class Tally:
    """How many rows there were, and a digest of all of them in whatever order."""

    count: int = 0
    digest: int = field(default=0, repr=False)

    def add(self, row: Sequence[Any]) -> None:
        self.count += 1
        text = "\x1e".join(_written(value) for value in row)
        single = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        self.digest = (self.digest + int.from_bytes(single, "big")) % _DIGEST_SPACE


def _written(value: Any) -> str:
    """A value with its kind, so that 1, true and "1" are three."""
    if isinstance(value, datetime):
        return f"t{value.isoformat()}"
    if isinstance(value, bytes | memoryview):
        return f"b{bytes(value).hex()}"
    return f"{type(value).__name__[0]}{value}"


def query_of(table: Table) -> Select[Any]:
    """All rows; JSON as its text."""
    return select(
        *(cast(c, Text).label(c.name) if isinstance(c.type, JSON) else c for c in table.columns)
    ).select_from(table)


def batches(connection: Connection, table: Table, size: int) -> Iterator[list[tuple[Any, ...]]]:
    """The table's rows, never more than ``size`` of them in memory."""
    result = connection.execute(query_of(table), execution_options={"yield_per": size})
    for rows in result.partitions():
        yield [tuple(row) for row in rows]


def insert_of(connection: Connection, table: Table) -> Insert:
    """The statement that stores such rows again."""
    values = {column.name: _stored(connection, column) for column in table.columns}
    return insert(table).values(values)


def _stored(connection: Connection, column: Column[Any]) -> Any:
    if not isinstance(column.type, JSON):
        return bindparam(column.name, type_=column.type)
    text = bindparam(column.name, type_=Text())
    return cast(text, JSON) if connection.dialect.name == "postgresql" else text


def named(table: Table, row: Sequence[Any]) -> dict[str, Any]:
    """A row by the names of its columns. Raises MoveRefused for a value that PostgreSQL would not take."""
    values = dict(zip((column.name for column in table.columns), row, strict=True))
    for column in table.columns:
        wrong = _wrong(column, values[column.name])
        if wrong:
            key = ", ".join(f"{each.name}={values[each.name]}" for each in table.primary_key)
            raise MoveRefused(f"{table.name} ({key}): {column.name} {wrong}")
    return values


def _wrong(column: Column[Any], value: Any) -> str:
    """Why a value of SQLite, which checks neither lengths nor sizes, does not fit its column."""
    if isinstance(value, str):
        if "\x00" in value:
            return "holds a NUL character"
        most = column.type.length if isinstance(column.type, String) else None
        if most is not None and len(value) > most:
            return f"is {len(value)} characters long, {most} is the most"
    elif isinstance(value, int) and isinstance(column.type, Integer):
        if not isinstance(column.type, BigInteger) and abs(value) > _MOST_INTEGER:
            return f"is {value}, beyond 32 bits"
    return ""


def numbered(table: Table) -> Column[Any] | None:
    """The column whose values the database gives out itself, if there is one."""
    found: Column[Any] | None = table.autoincrement_column
    return found


def as_parameters(table: Table, rows: Sequence[Sequence[Any]]) -> list[Mapping[str, Any]]:
    return [named(table, row) for row in rows]
