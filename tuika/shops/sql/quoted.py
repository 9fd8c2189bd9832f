"""The numbers that orders are looked up by, and the index that each look needs.

Invariant: nothing is ever made in a shop; what is missing is told as the statement that its operator may run himself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy import Connection

from tuika.shops.sql.catalog import indexed_columns


class Quote(Enum):
    """What a number leads to an order by."""

    NUMBER = auto()
    PAYMENT = auto()
    BUYER = auto()


@dataclass(frozen=True, slots=True)
class Quoted:
    """A number that orders are looked up by, and the column that it stands in.

    ``unindexed``: what is done without an index; ``first``: characters that an index needs of a long column (MySQL before
    5.7 takes 191 of utf8mb4 at most); ``folded``: compared in lower case, so that only MySQL's own collation can use a plain index.
    """

    name: str
    table: str
    column: str
    unindexed: str = "每次要扫全表"
    how: Quote = Quote.NUMBER
    first: int = 0
    folded: bool = False


def missing_index(connection: Connection, quoted: Quoted) -> str:
    """The statement that makes the index; empty where there is one."""
    indexed = indexed_columns(connection, quoted.table)
    mysql = connection.dialect.name in ("mysql", "mariadb")
    folded = quoted.folded and not mysql
    if (f"lower({quoted.column})" if folded else quoted.column) in indexed:
        return ""
    quote = connection.dialect.identifier_preparer.quote
    part = quote(quoted.column)
    if folded:
        part = f"lower({part})"
    elif mysql and quoted.first:
        part = f"{part}({quoted.first})"
    return f"CREATE INDEX {_name(quoted)} ON {'.'.join(map(quote, quoted.table.split('.')))} ({part});"


def _name(quoted: Quoted) -> str:
    return f"tuika_{quoted.table.rpartition('.')[2]}_{quoted.column}"
