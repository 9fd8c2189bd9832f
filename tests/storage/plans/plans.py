"""What a database would do for a statement: which tables it would walk from end to end.

Invariant: a statement is explained with the very text and values that the product sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Engine, event

from tuika.storage.tables import metadata

# what grows with every conversation, case, message or order
GROWING = frozenset(
    {
        "conversations", "messages", "turns", "choices", "sessions", "refund_cases", "refund_events", "due_rows",
        "outbox", "offers", "evidence", "evidence_bands", "evidence_readings", "handoffs", "handoff_notes",
        "channel_links", "channel_arrivals", "channel_deliveries", "vault_secrets", "scam_reports",
        "contact_sightings", "audit_events", "incident_cases", "orders", "order_keys", "payments", "filings", "payouts",
    }
)  # fmt: skip
Statement = tuple[str, Any]
_SCAN = re.compile(r"^SCAN (?:TABLE )?(\w+)")


@cache
def _partial() -> frozenset[str]:
    """Indexes over some rows only, such as the handoffs that nobody has closed."""
    every = (index for table in metadata.sorted_tables for index in table.indexes)
    return frozenset(
        str(index.name) for index in every if index.dialect_options["postgresql"].get("where") is not None
    )


@contextmanager
def recorded(*engines: Engine) -> Iterator[dict[str, Statement]]:
    """Every different statement that reads or changes rows, by its text."""
    found: dict[str, Statement] = {}

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE")):
            found.setdefault(statement, (statement, parameters[0] if many else parameters))

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def walked(engine: Engine, statement: Statement) -> set[str]:
    """The growing tables that the statement would read whole."""
    text, values = statement
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all()
        if "LIMIT" in text and "WHERE" not in text and not any("TEMP B-TREE" in row[3] for row in plan):
            return set()  # the first few in an order that is there
        scans = [match.group(1) for row in plan if (match := _SCAN.match(row[3]))]
        return GROWING & set(scans)
    with engine.connect() as connection:
        # on small tables it would walk for speed: whether it has another way is what is asked here
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {text}", values).scalar()
        connection.rollback()
    document = json.loads(found) if isinstance(found, str) else found
    return GROWING & set(_walked(document[0]["Plan"]))


def _walked(node: dict[str, Any]) -> Iterator[str]:
    """Tables read without an index condition. A bitmap is cut out below the node that names its table."""
    table = node.get("Relation Name")
    below = node.get("Plans", [])
    if node["Node Type"] == "Limit" and len(below) == 1 and _in_order(below[0]):
        return  # the first few in an order that is there
    bounded = (
        "Index Cond" in node or "TID Cond" in node or any("Index Cond" in each for each in _bitmaps(node))
    )
    bounded = bounded or node.get("Index Name") in _partial()  # it holds the few rows that are open
    if table is not None and node["Node Type"] != "ModifyTable" and not bounded:
        yield str(table)
    for each in below:
        yield from _walked(each)


def _in_order(node: dict[str, Any]) -> bool:
    return node["Node Type"] in ("Index Scan", "Index Only Scan") and "Filter" not in node


def _bitmaps(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in node.get("Plans", []):
        if each["Node Type"].startswith("Bitmap"):
            yield each
            yield from _bitmaps(each)
