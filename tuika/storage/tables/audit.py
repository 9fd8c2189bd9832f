"""The audit log and its head."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, String, Table

from tuika.storage.tables.base import Json, UtcDateTime, metadata

audit_events = Table(
    "audit_events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("type", String(200), nullable=False, index=True),
    Column("actor", String(200), nullable=False),
    Column("subject", String(200), nullable=False, index=True),
    Column("detail", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    CheckConstraint("id = 1", name="single"),
)
