"""Proposals and a log of versions; the events of calls. Only adds: the release before this one works on these tables, too."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_REFUSALS = {
    "sqlite": "CREATE TRIGGER script_log_no_{verb} BEFORE {verb} ON script_log "
    "BEGIN SELECT RAISE(ABORT, 'script_log is only ever added to'); END",
    "postgresql": "CREATE RULE script_log_no_{verb} AS ON {verb} TO script_log DO INSTEAD NOTHING",
}


def upgrade() -> None:
    op.create_table(
        "script_proposals",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), server_default="", nullable=False),
        sa.Column("hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("author", sa.String(length=80), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_proposals")),
    )
    op.create_index("ix_script_proposals_code", "script_proposals", ["code"])
    op.create_table(
        "script_log",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), server_default="", nullable=False),
        sa.Column("hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("deed", sa.String(length=20), server_default="", nullable=False),
        sa.Column("who", sa.String(length=80), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_log")),
    )
    op.create_index("ix_script_log_code", "script_log", ["code"])
    op.create_table(
        "call_events",
        sa.Column("attempt_id", sa.String(length=40), nullable=False),
        sa.Column("lines", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_call_events_attempt_id")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_call_events")),
    )
    op.execute(
        "INSERT INTO script_log (code, hash, deed, who, note, at) "
        "SELECT code, hash, 'published', author, note, published_at FROM script_versions ORDER BY id"
    )
    refusal = _REFUSALS[op.get_bind().dialect.name]
    for verb in ("UPDATE", "DELETE"):
        op.execute(refusal.format(verb=verb))


def downgrade() -> None:
    op.drop_table("call_events")
    op.drop_table("script_log")
    op.drop_table("script_proposals")
