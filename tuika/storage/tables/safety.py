"""Sealed secrets, lock-outs, scam reports and the contacts that they name."""

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

contact_sightings = Table(
    "contact_sightings",
    metadata,
    Column("value", String(200), primary_key=True),
    Column("reporter", String(160), primary_key=True),
    Column("report_id", String(40), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
)

blocked_contacts = Table(
    "blocked_contacts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("value", String(200), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("reporters", Integer, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("lifted_at", UtcDateTime),
    Column("lifted_by", String(80)),
    Column("lift_reason", String(300)),
    Index("ix_blocked_contacts_last", "last_at", "id"),
)
