"""The turns of a call: written while it runs for the live view, and once more, whole, with the report; and its events."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from dialer.storage import mapping
from dialer.storage.tables import call_events, turns
from voice.report import TurnRecord


async def put_turn(db: AsyncConnection, attempt_id: str, record: TurnRecord, at: datetime) -> None:
    """Write a turn that is over; the last word on it wins. One process writes the turns of an attempt."""
    here = (turns.c.attempt_id == attempt_id, turns.c.turn == record.turn)
    columns = mapping.turn_columns(record)
    if not (await db.execute(turns.update().where(*here).values(**columns))).rowcount:
        await db.execute(turns.insert().values(attempt_id=attempt_id, turn=record.turn, at=at, **columns))


async def begin_turn(db: AsyncConnection, attempt_id: str, record: TurnRecord, at: datetime) -> None:
    """Write a turn that begins; when its end is known already, this is late and changes nothing."""
    here = (turns.c.attempt_id == attempt_id, turns.c.turn == record.turn)
    if (await db.execute(turns.select().where(*here))).first() is None:
        columns = mapping.turn_columns(record)
        await db.execute(turns.insert().values(attempt_id=attempt_id, turn=record.turn, at=at, **columns))


async def put_events(db: AsyncConnection, attempt_id: str, lines: str) -> None:
    """Write what happened in a call; a report may come twice."""
    here = call_events.c.attempt_id == attempt_id
    if lines and not (await db.execute(call_events.update().where(here).values(lines=lines))).rowcount:
        await db.execute(call_events.insert().values(attempt_id=attempt_id, lines=lines))
