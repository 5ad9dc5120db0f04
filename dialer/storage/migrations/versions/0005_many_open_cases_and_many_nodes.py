"""The queue by what is due, not by what exists; nodes are woken; PostgreSQL refuses aloud what SQLite refuses. Tables stay as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_DUE = sa.text("state = 'due'")
_LIVE = sa.text("state IN ('claimed', 'dialling', 'ringing', 'answered')")
_WOKEN = {  # by these; a commit that touches none of them wakes nobody
    "attempts": "INSERT OR UPDATE OF due_at",
    "stop_orders": "INSERT",
    "outbox": "INSERT",
}


def upgrade() -> None:
    op.create_index("ix_attempts_due", "attempts", ["due_at"], sqlite_where=_DUE, postgresql_where=_DUE)
    op.create_index("ix_attempts_live", "attempts", ["owner"], sqlite_where=_LIVE, postgresql_where=_LIVE)
    op.drop_index("ix_attempts_queue", "attempts")
    if op.get_bind().dialect.name == "postgresql":
        _upgrade_server()


def _upgrade_server() -> None:
    op.execute(
        "CREATE FUNCTION quanzu_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME; END $$"
    )
    for verb in ("UPDATE", "DELETE"):
        op.execute(f"DROP RULE script_log_no_{verb} ON script_log")
    op.execute(
        "CREATE TRIGGER script_log_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON script_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION quanzu_only_added_to()"
    )
    op.execute(
        "CREATE FUNCTION quanzu_wake() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify('quanzu', TG_TABLE_NAME); RETURN NULL; END $$"
    )
    for table, verbs in _WOKEN.items():
        op.execute(
            f"CREATE TRIGGER {table}_wake AFTER {verbs} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION quanzu_wake()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION quanzu_wake() CASCADE")
        op.execute("DROP FUNCTION quanzu_only_added_to() CASCADE")
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE RULE script_log_no_{verb} AS ON {verb} TO script_log DO INSTEAD NOTHING")
    op.create_index("ix_attempts_queue", "attempts", ["state", "deadline", "urgency"])
    op.drop_index("ix_attempts_live", "attempts")
    op.drop_index("ix_attempts_due", "attempts")
