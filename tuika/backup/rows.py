"""Tables as lines of JSON: the way that needs no tool of the database's.

Invariants: written from one snapshot; a value comes back equal (times, bytes, and JSON to the letter, also its null that
is not the database's); loading empties the tables first and sets the numbers that the database gives out.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import batched
from typing import Any

from sqlalchemy import JSON, Column, Connection, MetaData, Select, Table, Text, cast, inspect, select, text
from sqlalchemy.types import TypeEngine

from tuika.backup.model import ArchiveRefused

BATCH = 500


def tables(connection: Connection) -> list[str]:
    """Every table of the present schema, those that others refer to first."""
    ordered = inspect(connection).get_sorted_table_and_fkc_names()
    return [name for name, _ in ordered if name is not None]


def dump(connection: Connection, table: str) -> Iterator[bytes]:
    """The names of the columns, then a line for each row."""
    columns = _columns(connection, table)
    yield _line([name for name, _ in columns])
    rows = connection.execution_options(stream_results=True, max_row_buffer=BATCH).execute(
        _query(table, columns)
    )
    for some in rows.partitions(BATCH):
        yield b"".join(_line([_written(value) for value in row]) for row in some)


def load(connection: Connection, table: str, chunks: Iterable[bytes]) -> int:
    """Fill an empty table; how many rows. Raises ArchiveRefused for lines that are no rows of it."""
    lines = _lines(chunks)
    try:
        names = json.loads(next(lines))
        kinds = dict(_columns(connection, table))
        if not isinstance(names, list) or set(names) != set(kinds):
            raise ValueError(f"columns {names}")
        insert = _insert(connection, table, [(name, kinds[name]) for name in names])
        loaded = 0
        for some in batched(lines, BATCH):
            rows = [_row(json.loads(line), len(names)) for line in some]
            connection.execute(insert, rows)
            loaded += len(rows)
        return loaded
    except (ValueError, TypeError, KeyError, StopIteration) as error:
        raise ArchiveRefused(f"备份里表 {table} 的内容看不懂：{error}") from None


def empty(connection: Connection, names: Iterable[str]) -> None:
    """Take every row out of these tables, whatever refers to whatever."""
    listed = ", ".join(_quoted(connection, name) for name in names)
    if listed:
        connection.execute(text(f"TRUNCATE {listed}"))


def drop(connection: Connection, names: Iterable[str]) -> None:
    for name in names:
        connection.execute(text(f"DROP TABLE {_quoted(connection, name)} CASCADE"))


def renumber(connection: Connection, table: str) -> None:
    """Let the database give out numbers after the greatest that is there."""
    for name, _ in _columns(connection, table):
        where = {"table": _quoted(connection, table), "column": name}
        sequence = connection.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), where).scalar()
        if sequence is not None:
            greatest = f"(SELECT max({_quoted(connection, name)}) FROM {_quoted(connection, table)})"
            connection.execute(
                text(f"SELECT setval(:sequence, coalesce({greatest}, 1), {greatest} IS NOT NULL)"),
                {"sequence": sequence},
            )


def _columns(connection: Connection, table: str) -> list[tuple[str, TypeEngine[Any]]]:
    return [(str(c["name"]), c["type"]) for c in inspect(connection).get_columns(table)]


def _query(table: str, columns: list[tuple[str, TypeEngine[Any]]]) -> Select[Any]:
    made = Table(table, MetaData(), *(Column(name, kind) for name, kind in columns))
    return select(
        *(cast(made.c[name], Text) if isinstance(kind, JSON) else made.c[name] for name, kind in columns)
    )


def _insert(connection: Connection, table: str, columns: list[tuple[str, TypeEngine[Any]]]) -> Any:
    names = ", ".join(_quoted(connection, name) for name, _ in columns)
    kinds = [kind.compile(dialect=connection.dialect) for _, kind in columns]
    marks = ", ".join(f"CAST(:v{number} AS {kind})" for number, kind in enumerate(kinds))
    return text(f"INSERT INTO {_quoted(connection, table)} ({names}) VALUES ({marks})")


def _row(values: Any, wanted: int) -> dict[str, Any]:
    if not isinstance(values, list) or len(values) != wanted:
        raise ValueError("a row of another length")
    return {f"v{number}": _read(value) for number, value in enumerate(values)}


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, bytes | memoryview):
        return {"b": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, Decimal):
        return {"n": str(value)}
    return value


_READ: dict[str, Callable[[str], Any]] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "b": base64.b64decode,
    "n": Decimal,
}


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, written),) = value.items()
    return _READ[kind](written)


def _line(values: list[Any]) -> bytes:
    return (
        json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
    )


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    if rest:
        yield rest


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)
