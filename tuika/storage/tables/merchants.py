"""Accounts of merchants, for their own inbox: apart from the desk's, whose doors they never open."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, String, Table

from tuika.storage.tables.base import UtcDateTime, metadata

merchant_users = Table(
    "merchant_users",
    metadata,
    Column("username", String(40), primary_key=True),
    Column("platform", String(40), nullable=False),
    Column("merchant_id", String(80), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_merchant_users_merchant", "platform", "merchant_id"),
)
