"""Several numbers a person, where a case stands among them, and the lists that keep the robot away. Only adds.

The release before rings the number it knows of a case and asks no list: put nobody on a list while it still runs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rungs",
        sa.Column("contact_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), server_default="", nullable=False),
        sa.Column("note", sa.String(length=80), server_default="", nullable=False),
        sa.Column("entered_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("consent_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_rungs_contact_id")),
        sa.ForeignKeyConstraint(["number"], ["numbers.number"], name=op.f("fk_rungs_number")),
        sa.PrimaryKeyConstraint("contact_id", "number", name=op.f("pk_rungs")),
    )
    op.create_index("uq_rungs_place", "rungs", ["contact_id", "place"], unique=True)
    op.execute(
        "INSERT INTO rungs (contact_id, number, place, kind) "
        "SELECT contact_id, number, 0, CASE WHEN number LIKE '0%' THEN 'landline' ELSE 'mobile' END FROM numbers"
    )
    op.create_table(
        "listings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("list", sa.String(length=14), server_default="", nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("contact_id", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("who", sa.String(length=80), server_default="", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_listings_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
    )
    op.create_index("ix_listings_number", "listings", ["number"])
    op.create_index("ix_listings_contact_id", "listings", ["contact_id"])
    op.add_column("cases", sa.Column("rung", sa.Integer(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("shut", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("cases", sa.Column("rung_failures", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    for name in ("rung_failures", "shut", "rung"):
        op.drop_column("cases", name)
    op.drop_table("listings")
    op.drop_table("rungs")
