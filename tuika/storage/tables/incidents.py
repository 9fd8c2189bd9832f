"""Incidents: many cases about one thing, and what was done about all of them.

Invariants: at most one open incident a platform, kind and subject is a partial unique index; a case is in an
incident once.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, Text, text

from tuika.storage.tables.base import UtcDateTime, metadata

incidents = Table(
    "incidents",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("platform", String(40), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("subject", String(240), nullable=False),
    Column("name", String(240), nullable=False),
    Column("state", String(10), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("announcement", Text, nullable=False),
    Column("announced_at", UtcDateTime),
    Column("announced_by", String(80)),
    Column("closed_at", UtcDateTime),
    Column("closed_by", String(80)),
    Index("ix_incidents_state", "state", "opened_at"),
    Index(
        "uq_incidents_open",
        "platform",
        "kind",
        "subject",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

incident_cases = Table(
    "incident_cases",
    metadata,
    Column("incident_id", ForeignKey("incidents.id"), primary_key=True),
    Column("case_no", ForeignKey("refund_cases.case_no", ondelete="CASCADE"), primary_key=True, index=True),
    Column("told", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
