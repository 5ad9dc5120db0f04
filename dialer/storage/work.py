"""Work items and SMS: the half of a casebook transaction that is about them, and what is read of them.

Rule 1: the column `state` keeps to the four words that the index and the release before know; `stage` has the exact one.
Rule 2: an SMS is kept without its number; whoever sends it reads the number of its case.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from dialer.domain.alert import FraudType
from dialer.domain.figures import CallFigures, CaseFigures
from dialer.domain.grade import Grade
from dialer.domain.policy import Occasion
from dialer.domain.sms import WAITING, Sms, SmsState
from dialer.domain.stoppayment import StopPayment
from dialer.domain.work import MET, WorkItem, WorkResult, WorkState
from dialer.errors import NotOnFile
from dialer.ports.work import Consent, DueSms, WorkLine, WorkStory
from dialer.storage import mapping, tables, worktables
from dialer.storage.engine import Engines
from voice.report import Conclusion, Rang

_items, _cases, _attempts, _turns = tables.work_items, tables.cases, tables.attempts, tables.turns
_payments, _consents, _sms = worktables.stop_payments, worktables.consents, worktables.sms
_OPEN = (WorkState.WANTED.value, WorkState.ACCEPTED.value)  # as stored; rule 1
_LINE = sa.select(_items, _cases.c.grade, _cases.c.fraud_type, _cases.c.number).select_from(_items.join(_cases))
_NO_LONGER = (SmsState.FAILED.value, SmsState.UNSENDABLE.value)


class SqlWorkFile:
    """Holds dialer.ports.work.WorkFile."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def case_of_work(self, work_id: str) -> str:
        return await self._case_of(_items, work_id)

    async def work_item(self, work_id: str) -> WorkItem:
        one = sa.select(_items).where(_items.c.id == work_id).with_for_update()
        row = (await self._db.execute(one)).mappings().first()
        if row is None:
            raise NotOnFile
        return mapping.work_item(row)

    async def open_work_of(self, case_id: str) -> Sequence[WorkItem]:
        waiting = sa.select(_items).where(_items.c.case_id == case_id, _items.c.state.in_(_OPEN))
        rows = await self._db.execute(waiting.order_by(_items.c.id).with_for_update())
        return [mapping.work_item(row) for row in rows.mappings()]

    async def save_work(self, item: WorkItem) -> None:
        await self._db.execute(_items.update().where(_items.c.id == item.id).values(**mapping.work_columns(item)))

    async def stop_payment(self, work_id: str) -> StopPayment | None:
        one = sa.select(_payments).where(_payments.c.work_id == work_id)
        row = (await self._db.execute(one)).mappings().first()
        return StopPayment(**row) if row else None

    async def put_stop_payment(self, payment: StopPayment) -> None:
        columns = asdict(payment)
        here = _payments.c.work_id == payment.work_id
        if not (await self._db.execute(_payments.update().where(here).values(**columns))).rowcount:
            await self._db.execute(_payments.insert().values(**columns))

    async def add_consent(self, consent: Consent) -> None:
        await self._db.execute(_consents.insert().values(**asdict(consent)))

    async def case_of_sms(self, sms_id: str) -> str:
        return await self._case_of(_sms, sms_id)

    async def last_sms(self, case_id: str, occasion: Occasion) -> datetime | None:
        newest = sa.select(sa.func.max(_sms.c.wanted_at)).where(
            _sms.c.case_id == case_id, _sms.c.occasion == occasion.value, _sms.c.state.not_in(_NO_LONGER)
        )
        moment: datetime | None = (await self._db.execute(newest)).scalar()
        return moment

    async def sms_sent(self, case_id: str, occasion: Occasion) -> int:
        his = sa.select(sa.func.count()).where(_sms.c.case_id == case_id, _sms.c.occasion == occasion.value)
        return (await self._db.execute(his)).scalar_one()

    async def was_met(self, case_id: str) -> bool:
        told = sa.select(sa.func.max(tables.alerts.c.received_at)).where(tables.alerts.c.case_id == case_id)
        met = sa.select(_items.c.id).where(
            _items.c.case_id == case_id,
            _items.c.result.in_([result.value for result in (*MET, WorkResult.SAFE)]),
            _items.c.done_at >= told.scalar_subquery(),
        )
        return (await self._db.execute(met.limit(1))).first() is not None

    async def add_sms(self, sms: Sms) -> None:
        await self._db.execute(_sms.insert().values(**_sms_columns(sms)))

    async def sms(self, sms_id: str) -> Sms:
        row = (await self._db.execute(sa.select(_sms).where(_sms.c.id == sms_id).with_for_update())).mappings().first()
        if row is None:
            raise NotOnFile
        return _sms_of(row)

    async def save_sms(self, sms: Sms) -> None:
        await self._db.execute(_sms.update().where(_sms.c.id == sms.id).values(**_sms_columns(sms)))

    async def _case_of(self, table: sa.Table, name: str) -> str:
        case_id: str | None = (await self._db.execute(sa.select(table.c.case_id).where(table.c.id == name))).scalar()
        if case_id is None:
            raise NotOnFile
        return case_id


class SqlWorkViews:
    """Holds dialer.ports.work.WorkViews and SmsViews."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    async def work(self, *, open_only: bool, limit: int, owner: str = "") -> Sequence[WorkLine]:
        lines = _LINE.order_by(_items.c.deadline, _items.c.id).limit(limit)
        if open_only:
            lines = lines.where(_items.c.state.in_(_OPEN))
        if owner:
            lines = lines.where(_items.c.owner == owner)
        async with self._engines.read() as db:
            return [_line(row) for row in (await db.execute(lines)).mappings()]

    async def work_story(self, work_id: str) -> WorkStory | None:
        async with self._engines.read() as db:
            row = (await db.execute(_LINE.where(_items.c.id == work_id))).mappings().first()
            if row is None:
                return None
            payment = await _one_of(db, _payments, work_id)
            consent = await _one_of(db, _consents, work_id)
            return WorkStory(
                _line(row),
                StopPayment(**payment) if payment else None,
                Consent(**consent) if consent else None,
            )

    async def find_work(self, ending: str) -> Sequence[str]:
        alike = sa.select(_items.c.id).where(_items.c.id.endswith(ending, autoescape=True))
        async with self._engines.read() as db:
            return list((await db.execute(alike.order_by(_items.c.id))).scalars())

    async def find_cases(self, ending: str) -> Sequence[str]:
        alike = sa.select(_cases.c.id).where(_cases.c.id.endswith(ending, autoescape=True))
        async with self._engines.read() as db:
            return list((await db.execute(alike.order_by(_cases.c.id))).scalars())

    async def overdue(self, now: datetime, limit: int) -> Sequence[str]:
        late = sa.select(_items.c.id).where(
            _items.c.state.in_(_OPEN), _items.c.deadline < now, _items.c.overdue_at.is_(None)
        )
        async with self._engines.read() as db:
            return list((await db.execute(late.order_by(_items.c.deadline, _items.c.id).limit(limit))).scalars())

    async def due_sms(self, now: datetime, limit: int) -> Sequence[DueSms]:
        waiting = (
            sa.select(_sms, _cases.c.fraud_type, _cases.c.number)
            .select_from(_sms.join(_cases))
            .where(
                _sms.c.state.in_([state.value for state in WAITING]),
                sa.or_(_sms.c.next_try_at.is_(None), _sms.c.next_try_at <= now),
            )
            .order_by(_sms.c.wanted_at, _sms.c.id)
            .limit(limit)
        )
        async with self._engines.read() as db:
            rows = (await db.execute(waiting)).mappings()
            return [DueSms(_sms_of(row), FraudType(row["fraud_type"]), row["number"]) for row in rows]

    async def sms_times(self, now: datetime, limit: int) -> Sequence[str]:
        come = sa.select(_cases.c.id).where(_cases.c.sms_again_at <= now).order_by(_cases.c.sms_again_at, _cases.c.id)
        async with self._engines.read() as db:
            return list((await db.execute(come.limit(limit))).scalars())

    async def figures(self, since: datetime) -> Sequence[CaseFigures]:
        recent = (_cases.c.opened_at >= since, _cases.c.merged_into == "")  # two cases that became one are one
        mine = sa.select(_cases.c.id).where(*recent)
        async with self._engines.read() as db:
            every = sa.select(_cases).where(*recent).order_by(_cases.c.opened_at, _cases.c.id)
            cases = (await db.execute(every)).mappings().all()
            calls = await _calls(db, mine)
            work: dict[str, list[WorkItem]] = defaultdict(list)
            for row in (await db.execute(sa.select(_items).where(_items.c.case_id.in_(mine)))).mappings():
                work[row["case_id"]].append(mapping.work_item(row))
            sources: dict[str, list[str]] = defaultdict(list)
            told = sa.select(tables.alerts.c.case_id, tables.alerts.c.source).where(tables.alerts.c.case_id.in_(mine))
            for alert in await db.execute(told.distinct().order_by(tables.alerts.c.source)):
                sources[alert.case_id].append(alert.source)
        return [
            CaseFigures(
                Grade(row["grade"]),
                row["opened_at"],
                tuple(calls[row["id"]]),
                tuple(work[row["id"]]),
                FraudType(row["fraud_type"]),
                tuple(sources[row["id"]]),
            )
            for row in cases
        ]


async def _calls(db: AsyncConnection, case_ids: sa.Select[Any]) -> Mapping[str, list[CallFigures]]:
    """Calls that may have rung, of these cases. The database says who spoke: words stay in it."""
    said = sa.exists().where(_turns.c.attempt_id == _attempts.c.id, sa.or_(_turns.c.heard != "", _turns.c.digit != ""))
    bridged = sa.select(sa.func.min(tables.escalations.c.bridged_at)).where(
        tables.escalations.c.attempt_id == _attempts.c.id
    )
    standing = sa.case((_cases.c.merged_into == "", _cases.c.id), else_=_cases.c.merged_into)
    theirs = sa.select(_cases.c.id).where(sa.or_(_cases.c.id.in_(case_ids), _cases.c.merged_into.in_(case_ids)))
    made = (
        sa.select(
            standing.label("case_id"),
            _attempts.c.dialled_at,
            _attempts.c.answered_at,
            _attempts.c.conclusion,
            said.label("spoke"),
            bridged.scalar_subquery().label("bridged_at"),
        )
        .join_from(_attempts, _cases, _attempts.c.case_id == _cases.c.id)
        .where(
            _attempts.c.case_id.in_(theirs),
            _attempts.c.dialled_at.is_not(None),
            _attempts.c.rang.in_([Rang.YES.value, Rang.MAYBE.value]),
        )
    )
    calls: dict[str, list[CallFigures]] = defaultdict(list)
    for row in (await db.execute(made)).mappings():
        conclusion = Conclusion(row["conclusion"]) if row["conclusion"] else Conclusion.NOTHING
        figures = CallFigures(row["dialled_at"], row["answered_at"], conclusion, row["spoke"], row["bridged_at"])
        calls[row["case_id"]].append(figures)
    return calls


async def _one_of(db: AsyncConnection, table: sa.Table, work_id: str) -> sa.RowMapping | None:
    return (await db.execute(sa.select(table).where(table.c.work_id == work_id))).mappings().first()


def _line(row: sa.RowMapping) -> WorkLine:
    item = mapping.work_item({name: row[name] for name in _items.c.keys()})  # noqa: SIM118  # of columns, not a dict
    return WorkLine(item, Grade(row["grade"]), FraudType(row["fraud_type"]), row["number"][-4:])


def _sms_of(row: sa.RowMapping) -> Sms:
    known = {name: row[name] for name in _sms.c.keys()}  # noqa: SIM118  # of columns, not a dict
    return Sms(**{**known, "occasion": Occasion(row["occasion"]), "state": SmsState(row["state"])})


def _sms_columns(sms: Sms) -> Mapping[str, Any]:
    return {**asdict(sms), "occasion": sms.occasion.value, "state": sms.state.value}
