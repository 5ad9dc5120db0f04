"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("surname", sa.String(length=40), server_default="", nullable=False),
        sa.Column("officer_only", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("live_attempt", sa.String(length=40), server_default="", nullable=False),
        sa.Column("clear_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calls_day", sa.Date(), nullable=True),
        sa.Column("calls_today", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.String(length=40), server_default="", nullable=False),
        sa.Column("attempt_id", sa.String(length=40), server_default="", nullable=False),
        sa.Column("what", sa.String(length=60), server_default="", nullable=False),
        sa.Column("facts", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index("ix_history_case_id", ["case_id"], unique=False)

    op.create_table(
        "nodes",
        sa.Column("node", sa.String(length=80), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_nodes")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=40), server_default="", nullable=False),
        sa.Column("case_id", sa.String(length=40), server_default="", nullable=False),
        sa.Column("payload", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_unpublished",
            ["id"],
            unique=False,
            sqlite_where=sa.text("published_at IS NULL"),
            postgresql_where=sa.text("published_at IS NULL"),
        )

    op.create_table(
        "script_versions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), server_default="", nullable=False),
        sa.Column("hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("author", sa.String(length=80), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_versions")),
    )
    with op.batch_alter_table("script_versions", schema=None) as batch_op:
        batch_op.create_index("ix_script_versions_code", ["code"], unique=False)
        batch_op.create_index("ix_script_versions_hash", ["hash"], unique=False)

    op.create_table(
        "numbers",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("contact_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_numbers_contact_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_numbers")),
    )
    with op.batch_alter_table("numbers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_numbers_contact_id"), ["contact_id"], unique=False)

    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("contact_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("grade", sa.String(length=8), server_default="", nullable=False),
        sa.Column("fraud_type", sa.String(length=40), server_default="", nullable=False),
        sa.Column("state", sa.String(length=20), server_default="", nullable=False),
        sa.Column("sum_yuan", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_reached", sa.Integer(), server_default="0", nullable=False),
        sa.Column("busy", sa.Integer(), server_default="0", nullable=False),
        sa.Column("faults", sa.Integer(), server_default="0", nullable=False),
        sa.Column("follow_ups", sa.Integer(), server_default="0", nullable=False),
        sa.Column("outcome", sa.String(length=40), server_default="", nullable=False),
        sa.Column("officer", sa.String(length=80), server_default="", nullable=False),
        sa.Column("officer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_cases_contact_id")),
        sa.ForeignKeyConstraint(["number"], ["numbers.number"], name=op.f("fk_cases_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index("ix_cases_opened_at", ["opened_at"], unique=False)
        batch_op.create_index(
            "uq_cases_live",
            ["contact_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'closed'"),
            postgresql_where=sa.text("state <> 'closed'"),
        )

    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=80), server_default="", nullable=False),
        sa.Column("external_id", sa.String(length=200), server_default="", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=40), server_default="", nullable=False),
        sa.Column("fault", sa.String(length=40), server_default="", nullable=False),
        sa.Column("advice", sa.Text(), server_default="", nullable=False),
        sa.Column("grade", sa.String(length=8), server_default="", nullable=False),
        sa.Column("fraud_type", sa.String(length=40), server_default="", nullable=False),
        sa.Column("number", sa.String(length=20), server_default="", nullable=False),
        sa.Column("surname", sa.String(length=40), server_default="", nullable=False),
        sa.Column("sum_yuan", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("body_sha256", sa.String(length=64), server_default="", nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_alerts_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index("ix_alerts_body_sha256", ["body_sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_alerts_state_received_at", ["state", "received_at"], unique=False)
        batch_op.create_index(
            "uq_alerts_named",
            ["source", "external_id"],
            unique=True,
            sqlite_where=sa.text("state = 'accepted' AND external_id <> ''"),
            postgresql_where=sa.text("state = 'accepted' AND external_id <> ''"),
        )

    op.create_table(
        "attempts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("contact_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=20), server_default="", nullable=False),
        sa.Column("urgency", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sum_yuan", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.String(length=80), server_default="", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("call_id", sa.String(length=120), server_default="", nullable=False),
        sa.Column("script_hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("worker_pid", sa.Integer(), nullable=True),
        sa.Column("progress", sa.String(length=12), server_default="", nullable=False),
        sa.Column("rang", sa.String(length=8), server_default="", nullable=False),
        sa.Column("cause", sa.String(length=20), server_default="", nullable=False),
        sa.Column("sip_code", sa.Integer(), server_default="0", nullable=False),
        sa.Column("conclusion", sa.String(length=20), server_default="", nullable=False),
        sa.Column("outcome", sa.String(length=40), server_default="", nullable=False),
        sa.Column("facts", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("recording", sa.Text(), server_default="", nullable=False),
        sa.Column("brief", sa.Text(), server_default="", nullable=False),
        sa.Column("resumes", sa.String(length=40), server_default="", nullable=False),
        sa.Column("dialled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ringing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_attempts_case_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_attempts_contact_id")),
        sa.ForeignKeyConstraint(["number"], ["numbers.number"], name=op.f("fk_attempts_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempts_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_attempts_queue", ["state", "deadline", "urgency"], unique=False)
        batch_op.create_index(
            "uq_attempts_pending",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('due', 'claimed', 'dialling', 'ringing', 'answered')"),
            postgresql_where=sa.text("state IN ('due', 'claimed', 'dialling', 'ringing', 'answered')"),
        )

    op.create_table(
        "danger_signs",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), server_default="", nullable=False),
        sa.Column("text", sa.String(length=200), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_danger_signs_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_danger_signs")),
    )
    with op.batch_alter_table("danger_signs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_danger_signs_case_id"), ["case_id"], unique=False)

    op.create_table(
        "work_items",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=20), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), server_default="", nullable=False),
        sa.Column("owner", sa.String(length=80), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_work_items_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_items")),
    )
    with op.batch_alter_table("work_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_items_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_work_items_deadline", ["state", "deadline"], unique=False)
        batch_op.create_index(
            "uq_work_items_open",
            ["case_id", "kind"],
            unique=True,
            sqlite_where=sa.text("state IN ('wanted', 'accepted')"),
            postgresql_where=sa.text("state IN ('wanted', 'accepted')"),
        )

    op.create_table(
        "escalations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("attempt_id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=80), server_default="", nullable=False),
        sa.Column("tier", sa.Integer(), server_default="0", nullable=False),
        sa.Column("officer", sa.String(length=80), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), server_default="", nullable=False),
        sa.Column("facts", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("call_id", sa.String(length=120), server_default="", nullable=False),
        sa.Column("brief", sa.String(length=120), server_default="", nullable=False),
        sa.Column("brief_ms", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ringing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("briefed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bridged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_escalations_attempt_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_escalations_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
    )
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_escalations_attempt_id"), ["attempt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_escalations_case_id"), ["case_id"], unique=False)

    op.create_table(
        "turns",
        sa.Column("attempt_id", sa.String(length=40), nullable=False),
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.String(length=80), server_default="", nullable=False),
        sa.Column("said", sa.Text(), server_default="", nullable=False),
        sa.Column("said_to_end", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("heard", sa.Text(), server_default="", nullable=False),
        sa.Column("intents", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("confidence", sa.Float(), server_default="0", nullable=False),
        sa.Column("rule", sa.String(length=200), server_default="", nullable=False),
        sa.Column("started_ms", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reply_gap_ms", sa.Integer(), nullable=True),
        sa.Column("digit", sa.String(length=4), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_turns_attempt_id")),
        sa.PrimaryKeyConstraint("attempt_id", "turn", name=op.f("pk_turns")),
    )


def downgrade() -> None:
    op.drop_table("turns")
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_escalations_case_id"))
        batch_op.drop_index(batch_op.f("ix_escalations_attempt_id"))

    op.drop_table("escalations")
    with op.batch_alter_table("work_items", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_work_items_open",
            sqlite_where=sa.text("state IN ('wanted', 'accepted')"),
            postgresql_where=sa.text("state IN ('wanted', 'accepted')"),
        )
        batch_op.drop_index("ix_work_items_deadline")
        batch_op.drop_index(batch_op.f("ix_work_items_case_id"))

    op.drop_table("work_items")
    with op.batch_alter_table("danger_signs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_danger_signs_case_id"))

    op.drop_table("danger_signs")
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_attempts_pending",
            sqlite_where=sa.text("state IN ('due', 'claimed', 'dialling', 'ringing', 'answered')"),
            postgresql_where=sa.text("state IN ('due', 'claimed', 'dialling', 'ringing', 'answered')"),
        )
        batch_op.drop_index("ix_attempts_queue")
        batch_op.drop_index(batch_op.f("ix_attempts_case_id"))

    op.drop_table("attempts")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_alerts_named",
            sqlite_where=sa.text("state = 'accepted' AND external_id <> ''"),
            postgresql_where=sa.text("state = 'accepted' AND external_id <> ''"),
        )
        batch_op.drop_index("ix_alerts_state_received_at")
        batch_op.drop_index(batch_op.f("ix_alerts_case_id"))
        batch_op.drop_index("ix_alerts_body_sha256")

    op.drop_table("alerts")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cases_live", sqlite_where=sa.text("state <> 'closed'"), postgresql_where=sa.text("state <> 'closed'")
        )
        batch_op.drop_index("ix_cases_opened_at")

    op.drop_table("cases")
    with op.batch_alter_table("numbers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_numbers_contact_id"))

    op.drop_table("numbers")
    with op.batch_alter_table("script_versions", schema=None) as batch_op:
        batch_op.drop_index("ix_script_versions_hash")
        batch_op.drop_index("ix_script_versions_code")

    op.drop_table("script_versions")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_unpublished",
            sqlite_where=sa.text("published_at IS NULL"),
            postgresql_where=sa.text("published_at IS NULL"),
        )

    op.drop_table("outbox")
    op.drop_table("nodes")
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.drop_index("ix_history_case_id")

    op.drop_table("history")
    op.drop_table("contacts")
