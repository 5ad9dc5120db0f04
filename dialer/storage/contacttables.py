"""The tables of people's numbers beside `numbers`: the ladder of each person, and the lists that keep the robot away.

The rules of `dialer.storage.tables` hold. `numbers` says who is found by a number; `rungs` says on which numbers a person may be
reached, and one number may stand on several ladders: a couple's landline, a switchboard, a daughter's mobile.
"""

import sqlalchemy as sa

from dialer.storage.tables import UtcDateTime, metadata


def _words(name: str, size: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(size), nullable=False, server_default="")


rungs = sa.Table(
    "rungs",
    metadata,
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), primary_key=True),
    sa.Column("number", sa.ForeignKey("numbers.number"), primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),  # in the order in which they became known
    _words("kind", 10),
    _words("note", 80),
    _words("entered_by", 80),  # empty: a source named it
    _words("consent_by", 80),  # who said that the robot may ring there
    sa.Column("consent_at", UtcDateTime()),
    sa.Index("uq_rungs_place", "contact_id", "place", unique=True),
)

# One row a listing; ended ones stay, so that it can be told later why somebody was not rung. Exactly one of number and contact.
listings = sa.Table(
    "listings",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    _words("list", 14),
    sa.Column("number", sa.String(20)),
    sa.Column("contact_id", sa.ForeignKey("contacts.id")),
    _words("reason", 200),
    _words("who", 80),
    sa.Column("since", UtcDateTime(), nullable=False),
    sa.Column("until", UtcDateTime()),
    _words("ended_by", 80),
    sa.Column("ended_at", UtcDateTime()),
    sa.Index("ix_listings_number", "number"),
    sa.Index("ix_listings_contact_id", "contact_id"),
)
