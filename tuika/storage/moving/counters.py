"""The numbers that a database gives out itself go on where they were, also where the last rows are gone."""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, select, text

from tuika.storage.moving.rows import numbered


def last_given(connection: Connection, table: Table) -> int:
    """The highest number that was ever given out; 0 for none."""
    column = numbered(table)
    if column is None:
        return 0
    highest = int(connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one())
    return max(highest, _remembered(connection, table, column.name))


def go_on_after(connection: Connection, table: Table, last: int) -> None:
    """The next number is ``last`` + 1."""
    column = numbered(table)
    if column is None or last == 0:
        return
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        connection.execute(select(func.setval(sequence, last)))
    elif _has_memory(connection, table):
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        connection.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"),
            {"name": table.name, "seq": last},
        )


def _remembered(connection: Connection, table: Table, column: str) -> int:
    if connection.dialect.name == "postgresql":
        sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, column))).scalar()
        if sequence is None:
            return 0
        given = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()
        return int(given.last_value) if given.is_called else 0
    if not _has_memory(connection, table):
        return 0
    kept = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return int(connection.execute(kept, {"name": table.name}).scalar() or 0)


def _has_memory(connection: Connection, table: Table) -> bool:
    """SQLite remembers numbers of rows that are gone for AUTOINCREMENT tables only."""
    sql = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    made = connection.execute(sql, {"name": table.name}).scalar()
    return "AUTOINCREMENT" in str(made or "").upper()
