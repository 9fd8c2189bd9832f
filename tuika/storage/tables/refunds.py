"""Tables of refund cases, their events, due rows, calls to the shop and offers.

Invariants: one open case per order is a partial unique index; a call's key is unique for ever; events are
only ever inserted.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from tuika.storage.tables.base import Json, UtcDateTime, metadata

OPEN_CASES = text("state NOT IN ('paid', 'settled', 'rejected', 'withdrawn')")

refund_cases = Table(
    "refund_cases",
    metadata,
    Column("case_no", String(20), primary_key=True),
    Column("platform", String(40), nullable=False),
    Column("order_no", String(80), nullable=False),
    Column("buyer_id", String(120)),
    Column("guest_key", String(120)),
    Column("conversation_id", String(40)),
    Column("source", String(20), nullable=False),
    Column("turn_id", String(40), nullable=False),
    Column("reason", String(30), nullable=False),
    Column("amount_fen", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("route", String(20), nullable=False),
    Column("consent_required", Boolean, nullable=False),
    Column("claim", Json, nullable=False),
    Column("decision", Json, nullable=False),
    Column("reading", Json),
    Column("order_snapshot", Json, nullable=False),
    Column("statement", Text, nullable=False),
    Column("contact_way", Text, nullable=False),
    Column("keys", Json, nullable=False),
    Column("items", Json, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("evidence_wanted", Json, nullable=False),
    Column("filed_at", UtcDateTime, nullable=False),
    Column("state_since", UtcDateTime, nullable=False),
    Column("resume", String(20)),
    Column("deadline", Json),
    Column("redecide_at", UtcDateTime),
    Column("pending", Json),
    Column("approved_fen", Integer),
    Column("to_balance", Boolean, nullable=False),
    Column("executed_at", UtcDateTime),
    Column("paid_fen", Integer),
    Column("paid_at", UtcDateTime),
    Column("trade_no", String(80)),
    Column("appealed", Boolean, nullable=False),
    Column("rejected_by", String(120)),
    Column("reject_reason", Text, nullable=False),
    Column("refile_of", String(20)),
    Column("shop_ref", String(80)),
    Column("noticed_at", UtcDateTime),
    Column("merchant_id", String(80), nullable=False, default="", server_default=""),
    Column("payee", Json),
    Column("funds", String(12)),
    Index(
        "uq_refund_cases_open",
        "platform",
        "order_no",
        unique=True,
        sqlite_where=OPEN_CASES,
        postgresql_where=OPEN_CASES,
    ),
    Index("ix_refund_cases_order", "platform", "order_no", "filed_at"),
    Index("ix_refund_cases_buyer", "platform", "buyer_id", "filed_at"),
    Index("ix_refund_cases_conversation", "conversation_id"),
    Index("ix_refund_cases_filed", "filed_at", "case_no"),
    Index("ix_refund_cases_merchant", "platform", "merchant_id", "state"),
)

refund_events = Table(
    "refund_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case_no", ForeignKey("refund_cases.case_no"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("type", String(60), nullable=False),
    Column("detail", Json, nullable=False),
    Index("ix_refund_events_case", "case_no", "id"),
)

due_rows = Table(
    "due_rows",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(30), nullable=False),
    Column("ref", String(200), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("payload", Json, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease", String(40), nullable=False),
    Column("lease_until", UtcDateTime),
    Index("ix_due_rows_waiting", "state", "due_at", "id"),
    Index("ix_due_rows_ref", "ref", "kind", "state"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("case_no", ForeignKey("refund_cases.case_no"), nullable=False),
    Column("key", String(80), nullable=False),
    Column("request", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("problem", Text, nullable=False),
    UniqueConstraint("key", name="uq_outbox_key"),
    Index("ix_outbox_case", "case_no"),
)

offers = Table(
    "offers",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(40), nullable=False),
    Column("case_no", ForeignKey("refund_cases.case_no"), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("by", String(120), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("state", String(10), nullable=False),
    Column("amount_fen", Integer),
    Column("text", Text, nullable=False),
    Column("secret_id", String(60)),
    Column("masked", String(120), nullable=False),
    UniqueConstraint("id", name="uq_offers_id"),
    Index("ix_offers_case", "case_no", "state"),
    Index(
        "uq_offers_open",
        "case_no",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

policy_packs = Table(
    "policy_packs",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("pack", String(40), nullable=False),
    Column("version", String(40), nullable=False),
    Column("document", Text, nullable=False),
    Column("kept_at", UtcDateTime, nullable=False),
)
