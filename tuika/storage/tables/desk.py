"""Accounts, sessions and seats of the desk; replies that agents keep ready."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text

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

agent_seats = Table(
    "agent_seats",
    metadata,
    Column("username", ForeignKey("desk_users.username"), primary_key=True),
    Column("presence", String(10), nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

canned_replies = Table(
    "canned_replies",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("owner", String(40), index=True),
    Column("title", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("keys", String(400), nullable=False),
    Column("changed_by", String(40), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)
