"""Accounts and sessions of the desk."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, String, Table

from tuika.storage.tables.base import UtcDateTime, metadata

desk_users = Table(
    "desk_users",
    metadata,
    Column("username", String(40), primary_key=True),
    Column("role", String(12), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

desk_sessions = Table(
    "desk_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("username", ForeignKey("desk_users.username"), nullable=False),
    Column("address", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
