"""The casebook: the queue of attempts, the log of calls, and transactions for the runner. Holds dialer.ports.Casebook.

Rule 1: one method, one transaction.
Rule 2: a claim locks the person, and whoever else is found by the number: `contacts.live_attempt` is who rings now, and only one
        can. It waits for nobody: who is busy with one of them or with the attempt now has the better right.
Rule 3: a call's log moves forward only; what is late changes nothing, and what is written with an older fence is refused.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from dialer.domain import callback
from dialer.domain.alert import Alert
from dialer.domain.attempt import (
    MAY_HAVE_RUNG,
    AttemptReason,
    AttemptState,
    ClaimedAttempt,
    DueAttempt,
    Hold,
    TalkToResume,
    UnfinishedAttempt,
)
from dialer.domain.case import CaseState
from dialer.domain.grade import Grade
from dialer.errors import CallsStopped, CaseConflict, NumberListed, TakenOver
from dialer.ports.casefile import CaseFile
from dialer.storage import mapping, tables
from dialer.storage.brake import NOT_STOPPED, in_force
from dialer.storage.casefile import SqlCaseFile
from dialer.storage.contacts import listed, people_of
from dialer.storage.engine import Engines
from dialer.storage.locks import all_of, freed, lock_case_of
from dialer.storage.newcomers import newcomers
from dialer.storage.turns import begin_turn, put_turn
from voice.report import Rang, Standing, TurnRecord

_attempts, _cases, _contacts, _alerts = tables.attempts, tables.cases, tables.contacts, tables.alerts
_nodes = tables.nodes
_RINGABLE = (CaseState.OPEN.value, CaseState.FOLLOW_UP.value)
_PROGRESS: Mapping[str, tuple[int, AttemptState, str]] = {  # rank, state, and the column that keeps the time
    "accepted": (1, AttemptState.DIALLING, ""),
    "inviting": (2, AttemptState.DIALLING, ""),
    "ringing": (3, AttemptState.RINGING, "ringing_at"),
    "answered": (4, AttemptState.ANSWERED, "answered_at"),
}


class _NotGranted(Exception):
    """Undoes a claim that came too late; never leaves this file."""


class SqlCasebook:
    """All writing, over the writer; questions of the queue, over the reader."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[CaseFile]:
        async with self._engines.write() as db:
            yield SqlCaseFile(db)

    @asynccontextmanager
    async def newcomers(self, alerts: Sequence[Alert]) -> AsyncIterator[Mapping[str, CaseFile]]:
        async with newcomers(self._engines, alerts) as files:
            yield files

    # --- the queue

    async def due_attempts(self, now: datetime, limit: int) -> Sequence[DueAttempt]:
        by = sa.case((_attempts.c.deadline < now, now), else_=_attempts.c.deadline)
        grade_then_sum = (_attempts.c.urgency, _attempts.c.sum_yuan.desc(), _attempts.c.deadline, _attempts.c.id)
        order = (_attempts.c.urgency > Grade.CRITICAL.rank, by, *grade_then_sum)
        free = (tables.IS_DUE, *_PERSON_FREE, sa.or_(_past_the_gap(now), _calls_back(now)))
        due = sa.select(_attempts).join(_contacts).where(_attempts.c.due_at <= now, NOT_STOPPED, *free)
        async with self._engines.read() as db:
            rows = (await db.execute(due.order_by(*order).limit(limit))).mappings()
            return [_due(row) for row in rows]

    async def next_due_at(self) -> datetime | None:
        free_at = sa.case((_contacts.c.clear_at > _attempts.c.due_at, _contacts.c.clear_at), else_=_attempts.c.due_at)
        due = (tables.IS_DUE, *_PERSON_FREE)
        soonest = sa.select(sa.func.min(free_at)).select_from(_attempts.join(_contacts)).where(*due)
        async with self._engines.read() as db:
            moment: datetime | None = (await db.execute(soonest)).scalar()
            return moment

    async def claim(self, attempt_id: str, node: str, now: datetime, lease_seconds: float) -> ClaimedAttempt | None:
        lease_until = now + timedelta(seconds=lease_seconds)
        try:
            async with self._engines.write() as db:
                await self._take(db, attempt_id, node, now, lease_until)
                return await _claimed(db, attempt_id, now)
        except _NotGranted:
            return None

    async def _take(
        self, db: AsyncConnection, attempt_id: str, node: str, now: datetime, lease_until: datetime
    ) -> None:
        if await listed(db, attempt_id, now) is not None:
            raise NumberListed
        people = set((await db.execute(people_of(attempt_id))).scalars())
        locked = people_of(attempt_id).with_for_update(skip_locked=True)
        if not people or set((await db.execute(locked)).scalars()) != people:
            raise _NotGranted
        if await listed(db, attempt_id, now) is not None:
            raise NumberListed
        due = (_attempts.c.id == attempt_id, tables.IS_DUE, _attempts.c.due_at <= now)
        which = sa.select(_calls_back(now).label("at_once")).where(*due)
        row = (await db.execute(which.with_for_update(skip_locked=True))).first()
        if row is None:
            raise _NotGranted
        gap = () if row.at_once else (_past_the_gap(now),)
        free = (_contacts.c.id.in_(people), *_PERSON_FREE, *gap)
        if (await db.execute(_contacts.update().where(*free).values(live_attempt=attempt_id))).rowcount != len(people):
            raise _NotGranted
        columns = {"state": AttemptState.CLAIMED.value, "owner": node, "lease_until": lease_until, "progress": ""}
        mine = _attempts.update().where(_attempts.c.id == attempt_id)
        await db.execute(mine.values(fence=_attempts.c.fence + 1, **columns))
        await _remember(db, attempt_id, "attempt_claimed", {"node": node}, now)

    async def release(self, hold: Hold, due_at: datetime, why: str) -> None:
        async with self._engines.write() as db:
            case_state = await _state_of_claimed(db, hold)
            state = AttemptState.DUE if case_state in _RINGABLE else AttemptState.CANCELLED
            await _let_go(db, hold.attempt, state, due_at)
            facts = {"why": why, "due_at": due_at.isoformat()}
            await _remember(db, hold.attempt, "attempt_released", facts, due_at)

    async def calls_in_hand(self, node: str) -> int:
        mine = sa.select(sa.func.count()).select_from(_attempts)
        async with self._engines.read() as db:
            return (await db.execute(mine.where(*_held_by(node)))).scalar_one()

    # --- the log of a call

    async def begin_dialling(
        self,
        hold: Hold,
        *,
        call_id: str,
        script_hash: str,
        now: datetime,
        hours_rule: str = "",
        goes_on_at: str = "",
    ) -> None:
        attempt_id = hold.attempt
        async with self._engines.write() as db:
            case_state = await _state_of_claimed(db, hold)
            stopped = not (await in_force(db)).level.may_ring
            ringable = case_state in _RINGABLE
            barred = ringable and await listed(db, attempt_id, now) is not None
            if barred:  # whoever claims it next takes it back
                await _let_go(db, attempt_id, AttemptState.DUE, now)
                await _remember(db, attempt_id, "attempt_released", {"why": "number_listed"}, now)
            elif ringable and stopped:
                await _let_go(db, attempt_id, AttemptState.DUE, now)
                await _remember(db, attempt_id, "attempt_released", {"why": "emergency_stop"}, now)
            elif ringable:
                columns = {"call_id": call_id, "script_hash": script_hash, "dialled_at": now}
                dialling = _attempts.update().where(_attempts.c.id == attempt_id)
                await db.execute(dialling.values(state=AttemptState.DIALLING.value, **columns))
                if hours_rule:
                    await _remember(db, attempt_id, "hours_overridden", {"rule": hours_rule}, now)
                if goes_on_at:
                    facts = {"rule": callback.RULE, "goes_on_at": goes_on_at}
                    await _remember(db, attempt_id, "gap_overridden", facts, now)
                await _remember(db, attempt_id, "attempt_dialling", {"call_id": call_id, "script": script_hash}, now)
            else:
                await _let_go(db, attempt_id, AttemptState.CANCELLED, now)
                await _remember(db, attempt_id, "attempt_cancelled", {}, now)
        if barred:
            raise NumberListed
        if ringable and stopped:
            raise CallsStopped
        if not ringable:
            raise CaseConflict("The case was closed or taken by a person before the call left; it is not rung.")

    async def note_progress(self, hold: Hold, progress: str, at: datetime, *, worker_pid: int | None = None) -> None:
        rank, state, column = _PROGRESS[progress]
        earlier = ["", *(word for word, (order, _, _) in _PROGRESS.items() if order < rank)]
        columns: dict[str, Any] = {"progress": progress, "state": state.value}
        if column:
            columns[column] = at
        if worker_pid is not None:
            columns["worker_pid"] = worker_pid
        going = (
            _attempts.c.id == hold.attempt,
            _attempts.c.state.in_(MAY_HAVE_RUNG),
            _attempts.c.progress.in_(earlier),
        )
        async with self._log_of(hold) as db:
            if (await db.execute(_attempts.update().where(*going).values(**columns))).rowcount:
                await _remember(db, hold.attempt, f"call_{progress}", {}, at)

    async def note_turn_started(self, hold: Hold, turn: int, step: str, said: str, at: datetime) -> None:
        begun = TurnRecord(turn, step, said, said_to_end=False, heard="", intents=(), confidence=0, rule="", started_ms=0,
                           reply_gap_ms=None)  # fmt: skip
        async with self._log_of(hold) as db:
            await begin_turn(db, hold.attempt, begun, at)

    async def note_turn_ended(
        self,
        hold: Hold,
        record: TurnRecord,
        at: datetime,
        standing: Standing | None = None,
        heard_at: datetime | None = None,
    ) -> None:
        mine = _attempts.update().where(_attempts.c.id == hold.attempt)
        async with self._log_of(hold) as db:
            await put_turn(db, hold.attempt, record, at)
            await db.execute(mine.values(heard_at=heard_at or at, **mapping.standing_columns(standing)))

    @asynccontextmanager
    async def _log_of(self, hold: Hold) -> AsyncIterator[AsyncConnection]:
        """A transaction in which nobody takes the attempt over. Raises TakenOver."""
        async with self._engines.write() as db:
            fence = sa.select(_attempts.c.fence).where(_attempts.c.id == hold.attempt).with_for_update()
            if (await db.execute(fence)).scalar() != hold.fence:
                raise TakenOver
            yield db

    async def unfinished_attempts(self) -> Sequence[UnfinishedAttempt]:
        live = sa.select(_attempts).where(tables.IS_LIVE).order_by(_attempts.c.id)
        async with self._engines.read() as db:
            return [mapping.unfinished(row) for row in (await db.execute(live)).mappings()]

    # --- nodes

    async def heartbeat(self, node: str, now: datetime, lease_until: datetime) -> tuple[str, ...]:
        async with self._engines.write() as db:
            seen = await db.execute(_nodes.update().where(_nodes.c.node == node).values(seen_at=now))
            if not seen.rowcount:
                await db.execute(_nodes.insert().values(node=node, seen_at=now))
            await db.execute(_attempts.update().where(*_held_by(node)).values(lease_until=lease_until))
            alive = sa.select(_nodes.c.node).where(_nodes.c.seen_at > now - (lease_until - now)).order_by(_nodes.c.node)
            return tuple((await db.execute(alive)).scalars())

    async def leave(self, node: str, now: datetime, lease_until: datetime) -> None:
        claimed = _attempts.c.state == AttemptState.CLAIMED.value
        async with self._engines.write() as db:
            await db.execute(_nodes.delete().where(_nodes.c.node == node))
            for which, until in ((claimed, now), (~claimed, lease_until)):
                await db.execute(_attempts.update().where(*_held_by(node), which).values(lease_until=until))


def _held_by(node: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (_attempts.c.owner == node, tables.IS_LIVE)


# Not being rung, and not to be left to officers.
_PERSON_FREE = (_contacts.c.live_attempt == "", _contacts.c.officer_only.is_(False))


def _past_the_gap(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(_contacts.c.clear_at.is_(None), _contacts.c.clear_at <= now)


def _calls_back(now: datetime) -> sa.ColumnElement[bool]:
    """A call-back that rings inside the gap; after so long it is a call like any other."""
    return sa.and_(_attempts.c.resumes != "", _attempts.c.created_at > now - callback.STILL_WITHIN)


def _due(row: sa.RowMapping) -> DueAttempt:
    return DueAttempt(
        id=row["id"],
        case_id=row["case_id"],
        grade=tuple(Grade)[row["urgency"]],
        due_at=row["due_at"],
        deadline=row["deadline"],
        reason=AttemptReason(row["reason"]),
        sum_yuan=row["sum_yuan"] or None,
        resumes=row["resumes"],
    )


async def _claimed(db: AsyncConnection, attempt_id: str, now: datetime) -> ClaimedAttempt:
    whole = (
        sa.select(_attempts, _cases.c.grade, _cases.c.fraud_type, _contacts.c.surname)
        .select_from(_attempts.join(_cases, _attempts.c.case_id == _cases.c.id).join(
            _contacts, _attempts.c.contact_id == _contacts.c.id))
        .where(_attempts.c.id == attempt_id)
    )  # fmt: skip
    row = (await db.execute(whole)).mappings().one()
    of_case = sa.select(_alerts).where(_alerts.c.case_id == row["case_id"]).order_by(_alerts.c.id)
    told = (await db.execute(of_case)).mappings().all()
    rang = _attempts.c.rang.in_([Rang.MAYBE.value, Rang.YES.value])
    his = _attempts.c.case_id.in_(all_of(row["case_id"]))
    before = sa.select(sa.func.count()).select_from(_attempts).where(his, rang)
    made = (await db.execute(before)).scalar_one()
    return mapping.claimed(row, told[0]["received_at"], told[-1]["facts"], made, await _talk(db, attempt_id, now))


async def _talk(db: AsyncConnection, attempt_id: str, now: datetime) -> TalkToResume | None:
    back = sa.select(_attempts.c.resumes).where(_attempts.c.id == attempt_id, _calls_back(now)).scalar_subquery()
    row = (await db.execute(sa.select(_attempts).where(_attempts.c.id == back))).mappings().first()
    if row is None:
        return None
    return TalkToResume(row["id"], row["script_hash"], mapping.standing(row["standing"]) or Standing())


async def _state_of_claimed(db: AsyncConnection, hold: Hold) -> str:
    """The state of the case whose attempt is claimed with this hold and not begun to be dialled. Both are locked."""
    case_state = await lock_case_of(db, hold.attempt)
    held = sa.select(_attempts.c.state, _attempts.c.fence).where(_attempts.c.id == hold.attempt)
    row = (await db.execute(held.with_for_update())).first()
    if case_state is None or row is None or row.fence != hold.fence:
        raise TakenOver
    if row.state != AttemptState.CLAIMED.value:
        raise CaseConflict("The attempt is not claimed any more; leave it alone.")
    return case_state


async def _let_go(db: AsyncConnection, attempt_id: str, state: AttemptState, due_at: datetime) -> None:
    columns: dict[str, Any] = {"state": state.value, "owner": "", "lease_until": None, "due_at": due_at}
    await db.execute(_attempts.update().where(_attempts.c.id == attempt_id).values(**columns))
    await db.execute(freed(attempt_id))


async def _remember(db: AsyncConnection, attempt_id: str, what: str, facts: Mapping[str, Any], at: datetime) -> None:
    case_id = sa.select(_attempts.c.case_id).where(_attempts.c.id == attempt_id).scalar_subquery()
    line = {"case_id": case_id, "attempt_id": attempt_id, "what": what, "facts": dict(facts), "at": at}
    await db.execute(tables.history.insert().values(**line))
