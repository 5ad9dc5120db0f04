"""The call-back that takes up a dropped talk: where talks stand, and one call-back in a case. Only adds.

The release before orders none, and rings one that it finds like any other call.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_RESUMES = sa.text("resumes <> ''")


def upgrade() -> None:
    op.add_column("attempts", sa.Column("standing", sa.JSON(), nullable=True))
    op.add_column("attempts", sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("called_back", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "uq_attempts_resumes", "attempts", ["case_id"], unique=True, sqlite_where=_RESUMES, postgresql_where=_RESUMES
    )


def downgrade() -> None:
    op.drop_index("uq_attempts_resumes", "attempts")
    op.drop_column("cases", "called_back")
    op.drop_column("attempts", "heard_at")
    op.drop_column("attempts", "standing")
