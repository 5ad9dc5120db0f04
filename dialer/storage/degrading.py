"""Who waits too long for a call, and how the robot does as a whole. Holds dialer.ports.degrading.Lateness.

Rule: looking is on the reader and takes no lock; who is found is looked at again, under locks, when something is done about him.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from dialer.domain.actions import Announcement
from dialer.domain.attempt import AttemptState
from dialer.domain.case import CaseState
from dialer.domain.degrading import Cause, Condition
from dialer.domain.grade import Grade
from dialer.ports.degrading import RobotCondition, Waiting
from dialer.storage import tables
from dialer.storage.engine import Engines
from dialer.storage.locks import one_writer_of

_attempts, _cases, _conditions, _outbox = tables.attempts, tables.cases, tables.conditions, tables.outbox
_RINGABLE = _cases.c.state.in_([CaseState.OPEN.value, CaseState.FOLLOW_UP.value])
_CLAIMED = sa.and_(tables.IS_LIVE, _attempts.c.state == AttemptState.CLAIMED.value)  # nothing has left the house
_URGENT_FIRST = (_attempts.c.urgency, _attempts.c.deadline, _attempts.c.id)


class SqlLateness:
    """On the reader, but for what is noted."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    async def overdue(self, by: Mapping[Grade, datetime], due_until: datetime, limit: int) -> Sequence[str]:
        if not by:
            return []
        untold = sa.select(_attempts.c.id, *_URGENT_FIRST[:2]).join(_cases).where(_cases.c.late_at.is_(None), _RINGABLE)
        due = untold.where(tables.IS_DUE, _attempts.c.due_at <= due_until, _passed(by))
        either = sa.union_all(due, untold.where(_CLAIMED, _passed(by))).subquery()
        first = sa.select(either.c.id).order_by(either.c.urgency, either.c.deadline, either.c.id).limit(limit)
        async with self._engines.read() as db:
            return list((await db.execute(first)).scalars())

    async def giving_way(self, by: Mapping[Grade, datetime], due_until: datetime, limit: int) -> Sequence[str]:
        if not by:
            return []
        due = sa.select(_attempts.c.id).where(tables.IS_DUE, _attempts.c.due_at <= due_until, _passed(by))
        longest_first = (_attempts.c.urgency.desc(), _attempts.c.deadline, _attempts.c.id)
        async with self._engines.read() as db:
            return list((await db.execute(due.order_by(*longest_first).limit(limit))).scalars())

    async def late_people(self) -> int:
        late = sa.select(sa.func.count()).select_from(_cases).where(_cases.c.late_at.is_not(None), _RINGABLE)
        async with self._engines.read() as db:
            return (await db.execute(late)).scalar_one()

    async def condition(self) -> RobotCondition:
        async with self._engines.read() as db:
            return await _newest(db)

    async def note_condition(self, seen: RobotCondition, at: datetime) -> bool:
        async with self._engines.write() as db:
            await one_writer_of(db, _conditions)
            before = await _newest(db)
            if before.condition is seen.condition:
                return False
            words = {"condition": seen.condition.value, "cause": seen.cause.value if seen.cause else ""}
            await db.execute(_conditions.insert().values(**words, late=seen.late, at=at))
            degraded = seen.condition is Condition.DEGRADED
            kind = Announcement.ROBOT_DEGRADED if degraded else Announcement.ROBOT_HEALED
            since = {"since": before.at.isoformat()} if before.at else {}
            payload = {"v": 1, "kind": kind.value, "at": at.isoformat(), **words, "late": seen.late, **since}
            await db.execute(_outbox.insert().values(kind=kind.value, case_id="", payload=payload, created_at=at))
            return True

    async def waiting(self, now: datetime) -> Sequence[Waiting]:
        counted = (
            sa.select(_attempts.c.urgency, sa.func.count(), sa.func.min(_attempts.c.deadline))
            .where(tables.IS_DUE, _attempts.c.due_at <= now)
            .group_by(_attempts.c.urgency)
            .order_by(_attempts.c.urgency)
        )
        async with self._engines.read() as db:
            rows = await db.execute(counted)
            return [Waiting(tuple(Grade)[urgency], people, first) for urgency, people, first in rows]


def _passed(by: Mapping[Grade, datetime]) -> sa.ColumnElement[bool]:
    return sa.or_(*(sa.and_(_attempts.c.urgency == grade.rank, _attempts.c.deadline <= at) for grade, at in by.items()))


async def _newest(db: AsyncConnection) -> RobotCondition:
    row = (await db.execute(sa.select(_conditions).order_by(_conditions.c.epoch.desc()).limit(1))).mappings().first()
    if row is None:
        return RobotCondition()
    cause = Cause(row["cause"]) if row["cause"] else None
    return RobotCondition(Condition(row["condition"]), cause, row["late"], row["at"])
