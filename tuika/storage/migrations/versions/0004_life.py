"""The refund's life: agreed notices, what a page has shown, payees, held funds, merchants' accounts, packs as they were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import tuika.storage.tables.base

revision = "0004"
down_revision = "0006"
branch_labels = None
depends_on = None

_MERCHANT = ("platform", "merchant_id", "state")


def upgrade() -> None:
    moment = tuika.storage.tables.base.UtcDateTime()
    op.create_table(
        "reach_agreements",
        sa.Column("conversation_id", sa.String(40), nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("secret_id", sa.String(40), nullable=False),
        sa.Column("masked", sa.String(120), nullable=False),
        sa.Column("agreed_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_reach_agreements_conversation_id"
        ),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_reach_agreements"),
    )
    op.create_table(
        "merchant_users",
        sa.Column("username", sa.String(40), nullable=False),
        sa.Column("platform", sa.String(40), nullable=False),
        sa.Column("merchant_id", sa.String(80), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("username", name="pk_merchant_users"),
    )
    op.create_index("ix_merchant_users_merchant", "merchant_users", ["platform", "merchant_id"])
    op.create_table(
        "policy_packs",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("pack", sa.String(40), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("kept_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_policy_packs"),
    )
    with op.batch_alter_table("conversations") as table:
        table.add_column(sa.Column("seen_seq", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("refund_cases") as table:
        table.add_column(sa.Column("merchant_id", sa.String(80), nullable=False, server_default=""))
        table.add_column(sa.Column("payee", sa.JSON(), nullable=True))
        table.add_column(sa.Column("funds", sa.String(12), nullable=True))
    op.create_index("ix_refund_cases_merchant", "refund_cases", list(_MERCHANT))
    _fill_merchants()


def _fill_merchants() -> None:
    """Cases that exist name their merchant in the order's snapshot only."""
    cases = sa.table(
        "refund_cases", sa.column("case_no"), sa.column("order_snapshot", sa.JSON()), sa.column("merchant_id")
    )
    db = op.get_bind()
    for case_no, snapshot in db.execute(sa.select(cases.c.case_no, cases.c.order_snapshot)).all():
        named = str((snapshot or {}).get("merchant_id", ""))
        db.execute(sa.update(cases).where(cases.c.case_no == case_no).values(merchant_id=named))


def downgrade() -> None:
    op.drop_index("ix_refund_cases_merchant", "refund_cases")
    with op.batch_alter_table("refund_cases") as table:
        for column in ("funds", "payee", "merchant_id"):
            table.drop_column(column)
    with op.batch_alter_table("conversations") as table:
        table.drop_column("seen_seq")
    op.drop_table("policy_packs")
    op.drop_table("merchant_users")
    op.drop_table("reach_agreements")
