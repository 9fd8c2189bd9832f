"""Long work that was asked for: one row a job. At most one open job of a kind and subject is a partial unique index."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, text

from tuika.storage.tables.base import Json, UtcDateTime, metadata

_OPEN = text("state = 'waiting'")

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(30), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("asked_by", String(80), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("given", Json, nullable=False),
    Column("file", LargeBinary),
    Column("state", String(10), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("result", Json, nullable=False),
    Column("problem", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease", String(40), nullable=False),
    Column("lease_until", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Index("ix_jobs_waiting", "state", "asked_at", "id"),
    Index("ix_jobs_subject", "kind", "subject", "asked_at"),
    Index("uq_jobs_open", "kind", "subject", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)
