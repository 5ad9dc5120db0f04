"""The tables of call scripts: what is current, what waits for a second person, and who did what.

The rules of `dialer.storage.tables` hold.
"""

from datetime import datetime

import sqlalchemy as sa

from dialer.storage.tables import UtcDateTime, metadata


def _text(name: str, size: int | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text() if size is None else sa.String(size), nullable=False, server_default="")


def _at(name: str) -> sa.Column[datetime]:
    return sa.Column(name, UtcDateTime(), nullable=False)


script_versions = sa.Table(
    "script_versions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    _text("code", 40),
    _text("hash", 64),
    _text("content"),
    _text("author", 80),
    _text("note"),
    _at("published_at"),
    sa.Index("ix_script_versions_code", "code"),
    sa.Index("ix_script_versions_hash", "hash"),
)

# What waits for a second person. `after`: the row of script_versions that was current then.
script_proposals = sa.Table(
    "script_proposals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    _text("code", 40),
    _text("hash", 64),
    _text("content"),
    _text("author", 80),
    _text("note"),
    _at("proposed_at"),
    sa.Column("after", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_script_proposals_code", "code"),
)

# Only ever added to; the database itself refuses anything else.
script_log = sa.Table(
    "script_log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    _text("code", 40),
    _text("hash", 64),
    _text("deed", 20),
    _text("who", 80),
    _text("note"),
    _at("at"),
    sa.Index("ix_script_log_code", "code"),
)
