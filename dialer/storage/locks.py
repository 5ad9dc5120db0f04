"""Locks on rows, for PostgreSQL; SQLite has one writer at a time and ignores them.

Rule 1: one order for everybody: case and contact, then attempts. Who locks an attempt has locked its case before, or waits for nobody.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from dialer.storage.tables import attempts, cases, contacts


async def lock_case_of(db: AsyncConnection, attempt_id: str) -> str | None:
    """Lock the attempt's case and contact; the case's state, None when there is no such attempt."""
    of_attempt = sa.select(attempts.c.case_id).where(attempts.c.id == attempt_id).scalar_subquery()
    locked = sa.select(cases.c.state).select_from(cases.join(contacts)).where(cases.c.id == of_attempt)
    state: str | None = (await db.execute(locked.with_for_update())).scalar()
    return state


async def one_writer_of(db: AsyncConnection, table: sa.Table) -> None:
    """Nobody else who asks for this writes the table until the transaction ends; whoever reads does not wait."""
    if db.dialect.name == "postgresql":
        await db.exec_driver_sql(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE")
