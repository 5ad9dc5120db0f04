"""By which knowledge a call was understood. Only adds: the release before this one works on these tables, too."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempts", sa.Column("knowledge_hash", sa.String(length=64), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("attempts", "knowledge_hash")
