"""Many rows in a short time: copies of rows that the product wrote itself, with keys of their own.

Invariants: a copy has every column of its pattern, whatever columns a later migration adds; rows come in pieces, so that
the product that runs beside it goes on; what is added belongs to buyers and orders that nobody asks about.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from turnbench.errors import BenchmarkFailed

PIECE = 50_000
BUSY_S = 60.0
_NUMBERS = "WITH RECURSIVE k(nth) AS (SELECT ? UNION ALL SELECT nth + 1 FROM k WHERE nth < ?)"


@dataclass(frozen=True, slots=True)
class Copies:
    """``keys``: column → SQL over ``nth``, the copy's number from 0. ``each``: copies for one unit of growth."""

    table: str
    each: float
    keys: Mapping[str, str]


# a conversation of two turns and four messages; every tenth came to a refund that waits for something
CONVERSATIONS = (
    Copies("conversations", 1, {"id": "'cv_g' || nth", "buyer_id": "'g' || nth"}),
    Copies(
        "turns",
        2,
        {
            "id": "'tn_g' || nth",
            "conversation_id": "'cv_g' || (nth / 2)",
            "number": "1 + nth % 2",
            "client_id": "'g' || nth",
        },
    ),
    Copies(
        "messages",
        4,
        {"conversation_id": "'cv_g' || (nth / 4)", "seq": "1 + nth % 4", "turn_id": "'tn_g' || (nth / 2)"},
    ),
    Copies("choices", 3, {"id": "'qr_g' || nth", "conversation_id": "'cv_g' || (nth / 3)"}),
    Copies("sessions", 1, {"token_hash": "'g' || nth", "conversation_id": "'cv_g' || nth"}),
    Copies(
        "refund_cases",
        0.1,
        {
            "case_no": "'RG' || nth",
            "order_no": "'G' || nth",
            "buyer_id": "'g' || nth",
            "conversation_id": "'cv_g' || nth",
        },
    ),
    Copies("refund_events", 0.3, {"id": "1000000 + nth", "case_no": "'RG' || (nth / 3)"}),
)
ORDERS = (
    Copies("buyers", 0.2, {"id": "'g' || nth", "position": "1000 + nth"}),
    Copies(
        "orders",
        1,
        {
            "order_no": "'G' || nth",
            "reference": "'G' || nth",
            "buyer_id": "'g' || (nth / 5)",
            "position": "1000 + nth",
        },
    ),
    Copies("order_keys", 1, {"order_no": "'G' || nth"}),
)
SENDERS = (Copies("tracker_events", 1, {"sender_id": "'cv_g' || nth || ':1'"}),)


def fill(
    path: Path, kinds: tuple[Copies, ...], *, first: int, last: int, tell: Callable[[str], None]
) -> None:
    """Units ``first`` to ``last`` (not included) of growth. Raises BenchmarkFailed where a pattern is missing."""
    with closing(sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)) as db:
        for kind in kinds:
            _fill(db, kind, round(first * kind.each), round(last * kind.each))
            tell(f"{path.name}: {kind.table}, {round(last * kind.each):,} more than at the start")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _fill(db: sqlite3.Connection, kind: Copies, first: int, last: int) -> None:
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({kind.table})")]
    if not db.execute(f"SELECT 1 FROM {kind.table} LIMIT 1").fetchone():
        raise BenchmarkFailed(
            f"{kind.table} has no row to copy; the conversations before should have left one"
        )
    chosen = ", ".join(kind.keys.get(name, f'p."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    pattern = f"(SELECT * FROM {kind.table} LIMIT 1) AS p"
    for start in range(first, last, PIECE):
        numbers = (start, min(start + PIECE, last) - 1)
        db.execute(
            f"{_NUMBERS} INSERT INTO {kind.table} ({names}) SELECT {chosen} FROM k, {pattern}", numbers
        )
