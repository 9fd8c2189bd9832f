"""A shop's database in the tests: what fills it, and what Tuika is given to read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, text

type Grant = Callable[[str, Sequence[str]], None]


def _kept(value: Any) -> Any:
    """SQLite keeps times as SQLAlchemy writes them there."""
    return value.isoformat(" ", "microseconds") if isinstance(value, datetime) else value


@dataclass(frozen=True, slots=True)
class ShopDatabase:
    """``writer`` may do everything in it; ``reader_url`` is what Tuika is given; ``give`` lets the reader see columns."""

    writer: Engine
    reader_url: str
    give: Grant

    def run(self, *statements: str) -> None:
        percent = "%" if self.writer.dialect.name == "sqlite" else "%%"  # the other drivers read % as a place
        with self.writer.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", percent))

    def fill(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        """Rows of one shape, in one transaction."""
        if not rows:
            return
        quote = self.writer.dialect.identifier_preparer.quote_identifier
        names = list(rows[0])
        marks = ", ".join(f":{name}" for name in names)
        columns = ", ".join(map(quote, names))
        if self.writer.dialect.name == "sqlite":
            rows = [{name: _kept(value) for name, value in row.items()} for row in rows]
        with self.writer.begin() as connection:
            connection.execute(text(f"INSERT INTO {quote(table)} ({columns}) VALUES ({marks})"), list(rows))

    def grant(self, table: str, columns: Sequence[str] = ()) -> None:
        """SELECT for the reader: on these columns, or on the whole table where none is named."""
        self.give(table, columns)
