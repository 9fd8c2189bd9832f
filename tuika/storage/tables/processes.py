"""Processes of the product that are alive, each with its last beat."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from tuika.storage.tables.base import UtcDateTime, metadata

processes = Table(
    "processes",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", String(40), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)
