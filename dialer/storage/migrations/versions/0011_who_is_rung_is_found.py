"""Whoever is being rung is found by an index, not among all who ever were on file. Tables stay as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_RUNG = sa.text("live_attempt <> ''")


def upgrade() -> None:
    op.create_index(
        "ix_contacts_live_attempt", "contacts", ["live_attempt"], sqlite_where=_RUNG, postgresql_where=_RUNG
    )


def downgrade() -> None:
    op.drop_index("ix_contacts_live_attempt", "contacts")
