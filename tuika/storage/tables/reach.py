"""Where a buyer agreed to be told of his cases, by conversation; the address itself lies in the vault."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table

from tuika.storage.tables.base import UtcDateTime, metadata

reach_agreements = Table(
    "reach_agreements",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id"), primary_key=True),
    Column("way", String(20), nullable=False),
    Column("secret_id", String(40), nullable=False),
    Column("masked", String(120), nullable=False),
    Column("agreed_at", UtcDateTime, nullable=False),
)
