"""The emergency stop. Only adds; the release before this one rings on, so stop it another way while both run."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stop_orders",
        sa.Column("epoch", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("level", sa.String(length=20), server_default="", nullable=False),
        sa.Column("who", sa.String(length=80), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_stop_orders")),
    )


def downgrade() -> None:
    op.drop_table("stop_orders")
