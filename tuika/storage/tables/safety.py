"""Sealed secrets, lock-outs and scam reports."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from tuika.storage.tables.base import Json, UtcDateTime, metadata

vault_secrets = Table(
    "vault_secrets",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("conversation_id", String(40)),
    Column("key_id", String(8), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

locks = Table(
    "locks",
    metadata,
    Column("scope", String(20), primary_key=True),
    Column("thing", String(120), primary_key=True),
    Column("who", String(160), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("locked_until", UtcDateTime),
)

scam_reports = Table(
    "scam_reports",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", String(40), nullable=False),
    Column("tactics", Json, nullable=False),
    Column("contacts", Json, nullable=False),
    Column("paid_fen", BigInteger),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_scam_reports_conversation", "conversation_id", "at"),
    Index("ix_scam_reports_at", "at", "id"),
)
