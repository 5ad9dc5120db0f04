"""When an SMS goes out without a call, while nobody reaches the person. Only adds.

The release before leaves the time alone; it sends what is wanted, and winds no clock.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_AGAIN = sa.text("sms_again_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("cases", sa.Column("sms_again_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_cases_sms_again_at", "cases", ["sms_again_at"], sqlite_where=_AGAIN, postgresql_where=_AGAIN)


def downgrade() -> None:
    op.drop_index("ix_cases_sms_again_at", "cases")
    op.drop_column("cases", "sms_again_at")
