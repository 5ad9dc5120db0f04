"""Two people on file who turn out to be one: who stays, and which case goes on. Only adds.

The release before finishes the calls that it conducts; what comes of one is then written to the case that has ended, and rings nobody.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MERGED = sa.text("merged_into <> ''")


def upgrade() -> None:
    for table in ("contacts", "cases"):
        op.add_column(table, sa.Column("merged_into", sa.String(length=40), server_default="", nullable=False))
    op.create_index("ix_cases_contact_id", "cases", ["contact_id"])
    op.create_index("ix_cases_merged_into", "cases", ["merged_into"], sqlite_where=_MERGED, postgresql_where=_MERGED)


def downgrade() -> None:
    op.drop_index("ix_cases_merged_into", table_name="cases")
    op.drop_index("ix_cases_contact_id", table_name="cases")
    for table in ("cases", "contacts"):
        op.drop_column(table, "merged_into")
