"""Work items get their clocks and results; stop payments, consents, SMS. Only adds: the release before this one works on.

It cannot show a case that has a stop payment or a family contact, for it does not know the words; it rings the person as ever.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("work_items", sa.Column("stage", sa.String(length=12), server_default="", nullable=False))
    op.add_column("work_items", sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("work_items", sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("work_items", sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("work_items", sa.Column("result", sa.String(length=20), server_default="", nullable=False))
    op.add_column("work_items", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "stop_payments",
        sa.Column("work_id", sa.String(length=40), nullable=False),
        sa.Column("sum_yuan", sa.BigInteger(), nullable=True),
        sa.Column("sum_exact", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordered_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconded_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("seconded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holds_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("times", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["work_id"], ["work_items.id"], name=op.f("fk_stop_payments_work_id")),
        sa.PrimaryKeyConstraint("work_id", name=op.f("pk_stop_payments")),
    )
    op.create_table(
        "consents",
        sa.Column("work_id", sa.String(length=40), nullable=False),
        sa.Column("given_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_by", sa.String(length=80), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["work_id"], ["work_items.id"], name=op.f("fk_consents_work_id")),
        sa.PrimaryKeyConstraint("work_id", name=op.f("pk_consents")),
    )
    op.create_table(
        "sms",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("occasion", sa.String(length=20), server_default="", nullable=False),
        sa.Column("flash", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("script_hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("code", sa.String(length=80), server_default="", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sms_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms")),
    )
    op.create_index("ix_sms_case_id", "sms", ["case_id", "occasion"])
    op.create_index("ix_sms_due", "sms", ["state", "next_try_at"])


def downgrade() -> None:
    op.drop_table("sms")
    op.drop_table("consents")
    op.drop_table("stop_payments")
    for name in ("note", "result", "overdue_at", "arrived_at", "accepted_at", "stage"):
        op.drop_column("work_items", name)
