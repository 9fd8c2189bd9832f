"""How long a turn with the engine belongs to the hub that sent it; long work that was asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from tuika.storage.tables.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("turns", sa.Column("lease_until", UtcDateTime(), nullable=True))
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=40), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_waiting", "jobs", ["state", "asked_at", "id"])
    op.create_index("ix_jobs_subject", "jobs", ["kind", "subject", "asked_at"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "uq_jobs_open",
        "jobs",
        ["kind", "subject"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    op.drop_table("jobs")
    op.drop_column("turns", "lease_until")
