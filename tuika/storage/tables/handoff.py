"""Handoffs, tickets and the agents' notes on them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, and_

from tuika.storage.tables.base import UtcDateTime, metadata

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", String(40)),
    Column("state", String(10), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("brief", Text, nullable=False),
    Column("case_no", String(40)),
    Column("promised_by", UtcDateTime, nullable=False),
    Column("waiting_since", UtcDateTime, nullable=False),
    Column("agent", String(80)),
    Column("claimed_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("late", Integer, nullable=False, server_default="0"),
    Column("seated", Boolean, nullable=False, server_default="0"),
    Index("ix_handoffs_queue", "state", "urgent", "waiting_since", "id"),
    Index("ix_handoffs_conversation", "conversation_id", "state"),
)

_open_handoff = and_(handoffs.c.kind == "handoff", handoffs.c.state != "closed")
_open_ticket = and_(
    handoffs.c.kind == "ticket", handoffs.c.state != "closed", handoffs.c.case_no.is_not(None)
)
Index(
    "uq_handoffs_one_open",
    handoffs.c.conversation_id,
    unique=True,
    sqlite_where=_open_handoff,
    postgresql_where=_open_handoff,
)
Index(
    "uq_handoffs_ticket",
    handoffs.c.case_no,
    handoffs.c.reason,
    unique=True,
    sqlite_where=_open_ticket,
    postgresql_where=_open_ticket,
)

handoff_notes = Table(
    "handoff_notes",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("handoff_id", ForeignKey("handoffs.id"), index=True),
    Column("conversation_id", ForeignKey("conversations.id"), index=True),
    Column("author", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
