"""The tables beside `work_items`: what is known of a stop payment, who gave consent, and SMS.

The rules of `dialer.storage.tables` hold; what identifies a person here is a sum, who gave consent, and nothing else: an SMS is
kept without its number.
"""

import sqlalchemy as sa

from dialer.storage.tables import UtcDateTime, metadata


def _key() -> sa.Column[str]:
    return sa.Column("work_id", sa.ForeignKey("work_items.id"), primary_key=True)


def _words(name: str, size: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(size), nullable=False, server_default="")


stop_payments = sa.Table(
    "stop_payments",
    metadata,
    _key(),
    sa.Column("sum_yuan", sa.BigInteger),
    sa.Column("sum_exact", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("paid_at", UtcDateTime()),
    _words("ordered_by", 80),
    sa.Column("ordered_at", UtcDateTime()),
    _words("seconded_by", 80),
    sa.Column("seconded_at", UtcDateTime()),
    sa.Column("holds_until", UtcDateTime()),
    sa.Column("times", sa.Integer, nullable=False, server_default="0"),
)

consents = sa.Table(
    "consents",
    metadata,
    _key(),
    _words("given_by", 80),
    sa.Column("given_at", UtcDateTime(), nullable=False),
    _words("heard_by", 80),
)

sms = sa.Table(
    "sms",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False),
    _words("occasion", 20),
    sa.Column("flash", sa.Boolean, nullable=False, server_default=sa.false()),
    _words("state", 12),
    sa.Column("text", sa.Text(), nullable=False, server_default=""),
    _words("script_hash", 64),
    _words("code", 80),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("wanted_at", UtcDateTime(), nullable=False),
    sa.Column("next_try_at", UtcDateTime()),
    sa.Column("sent_at", UtcDateTime()),
    sa.Column("told_at", UtcDateTime()),
    sa.Index("ix_sms_case_id", "case_id", "occasion"),
    sa.Index("ix_sms_due", "state", "next_try_at"),
)
