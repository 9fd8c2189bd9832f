"""Tables of conversations, their messages, turns, issued quick replies and sessions."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from tuika.storage.tables.base import Json, UtcDateTime, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("platform", String(40), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("owner", String(10), nullable=False),
    Column("epoch", Integer, nullable=False, default=0),
    Column("session_no", Integer, nullable=False, default=1),
    Column("last_seq", Integer, nullable=False, default=0),
    Column("last_turn", Integer, nullable=False, default=0),
    Column("seen_seq", Integer, nullable=False, default=0, server_default="0"),
    Column("buyer_id", String(120)),
    Column("buyer_name", String(120)),
    Column("memory", Json, nullable=False),
    Column("rating", Integer),
    Column("rating_comment", Text),
    Column("rated_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_conversations_buyer", "platform", "buyer_id", "created_at"),
    Index("ix_conversations_owner", "owner", "created_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("role", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("card", Json),
    Column("quick_replies", Json, nullable=False),
    Column("awaiting", String(20)),
    Column("attachments", Json, nullable=False),
    Column("turn_id", String(40)),
    Column("author", String(80)),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_messages_turn", "conversation_id", "turn_id"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("client_id", String(80), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("heard", Json, nullable=False),
    Column("staged", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("lease_until", UtcDateTime),
    UniqueConstraint("conversation_id", "client_id", name="uq_turns_client_id"),
    UniqueConstraint("conversation_id", "number", name="uq_turns_number"),
    Index("ix_turns_state", "state"),
    Index("ix_turns_open", "conversation_id", "state", "number"),
    Index("ix_turns_recent", "conversation_id", "created_at"),
)

choices = Table(
    "choices",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("title", String(120), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("data", Json, nullable=False),
    Column("state", String(10), nullable=False),
    Index("ix_choices_live", "conversation_id", "state"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("platform", String(40), nullable=False),
    Column("buyer_id", String(120)),
    Column("buyer_name", String(120)),
    Column("address", String(64), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_sessions_expires", "expires_at"),
)

clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("offset_us", BigInteger, nullable=False),
    Column("jumping_until", UtcDateTime),
)
