"""The tables, and nothing but the tables.

Rule 1: a migration goes with every change here; a test compares the two.
Rule 2: the database itself refuses a second live case of a person and a second pending attempt of a case.
Rule 3: what identifies a person lies in `numbers`, `rungs`, `listings`, `contacts`, `alerts`, `turns`, `call_events`, `stop_payments`,
        `consents` and in the notes of `work_items` only.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from dialer.domain.attempt import LIVE, PENDING, AttemptState

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMES)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes only, kept in UTC. SQLite has no zone to keep, so it is taken off and put on again here."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id() -> sa.Column[str]:
    return sa.Column("id", sa.String(40), primary_key=True)


def _text(name: str, size: int | None = None, **more: Any) -> sa.Column[str]:
    kind = sa.Text() if size is None else sa.String(size)
    return sa.Column(name, kind, nullable=False, server_default="", **more)


def _at(name: str, *, must: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, UtcDateTime(), nullable=not must)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON, nullable=False, server_default="{}")


_rung = sa.text("live_attempt <> ''")

contacts = sa.Table(
    "contacts",
    metadata,
    _id(),
    _text("surname", 40),
    sa.Column("officer_only", sa.Boolean, nullable=False, server_default=sa.false()),
    _text("live_attempt", 40),  # who rings now; the claim's lock on the person
    _at("clear_at"),  # nobody rings the person before
    sa.Column("calls_day", sa.Date),
    _count("calls_today"),
    _text("merged_into", 40),  # who he turned out to be; nobody is found as him any more
    sa.Index("ix_contacts_live_attempt", "live_attempt", sqlite_where=_rung, postgresql_where=_rung),
)

numbers = sa.Table(
    "numbers",
    metadata,
    sa.Column("number", sa.String(20), primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),
    _count("position"),  # not used; the ladder of a person is `rungs`
)

_merged = sa.text("merged_into <> ''")

_late = sa.text("late_at IS NOT NULL")
_again = sa.text("sms_again_at IS NOT NULL")

cases = sa.Table(
    "cases",
    metadata,
    _id(),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False),
    sa.Column("number", sa.ForeignKey("numbers.number"), nullable=False),  # where an SMS is read
    _text("grade", 8),
    _text("fraud_type", 40),
    _text("state", 20),
    sa.Column("sum_yuan", sa.BigInteger),
    _at("opened_at", must=True),
    _at("closed_at"),
    _count("not_reached"),
    _count("busy"),
    _count("faults"),
    _count("follow_ups"),
    _text("outcome", 40),
    _text("officer", 80),
    _at("officer_at"),
    _count("rung"),  # place of the number that is rung now on the person's ladder
    sa.Column("shut", sa.JSON, nullable=False, server_default="[]"),  # places that are not rung on this case any more
    _count("rung_failures"),
    _at("late_at"),  # since then somebody knows that the robot cannot ring this person
    _at("sms_again_at"),  # without a call
    _text("merged_into", 40),  # the case that went on when two people turned out to be one
    sa.Column("called_back", sa.Boolean, nullable=False, server_default=sa.false()),
    _count("version"),  # raised by every save; a save on an old one is a CaseConflict
    sa.Index("uq_cases_live", "contact_id", unique=True, sqlite_where=sa.text("state <> 'closed'"),
             postgresql_where=sa.text("state <> 'closed'")),
    sa.Index("ix_cases_opened_at", "opened_at"),
    sa.Index("ix_cases_sms_again_at", "sms_again_at", sqlite_where=_again, postgresql_where=_again),
    sa.Index("ix_cases_late_at", "late_at", sqlite_where=_late, postgresql_where=_late),
    sa.Index("ix_cases_contact_id", "contact_id"),
    sa.Index("ix_cases_merged_into", "merged_into", sqlite_where=_merged, postgresql_where=_merged),
)  # fmt: skip

alerts = sa.Table(
    "alerts",
    metadata,
    _id(),
    _text("source", 80),
    _text("external_id", 200),
    _at("received_at", must=True),
    _at("occurred_at"),
    _text("state", 10),  # accepted, rejected
    _text("reason", 40),  # why it was rejected
    _text("fault", 40),
    _text("advice"),
    _text("grade", 8),
    _text("fraud_type", 40),
    _text("number", 20),
    _text("surname", 40),
    sa.Column("sum_yuan", sa.BigInteger),
    _json("facts"),
    _text("body"),
    _text("body_sha256", 64),
    sa.Column("case_id", sa.ForeignKey("cases.id"), index=True),
    sa.Index("uq_alerts_named", "source", "external_id", unique=True,
             sqlite_where=sa.text("state = 'accepted' AND external_id <> ''"),
             postgresql_where=sa.text("state = 'accepted' AND external_id <> ''")),
    sa.Index("ix_alerts_body_sha256", "body_sha256"),
    sa.Index("ix_alerts_state_received_at", "state", "received_at"),
)  # fmt: skip


def _among(states: tuple[AttemptState, ...]) -> sa.TextClause:
    return sa.text("state IN (" + ", ".join(f"'{state}'" for state in states) + ")")


_resumes = sa.text("resumes <> ''")
_pending, _live, _due = _among(PENDING), _among(LIVE), sa.text(f"state = '{AttemptState.DUE}'")

attempts = sa.Table(
    "attempts",
    metadata,
    _id(),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False),
    sa.Column("number", sa.ForeignKey("numbers.number"), nullable=False),
    _text("state", 12),
    _text("reason", 20),
    _count("urgency"),  # rank of the grade, so that the queue orders by index
    sa.Column("sum_yuan", sa.BigInteger, nullable=False, server_default="0"),
    _at("created_at", must=True),
    _at("due_at", must=True),
    _at("deadline", must=True),
    _text("owner", 80),
    _at("lease_until"),
    _count("fence"),  # raised by every claim
    _text("call_id", 120),
    _text("script_hash", 64),
    _text("knowledge_hash", 64),
    sa.Column("worker_pid", sa.Integer),
    _text("progress", 12),
    _text("rang", 8),
    _text("cause", 20),
    _count("sip_code"),
    _text("conclusion", 20),
    _text("outcome", 40),
    _json("facts"),
    _text("recording"),
    _text("brief"),
    _text("resumes", 40),  # the attempt whose dropped talk it takes up
    sa.Column("standing", sa.JSON),  # of its own talk: voice.report.Standing, as the worker told last
    _at("heard_at"),  # when that was
    _at("dialled_at"),
    _at("ringing_at"),
    _at("answered_at"),
    _at("ended_at"),
    sa.Index("uq_attempts_pending", "case_id", unique=True, sqlite_where=_pending, postgresql_where=_pending),
    sa.Index("uq_attempts_resumes", "case_id", unique=True, sqlite_where=_resumes, postgresql_where=_resumes),
    sa.Index("ix_attempts_due", "due_at", sqlite_where=_due, postgresql_where=_due),
    sa.Index("ix_attempts_live", "owner", sqlite_where=_live, postgresql_where=_live),
)
# Written out, not bound: only then are the indexes of above found to hold what is asked for. Most cases wait for a later day.
IS_DUE = attempts.c.state == sa.literal_column(f"'{AttemptState.DUE}'")


def is_live(table: sa.FromClause) -> sa.ColumnElement[bool]:
    """Of attempts, or of an alias of it."""
    return table.c.state.in_([sa.literal_column(f"'{state}'") for state in LIVE])


IS_LIVE = is_live(attempts)

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("attempt_id", sa.ForeignKey("attempts.id"), primary_key=True),
    sa.Column("turn", sa.Integer, primary_key=True, autoincrement=False),
    _text("step", 80),
    _text("said"),
    sa.Column("said_to_end", sa.Boolean, nullable=False, server_default=sa.false()),
    _text("heard"),
    sa.Column("intents", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("confidence", sa.Float, nullable=False, server_default="0"),
    _text("rule", 200),
    _count("started_ms"),
    sa.Column("reply_gap_ms", sa.Integer),
    _text("digit", 4),
    _at("at", must=True),
)

# What happened in a call, event by event, and what the machine answered: JSON lines of voice.record.
call_events = sa.Table(
    "call_events",
    metadata,
    sa.Column("attempt_id", sa.ForeignKey("attempts.id"), primary_key=True),
    _text("lines"),
)

escalations = sa.Table(
    "escalations",
    metadata,
    _id(),
    sa.Column("attempt_id", sa.ForeignKey("attempts.id"), nullable=False, index=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    _text("reason", 80),
    _count("tier"),
    _text("officer", 80),
    _text("state", 12),
    _json("facts"),
    _text("call_id", 120),
    _text("brief", 120),
    sa.Column("brief_ms", sa.Integer, nullable=False, server_default="0"),
    _at("wanted_at", must=True),
    _at("deadline", must=True),
    _at("ringing_at"),
    _at("briefed_at"),
    _at("accepted_at"),
    _at("bridged_at"),
    _at("ended_at"),
)

danger_signs = sa.Table(
    "danger_signs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    _text("kind", 20),
    _text("text", 200),
    _at("at", must=True),
)

_open_work = sa.text("state IN ('wanted', 'accepted')")

work_items = sa.Table(
    "work_items",
    metadata,
    _id(),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    _text("kind", 20),
    _text("reason", 20),
    _text("state", 12),  # wanted, accepted, done, cancelled
    _text("stage", 12),  # the same in more words
    _text("owner", 80),
    _at("created_at", must=True),
    _at("deadline", must=True),
    _at("accepted_at"),
    _at("arrived_at"),
    _at("done_at"),
    _at("overdue_at"),
    _text("result", 20),
    _text("note"),
    sa.Index("uq_work_items_open", "case_id", "kind", unique=True, sqlite_where=_open_work,
             postgresql_where=_open_work),
    sa.Index("ix_work_items_deadline", "state", "deadline"),
)  # fmt: skip

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    _text("kind", 40),
    _text("case_id", 40),
    _json("payload"),
    _at("created_at", must=True),
    _at("published_at"),
    sa.Index("ix_outbox_unpublished", "id", sqlite_where=sa.text("published_at IS NULL"),
             postgresql_where=sa.text("published_at IS NULL")),
)  # fmt: skip

history = sa.Table(
    "history",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    _text("case_id", 40),
    _text("attempt_id", 40),
    _text("what", 60),
    _json("facts"),
    _at("at", must=True),
    sa.Index("ix_history_case_id", "case_id"),
)

# The emergency stop: the newest row holds for every node.
stop_orders = sa.Table(
    "stop_orders",
    metadata,
    sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=True),
    _text("level", 20),
    _text("who", 80),
    _text("why"),
    _at("at", must=True),
)

# How the robot does, over all nodes: the newest row holds; a row for every change.
conditions = sa.Table(
    "conditions",
    metadata,
    sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=True),
    _text("condition", 12),
    _text("cause", 20),
    _count("late"),
    _at("at", must=True),
)

# SQLite's own time: what it was when the machine was booted. One row; a server has a clock itself.
steady_clock = sa.Table(
    "steady_clock",
    metadata,
    sa.Column("boot", sa.String(40), primary_key=True),
    _at("at_boot", must=True),
)

nodes = sa.Table(
    "nodes",
    metadata,
    sa.Column("node", sa.String(80), primary_key=True),
    _at("seen_at", must=True),
)
