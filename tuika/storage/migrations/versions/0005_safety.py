"""Contacts that several buyers reported, what was read in evidence and how it looks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import tuika.storage.tables.base

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blocked_contacts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reporters", sa.Integer(), nullable=False),
        sa.Column("since", tuika.storage.tables.base.UtcDateTime(), nullable=False),
        sa.Column("last_at", tuika.storage.tables.base.UtcDateTime(), nullable=False),
        sa.Column("lifted_at", tuika.storage.tables.base.UtcDateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(length=80), nullable=True),
        sa.Column("lift_reason", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocked_contacts")),
        sa.UniqueConstraint("value", name=op.f("uq_blocked_contacts_value")),
    )
    with op.batch_alter_table("blocked_contacts", schema=None) as batch_op:
        batch_op.create_index("ix_blocked_contacts_last", ["last_at", "id"], unique=False)

    op.create_table(
        "contact_sightings",
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("reporter", sa.String(length=160), nullable=False),
        sa.Column("report_id", sa.String(length=40), nullable=False),
        sa.Column("at", tuika.storage.tables.base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("value", "reporter", name=op.f("pk_contact_sightings")),
    )
    with op.batch_alter_table("contact_sightings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_sightings_report_id"), ["report_id"], unique=False)

    op.create_table(
        "evidence_bands",
        sa.Column("evidence_id", sa.String(length=40), nullable=False),
        sa.Column("band", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bits", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_bands_evidence_id")),
        sa.PrimaryKeyConstraint("evidence_id", "band", name=op.f("pk_evidence_bands")),
    )
    with op.batch_alter_table("evidence_bands", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_bands_bits", ["band", "bits"], unique=False)

    op.create_table(
        "evidence_readings",
        sa.Column("evidence_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", tuika.storage.tables.base.UtcDateTime(), nullable=False),
        sa.Column("lease_until", tuika.storage.tables.base.UtcDateTime(), nullable=True),
        sa.Column("read_at", tuika.storage.tables.base.UtcDateTime(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("secrets", sa.JSON(), nullable=False),
        sa.Column("covered_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_readings_evidence_id")
        ),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_evidence_readings")),
    )
    with op.batch_alter_table("evidence_readings", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_readings_waiting", ["state", "due_at"], unique=False)

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fingerprint", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("still_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("duration_ms", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_column("duration_ms")
        batch_op.drop_column("still_sha256")
        batch_op.drop_column("fingerprint")

    with op.batch_alter_table("evidence_readings", schema=None) as batch_op:
        batch_op.drop_index("ix_evidence_readings_waiting")

    op.drop_table("evidence_readings")
    with op.batch_alter_table("evidence_bands", schema=None) as batch_op:
        batch_op.drop_index("ix_evidence_bands_bits")

    op.drop_table("evidence_bands")
    with op.batch_alter_table("contact_sightings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_sightings_report_id"))

    op.drop_table("contact_sightings")
    with op.batch_alter_table("blocked_contacts", schema=None) as batch_op:
        batch_op.drop_index("ix_blocked_contacts_last")

    op.drop_table("blocked_contacts")
