"""Seats, canned replies and incidents of the desk; notes on conversations; promises counted."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import tuika.storage.tables.base

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None


READY = (  # title, what typing finds it by, text
    ("问候", "wenhou wh", "您好{买家}，我是客服{客服}，之前的对话我都看过了，马上为您处理。"),
    ("请稍等", "qingshaodeng qsd", "收到，我在核对订单 {订单号} 的记录，请稍等几分钟，查到马上告诉您。"),
    ("退款进度", "tuikuanjindu tkjd", "您的退款申请 {申请号}（{商品}，{金额}）现在是：{进度}。{期限}"),
    (
        "补充材料",
        "buchongcailiao bccl",
        "请把下面的截图直接发在这个会话里（卡密、密码请打码）：要能看到时间和订单号。收齐后我马上继续处理。",
    ),
    (
        "已联系商家",
        "yilianxishangjia ylxsj",
        "已经联系商家核实订单 {订单号}，有答复会第一时间在这里告诉您，您不用一直等着。",
    ),
    (
        "原路退回",
        "yuanlutuihui ylth",
        "退款会原路退回您的付款账户，打出后到账时间以支付渠道为准，全程不需要您付任何费用。",
    ),
    (
        "防骗提醒",
        "fangpiantixing fptx",
        "请注意：官方客服不会让您转账、共享屏幕、提供验证码或密码，也不会让您加私人账号。遇到的都是骗子，请不要理会。",
    ),
    ("安抚", "anfu af", "给您添麻烦了，非常抱歉。我来跟进这件事，处理完之前不会结束会话。"),
    (
        "驳回说明",
        "bohuishuoming bhsm",
        "核对记录后，这笔订单按规则不能直接退款，依据写在申请 {申请号} 里。有之前没交过的新材料，可以申诉一次，由另一位同事复核。",
    ),
    ("结束语", "jieshuyu jsy", "问题处理好了，感谢您的耐心。之后有任何问题，在这里直接说就行。"),
)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    op.create_table(
        "canned_replies",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("keys", sa.String(length=400), nullable=False),
        sa.Column("changed_by", sa.String(length=40), nullable=False),
        sa.Column("changed_at", tuika.storage.tables.base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
    )
    with op.batch_alter_table("canned_replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_canned_replies_owner"), ["owner"], unique=False)
    _seed()

    op.create_table(
        "incidents",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=240), nullable=False),
        sa.Column("name", sa.String(length=240), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_at", tuika.storage.tables.base.UtcDateTime(), nullable=False),
        sa.Column("last_at", tuika.storage.tables.base.UtcDateTime(), nullable=False),
        sa.Column("announcement", sa.Text(), nullable=False),
        sa.Column("announced_at", tuika.storage.tables.base.UtcDateTime(), nullable=True),
        sa.Column("announced_by", sa.String(length=80), nullable=True),
        sa.Column("closed_at", tuika.storage.tables.base.UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index("ix_incidents_state", ["state", "opened_at"], unique=False)
        batch_op.create_index(
            "uq_incidents_open",
            ["platform", "kind", "subject"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "agent_seats",
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("presence", sa.String(length=10), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("seen_at", tuika.storage.tables.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["username"], ["desk_users.username"], name=op.f("fk_agent_seats_username")),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_agent_seats")),
    )
    op.create_table(
        "incident_cases",
        sa.Column("incident_id", sa.String(length=40), nullable=False),
        sa.Column("case_no", sa.String(length=20), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("at", tuika.storage.tables.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_no"], ["refund_cases.case_no"], name=op.f("fk_incident_cases_case_no"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_cases_incident_id")
        ),
        sa.PrimaryKeyConstraint("incident_id", "case_no", name=op.f("pk_incident_cases")),
    )
    with op.batch_alter_table("incident_cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_cases_case_no"), ["case_no"], unique=False)

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index("ix_conversations_owner", ["owner", "created_at"], unique=False)

    with op.batch_alter_table("handoff_notes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("conversation_id", sa.String(length=40), nullable=True))
        batch_op.alter_column("handoff_id", existing_type=sa.VARCHAR(length=40), nullable=True)
        batch_op.create_index(
            batch_op.f("ix_handoff_notes_conversation_id"), ["conversation_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_handoff_notes_conversation_id"), "conversations", ["conversation_id"], ["id"]
        )

    with op.batch_alter_table("handoffs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("late", sa.Integer(), server_default="0", nullable=False))


def _seed() -> None:
    """Replies that every desk needs on its first day; shared, so leads may change them."""
    table = sa.table(
        "canned_replies",
        *(sa.column(name, sa.String) for name in ("id", "owner", "title", "text", "keys", "changed_by")),
        sa.column("changed_at", tuika.storage.tables.base.UtcDateTime),
    )
    rows = [
        {
            "id": f"cr_ready_{number}",
            "owner": None,
            "title": title,
            "keys": keys,
            "text": text,
            "changed_by": "system",
            "changed_at": EPOCH,
        }
        for number, (title, keys, text) in enumerate(READY, 1)
    ]
    op.bulk_insert(table, rows)


def downgrade() -> None:
    with op.batch_alter_table("handoffs", schema=None) as batch_op:
        batch_op.drop_column("late")

    with op.batch_alter_table("handoff_notes", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_handoff_notes_conversation_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_handoff_notes_conversation_id"))
        batch_op.alter_column("handoff_id", existing_type=sa.VARCHAR(length=40), nullable=False)
        batch_op.drop_column("conversation_id")

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_index("ix_conversations_owner")

    with op.batch_alter_table("incident_cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_cases_case_no"))

    op.drop_table("incident_cases")
    op.drop_table("agent_seats")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_incidents_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index("ix_incidents_state")

    op.drop_table("incidents")
    with op.batch_alter_table("canned_replies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_canned_replies_owner"))

    op.drop_table("canned_replies")
