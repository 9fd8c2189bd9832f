"""Tables of channels: links of peers, the inbound queue, deliveries, shared values, binding codes, mirrors.

Invariants: a provider's message is queued once (unique index) and its body is sealed and dropped when done; a
peer has one link; a handoff is mirrored once in a desk; with a link go its deliveries (erasure deletes links).
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from tuika.storage.tables.base import Json, UtcDateTime, metadata

channel_links = Table(
    "channel_links",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("channel", String(40), nullable=False),
    Column("peer", String(120), nullable=False),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("planned_seq", Integer, nullable=False),
    Column("menu", Json, nullable=False),
    Column("budget_left", Integer),
    Column("window_until", UtcDateTime),
    Column("remote", Json, nullable=False),
    Column("lease", String(40), nullable=False),
    Column("lease_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("channel", "peer", name="uq_channel_links_peer"),
    Index("ix_channel_links_conversation", "conversation_id"),
)

channel_arrivals = Table(
    "channel_arrivals",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", String(40), nullable=False),
    Column("message_id", String(120), nullable=False),
    Column("peer", String(120), nullable=False),
    Column("order_key", String(60), nullable=False),
    Column("sealed", LargeBinary),
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("passive_until", UtcDateTime),
    UniqueConstraint("channel", "message_id", name="uq_channel_arrivals_message"),
    Index("ix_channel_arrivals_due", "state", "due_at"),
    Index("ix_channel_arrivals_peer", "channel", "peer", "state", "order_key"),
)

channel_deliveries = Table(
    "channel_deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("link_id", ForeignKey("channel_links.id", ondelete="CASCADE"), nullable=False),
    Column("arrival_id", Integer),
    Column("text", Text, nullable=False),
    Column("menu", Json, nullable=False),
    Column("image", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Column("passive", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("problem", String(200), nullable=False),
    Column("provider_id", String(120), nullable=False),
    Index("ix_channel_deliveries_due", "state", "due_at"),
    Index("ix_channel_deliveries_link", "link_id", "state", "id"),
    Index("ix_channel_deliveries_arrival", "arrival_id"),
)

channel_values = Table(
    "channel_values",
    metadata,
    Column("name", String(160), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("lease", String(40), nullable=False),
    Column("lease_until", UtcDateTime),
)

channel_codes = Table(
    "channel_codes",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("purpose", String(10), nullable=False),
    Column("platform", String(40), nullable=False),
    Column("buyer_id", String(120), nullable=False),
    Column("buyer_name", String(120), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

desk_mirrors = Table(
    "desk_mirrors",
    metadata,
    Column("desk", String(40), primary_key=True),
    Column("handoff_id", String(40), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("remote_id", String(80), nullable=False),
    Column("relayed_seq", Integer, nullable=False),
    Column("status", String(12), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_desk_mirrors_remote", "desk", "remote_id"),
    Index("ix_desk_mirrors_status", "desk", "status"),
)
