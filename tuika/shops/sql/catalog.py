"""What a shop's database says of its own tables: which columns may be read, and which are indexed.

Invariant: asked of the catalogue alone, never of a shop's rows; a table that is not there, or not ours to see, has none.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection, text

_SQLITE_COLUMNS = "SELECT name FROM pragma_table_info(:name)"
_SQLITE_INDEXED = """
    SELECT c.name FROM pragma_index_list(:name) AS i, pragma_index_info(i.name) AS c WHERE c.seqno = 0
    UNION SELECT name FROM pragma_table_info(:name) WHERE pk = 1
    UNION SELECT substr(sql, instr(sql, '(')) FROM sqlite_schema WHERE type = 'index' AND tbl_name = :name
"""
_COLUMNS = (
    "SELECT column_name FROM information_schema.columns WHERE table_schema = {here} AND table_name = :name"
)
_MYSQL_INDEXED = """
    SELECT column_name FROM information_schema.statistics
    WHERE table_schema = {here} AND table_name = :name AND seq_in_index = 1
"""
_POSTGRES_INDEXED = """
    SELECT pg_get_indexdef(i.indexrelid, 1, true) FROM pg_index AS i
    JOIN pg_class AS t ON t.oid = i.indrelid
    JOIN pg_namespace AS n ON n.oid = t.relnamespace
    WHERE n.nspname = {here} AND t.relname = :name
"""
_FOLDED = re.compile(r"\(?\s*lower\(+\s*[\"`]?(\w+)[\"`]?[\s)]*(?:::\w+\)?)?", re.I)


def columns_of(connection: Connection, table: str) -> frozenset[str]:
    """The columns of ``table`` (or ``schema.table``) that this user may see."""
    return _names(connection, table, sqlite=_SQLITE_COLUMNS, mysql=_COLUMNS, postgres=_COLUMNS)


def indexed_columns(connection: Connection, table: str) -> frozenset[str]:
    """Columns that an index begins with: what can be looked up without reading the whole table.

    ``lower(x)``: an index over a column in lower case, which is of no use to the column as it stands.
    """
    told = _names(connection, table, sqlite=_SQLITE_INDEXED, mysql=_MYSQL_INDEXED, postgres=_POSTGRES_INDEXED)
    return frozenset(map(_plain, told))


def _plain(told: str) -> str:
    """``(lower("x"))`` of SQLite, ``lower(x::text)`` of PostgreSQL: ``lower(x)``; ``"x"``: ``x``."""
    folded = _FOLDED.match(told)
    return f"lower({folded[1]})" if folded else told.strip('"')


def _names(connection: Connection, table: str, *, sqlite: str, mysql: str, postgres: str) -> frozenset[str]:
    schema, _, name = table.rpartition(".")
    dialect = connection.dialect.name
    if dialect == "sqlite":
        query, own = sqlite, ""
    elif dialect in ("mysql", "mariadb"):
        query, own = mysql, "DATABASE()"
    else:
        query, own = postgres, "current_schema()"
    values = {"name": name} | ({"schema": schema} if schema and own else {})
    found = connection.execute(text(query.format(here=":schema" if schema else own)), values)
    return frozenset(str(column) for (column,) in found if column is not None)
