"""Since when it is known of a case that the robot cannot ring, and how the robot does as a whole. Only adds.

The release before tells nobody of a late call; everything else of both goes on beside each other.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_LATE = sa.text("late_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("cases", sa.Column("late_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_cases_late_at", "cases", ["late_at"], sqlite_where=_LATE, postgresql_where=_LATE)
    op.create_table(
        "conditions",
        sa.Column("epoch", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("condition", sa.String(length=12), server_default="", nullable=False),
        sa.Column("cause", sa.String(length=20), server_default="", nullable=False),
        sa.Column("late", sa.Integer(), server_default="0", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_conditions")),
    )


def downgrade() -> None:
    op.drop_table("conditions")
    op.drop_index("ix_cases_late_at", "cases")
    op.drop_column("cases", "late_at")
