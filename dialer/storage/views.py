"""Read models, on the reader. Numbers come out as their last four digits, but for the one story that is asked for."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from dialer.domain.alert import FraudType, RejectedAlert
from dialer.domain.attempt import PENDING
from dialer.domain.case import CaseState
from dialer.domain.escalation import Escalation
from dialer.domain.grade import Grade
from dialer.domain.work import OPEN_WORK, WorkItem
from dialer.ports.views import AttemptLine, CaseLine, CaseStory, RecordedCall
from dialer.storage import mapping, tables
from dialer.storage.casefile import CASE
from dialer.storage.engine import Engines
from dialer.storage.locks import all_of, standing_for
from voice.report import TurnRecord

_alerts, _attempts, _cases = tables.alerts, tables.attempts, tables.cases


class SqlViews:
    """Holds dialer.ports.Views."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    async def cases(self, limit: int, *, open_only: bool = False) -> Sequence[CaseLine]:
        newest = sa.select(_cases).order_by(_cases.c.opened_at.desc(), _cases.c.id.desc()).limit(limit)
        if open_only:
            newest = newest.where(_cases.c.state != CaseState.CLOSED.value)
        async with self._engines.read() as db:
            rows = (await db.execute(newest)).mappings().all()
            return await _case_lines(db, rows)

    async def story(self, case_id: str) -> CaseStory | None:
        async with self._engines.read() as db:
            row = (await db.execute(CASE.where(_cases.c.id == standing_for(case_id)))).mappings().first()
            if row is None:
                return None
            case_id = row["id"]
            lines = await _case_lines(db, [row])
            return CaseStory(
                line=lines[0],
                case=mapping.case(row),
                number=row["number"],
                surname=row["surname"],
                alerts=tuple(mapping.alert(each) for each in await _of_case(db, _alerts, case_id)),
                attempts=tuple(await _attempt_lines(db, _attempts.c.case_id.in_(all_of(case_id)))),
                dangers=tuple(mapping.danger(each) for each in await _of_case(db, tables.danger_signs, case_id)),
                work=tuple(mapping.work_item(each) for each in await _of_case(db, tables.work_items, case_id)),
                history=tuple(mapping.history(each) for each in await _of_case(db, tables.history, case_id)),
            )

    async def recorded_call(self, name: str) -> RecordedCall | None:
        events = tables.call_events
        named = sa.or_(_attempts.c.id == name, _attempts.c.call_id == name, _attempts.c.case_id == name)
        joined = sa.select(events.c.attempt_id, events.c.lines, _attempts.c.script_hash).join(_attempts)
        last = joined.where(named).order_by(_attempts.c.created_at.desc(), _attempts.c.id.desc()).limit(1)
        async with self._engines.read() as db:
            row = (await db.execute(last)).mappings().first()
            return RecordedCall(row["attempt_id"], row["script_hash"], row["lines"]) if row else None

    async def live_attempts(self) -> Sequence[AttemptLine]:
        async with self._engines.read() as db:
            return await _attempt_lines(db, tables.IS_LIVE)

    async def open_work(self, limit: int) -> Sequence[WorkItem]:
        items = tables.work_items
        waiting = sa.select(items).where(items.c.state.in_(OPEN_WORK)).order_by(items.c.deadline, items.c.id)
        async with self._engines.read() as db:
            return [mapping.work_item(row) for row in (await db.execute(waiting.limit(limit))).mappings()]

    async def rejected_alerts(self, limit: int) -> Sequence[RejectedAlert]:
        refused = sa.select(_alerts).where(_alerts.c.state == "rejected")
        newest = refused.order_by(_alerts.c.received_at.desc(), _alerts.c.id.desc()).limit(limit)
        async with self._engines.read() as db:
            return [mapping.rejected_alert(row) for row in (await db.execute(newest)).mappings()]


async def _of_case(db: AsyncConnection, table: sa.Table, case_id: str) -> Sequence[sa.RowMapping]:
    rows = await db.execute(sa.select(table).where(table.c.case_id.in_(all_of(case_id))).order_by(table.c.id))
    return rows.mappings().all()


async def _case_lines(db: AsyncConnection, rows: Sequence[sa.RowMapping]) -> list[CaseLine]:
    ids = [row["id"] for row in rows]
    sources: dict[str, dict[str, None]] = defaultdict(dict)
    dangers: dict[str, list[str]] = defaultdict(list)
    attempts: dict[str, list[sa.RowMapping]] = defaultdict(list)
    for row in (await db.execute(_among(_alerts, ids))).mappings():
        sources[row["case_id"]][row["source"]] = None
    for row in (await db.execute(_among(tables.danger_signs, ids))).mappings():
        dangers[row["case_id"]].append(row["text"])
    for row in (await db.execute(_among(_attempts, ids))).mappings():
        attempts[row["case_id"]].append(row)
    return [
        CaseLine(
            id=row["id"],
            grade=Grade(row["grade"]),
            fraud_type=FraudType(row["fraud_type"]),
            state=row["state"],
            outcome=mapping.outcome(row["outcome"]),
            opened_at=row["opened_at"],
            merged_into=row["merged_into"],
            number_tail=row["number"][-4:],
            sources=tuple(sources[row["id"]]),
            next_due_at=next((each["due_at"] for each in attempts[row["id"]] if each["state"] in PENDING), None),
            officer=row["officer"],
            attempts=len(attempts[row["id"]]),
            dangers=tuple(dangers[row["id"]]),
        )
        for row in rows
    ]


async def _attempt_lines(db: AsyncConnection, *which: sa.ColumnElement[bool]) -> list[AttemptLine]:
    rows = (
        (
            await db.execute(
                sa.select(_attempts).where(*which).order_by(_attempts.c.created_at, _attempts.c.due_at, _attempts.c.id)
            )
        )
        .mappings()
        .all()
    )
    ids = [row["id"] for row in rows]
    turns: dict[str, list[TurnRecord]] = defaultdict(list)
    said = sa.select(tables.turns).where(tables.turns.c.attempt_id.in_(ids)).order_by(tables.turns.c.turn)
    for row in (await db.execute(said)).mappings():
        turns[row["attempt_id"]].append(mapping.turn(row))
    escalations: dict[str, list[Escalation]] = defaultdict(list)
    wanted = sa.select(tables.escalations).where(tables.escalations.c.attempt_id.in_(ids))
    for row in (await db.execute(wanted.order_by(tables.escalations.c.id))).mappings():
        escalations[row["attempt_id"]].append(mapping.escalation(row))
    return [mapping.attempt_line(row, tuple(turns[row["id"]]), tuple(escalations[row["id"]])) for row in rows]


def _among(table: sa.Table, case_ids: Sequence[str]) -> sa.Select[tuple[object, ...]]:
    return sa.select(table).where(table.c.case_id.in_(case_ids)).order_by(table.c.id)
