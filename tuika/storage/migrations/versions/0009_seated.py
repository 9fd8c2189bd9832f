"""Which handoffs were taken at an open page of the desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # no batch: SQLite would drop and remake a table that notes refer to
    op.add_column("handoffs", sa.Column("seated", sa.Boolean(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("handoffs", "seated")
