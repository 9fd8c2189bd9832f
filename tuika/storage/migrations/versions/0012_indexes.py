"""Indexes for what a turn and the worker ask, so that neither grows with a conversation or with all of them."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_turns_open", "turns", ["conversation_id", "state", "number"])
    op.create_index("ix_turns_recent", "turns", ["conversation_id", "created_at"])
    op.create_index("ix_sessions_expires", "sessions", ["expires_at"])
    op.create_index("ix_outbox_case", "outbox", ["case_no"])
    op.create_index("ix_evidence_sha256", "evidence", ["sha256"])


def downgrade() -> None:
    op.drop_index("ix_evidence_sha256", table_name="evidence")
    op.drop_index("ix_outbox_case", table_name="outbox")
    op.drop_index("ix_sessions_expires", table_name="sessions")
    op.drop_index("ix_turns_recent", table_name="turns")
    op.drop_index("ix_turns_open", table_name="turns")
