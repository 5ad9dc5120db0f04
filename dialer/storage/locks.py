"""Locks on rows, for PostgreSQL; SQLite has one writer at a time and ignores them.

Rule 1: one order for everybody: cases by id, contacts by id, then attempts. Who locks an attempt has locked its case before, or waits for nobody.
"""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from dialer.domain.case import CaseState
from dialer.storage.tables import attempts, cases, contacts, is_live

# Written out, not bound: only then are the indexes of those who are merged, or rung, found to hold them.
_NOBODY: sa.ColumnElement[str] = sa.literal_column("''")
TRIES = 2  # what was merged into another case while one waited for its lock is found at the second


async def lock_case_of(db: AsyncConnection, attempt_id: str) -> str | None:
    """Lock the case that the attempt's is merged into, or its own, and contact; that case's state, None without such an attempt."""
    of_attempt = sa.select(attempts.c.case_id).where(attempts.c.id == attempt_id).scalar_subquery()
    locked = sa.select(cases.c.state).select_from(cases.join(contacts)).where(cases.c.id == standing_for(of_attempt))
    for _ in range(TRIES):
        state: str | None = (await db.execute(locked.with_for_update())).scalar()
        if state is not None:
            return state
    return None


def standing_for(case_id: str | sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """The id of the case that this one was merged into; its own, if it was not."""
    old = cases.alias()
    stays = sa.case((old.c.merged_into == "", old.c.id), else_=old.c.merged_into)
    return sa.select(stays).where(old.c.id == case_id).scalar_subquery()


def all_of(case_id: str) -> sa.Select[tuple[str]]:
    """Ids of the case and of those that were merged into it."""
    merged = sa.and_(cases.c.merged_into == case_id, cases.c.merged_into != _NOBODY)
    return sa.select(cases.c.id).where(sa.or_(cases.c.id == case_id, merged))


async def lock_people(db: AsyncConnection, ids: Collection[str]) -> None:
    """Lock these people and their open cases."""
    if db.dialect.name == "postgresql":
        still = (cases.c.contact_id.in_(ids), cases.c.state != CaseState.CLOSED.value)
        await db.execute(sa.select(cases.c.id).where(*still).order_by(cases.c.id).with_for_update())
        await db.execute(
            sa.select(contacts.c.id).where(contacts.c.id.in_(ids)).order_by(contacts.c.id).with_for_update()
        )


def freed(attempt_id: str) -> sa.Update:
    """Whoever was held by this attempt may be rung again, unless another call to him goes on: two people may have become one."""
    other = attempts.alias()
    goes_on = (other.c.contact_id == contacts.c.id, is_live(other), other.c.id != attempt_id)
    still = sa.select(sa.func.min(other.c.id)).where(*goes_on).scalar_subquery()
    held = contacts.update().where(contacts.c.live_attempt == attempt_id, contacts.c.live_attempt != _NOBODY)
    return held.values(live_attempt=sa.func.coalesce(still, ""))


async def one_writer_of(db: AsyncConnection, table: sa.Table) -> None:
    """Nobody else who asks for this writes the table until the transaction ends; whoever reads does not wait."""
    if db.dialect.name == "postgresql":
        await db.exec_driver_sql(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE")
