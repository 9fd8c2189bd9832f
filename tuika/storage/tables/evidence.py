"""Evidence rows; the bytes are files named by their hash."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from tuika.storage.tables.base import UtcDateTime, metadata

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
    Index("ix_evidence_conversation", "conversation_id"),
    Index("ix_evidence_case", "case_no"),
)
