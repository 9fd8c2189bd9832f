"""Evidence rows, what was read in them, and how they look; the bytes are files named by their hash."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from tuika.storage.tables.base import Json, UtcDateTime, metadata

evidence = Table(
    "evidence",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("case_no", String(20)),
    Column("kind", String(20), nullable=False),
    Column("media_type", String(40), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("fingerprint", String(64)),
    Column("still_sha256", String(64)),
    Column("duration_ms", Integer),
    Index("ix_evidence_conversation", "conversation_id"),
    Index("ix_evidence_case", "case_no"),
    Index("ix_evidence_sha256", "sha256"),
)

evidence_bands = Table(
    "evidence_bands",
    metadata,
    Column("evidence_id", ForeignKey("evidence.id"), primary_key=True),
    Column("band", Integer, primary_key=True, autoincrement=False),
    Column("bits", Integer, nullable=False),
    Index("ix_evidence_bands_bits", "band", "bits"),
)

evidence_readings = Table(
    "evidence_readings",
    metadata,
    Column("evidence_id", ForeignKey("evidence.id"), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("opens", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("read_at", UtcDateTime),
    Column("text", Text, nullable=False, default=""),
    Column("found", Json, nullable=False),
    Column("secrets", Json, nullable=False),
    Column("covered_sha256", String(64)),
    Index("ix_evidence_readings_waiting", "state", "due_at"),
)
