"""SQLite's own time, which goes on evenly when the machine's clock jumps. Only adds.

The release before still takes the machine's clock; until it jumps, that is the same.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "steady_clock",
        sa.Column("boot", sa.String(length=40), nullable=False),
        sa.Column("at_boot", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("boot", name=op.f("pk_steady_clock")),
    )


def downgrade() -> None:
    op.drop_table("steady_clock")
