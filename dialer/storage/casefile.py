"""One transaction over the casebook, for the runner.

Rule 1: a case is read with a lock, so that two events on one case are answered one after the other.
Rule 2: locks are taken in one order: case and contact, then attempts. Who locks an attempt has locked its case before.
Rule 3: a save on an old version is a CaseConflict; the transaction that meets one leaves no trace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from dialer.domain.actions import Announcement
from dialer.domain.alert import Alert, RejectedAlert
from dialer.domain.attempt import PENDING, AttemptReason, AttemptState
from dialer.domain.case import Case, CaseState
from dialer.domain.danger import DangerSign
from dialer.domain.escalation import Escalation
from dialer.domain.outcome import Outcome
from dialer.domain.work import OPEN_WORK, WorkItem
from dialer.errors import CaseConflict, NotOnFile
from dialer.ports.casefile import FiledAlert, FiledAttempt
from dialer.storage import mapping, tables
from dialer.storage.contacts import number_at
from dialer.storage.locks import TRIES, freed, lock_case_of, standing_for
from dialer.storage.merging import SqlPeopleFile
from dialer.storage.turns import put_events, put_turn
from dialer.storage.work import SqlWorkFile
from voice.report import CallReport, Rang

_alerts, _attempts, _cases, _contacts = tables.alerts, tables.attempts, tables.cases, tables.contacts
WRONG_NUMBER_HOLDS = timedelta(days=7)  # so long an alert that named a wrong number is the same alert, word for word
_PERSONAL = tuple(column for column in _contacts.c if column.name not in ("id", "merged_into"))
# Written out, not bound: only then is the index over names found to hold what is asked for.
IS_ACCEPTED = _alerts.c.state == sa.literal_column("'accepted'")
HAS_NAME = _alerts.c.external_id != sa.literal_column("''")
CASE = sa.select(_cases, *_PERSONAL).select_from(_cases.join(_contacts))


class SqlCaseFile(SqlWorkFile, SqlPeopleFile):
    """Holds dialer.ports.CaseFile."""

    # --- alerts

    async def filed_alert(self, source: str, external_id: str, body_sha256: str, since: datetime) -> FiledAlert | None:
        accepted = sa.select(_alerts.c.id, _alerts.c.case_id).where(
            IS_ACCEPTED, _alerts.c.source == source, _alerts.c.external_id == external_id
        )
        if external_id:
            accepted = accepted.where(HAS_NAME)
        else:
            wrong = sa.select(_cases.c.id).where(_cases.c.outcome == Outcome.WRONG_PERSON.value)
            held = sa.and_(_alerts.c.received_at > since - WRONG_NUMBER_HOLDS, _alerts.c.case_id.in_(wrong))
            same = sa.or_(_alerts.c.received_at > since, held)
            accepted = accepted.where(_alerts.c.body_sha256 == body_sha256, same)
        row = (await self._db.execute(accepted)).first()
        return FiledAlert(row.id, row.case_id) if row else None

    async def add_alert(self, alert: Alert, case_id: str) -> None:
        await self._db.execute(_alerts.insert().values(**mapping.alert_columns(alert, case_id)))

    async def alert_names(self, case_id: str) -> Sequence[tuple[str, str]]:
        names = sa.select(_alerts.c.source, _alerts.c.external_id).where(_alerts.c.case_id == case_id)
        return [(row.source, row.external_id) for row in await self._db.execute(names.order_by(_alerts.c.id))]

    async def add_rejected(self, alert: RejectedAlert) -> None:
        await self._db.execute(
            _alerts.insert().values(
                id=alert.id,
                source=alert.source,
                external_id=alert.external_id,
                received_at=alert.received_at,
                state="rejected",
                reason=alert.reason,
                fault=alert.where,
                advice=alert.advice,
                body=alert.body,
                body_sha256=alert.body_sha256,
            )
        )

    # --- people and cases

    async def case(self, case_id: str) -> Case:
        for _ in range(TRIES):
            case = await self._one_case(_cases.c.id == standing_for(case_id))
            if case is not None:
                return case
        raise NotOnFile

    async def live_case_of(self, person_id: str) -> Case | None:
        return await self._one_case(_cases.c.contact_id == person_id, _cases.c.state != CaseState.CLOSED.value)

    async def _one_case(self, *which: sa.ColumnElement[bool]) -> Case | None:
        row = (await self._db.execute(CASE.where(*which).with_for_update())).mappings().first()
        return mapping.case(row, await self.ladder_of(row["contact_id"])) if row else None

    async def add_case(self, case: Case, number: str) -> None:
        await self._db.execute(_cases.insert().values(**mapping.new_case_columns(case, number)))

    async def save_case(self, case: Case) -> Case:
        after = replace(case, version=case.version + 1)
        read = (_cases.c.id == case.id, _cases.c.version == case.version)
        columns: dict[str, Any] = {**mapping.case_columns(case), "version": after.version}
        if len(case.numbers.rungs) > 1:
            row = (await self._db.execute(sa.select(_cases).where(_cases.c.id == case.id))).mappings().one()
            columns["number"] = number_at(row, case.numbers.sms_place)
        if (await self._db.execute(_cases.update().where(*read).values(**columns))).rowcount != 1:
            raise CaseConflict
        person = case.person
        await self._db.execute(
            _contacts.update()
            .where(_contacts.c.id == person.id)
            .values(
                officer_only=person.officer_only,
                clear_at=person.clear_at,
                calls_day=person.calls_day,
                calls_today=person.calls_today,
            )
        )
        return after

    # --- attempts

    async def attempt(self, attempt_id: str) -> FiledAttempt | None:
        await lock_case_of(self._db, attempt_id)
        return await self._one_attempt(_attempts.c.id == attempt_id)

    async def pending_attempt(self, case_id: str) -> FiledAttempt | None:
        return await self._one_attempt(_attempts.c.case_id == case_id, _attempts.c.state.in_(PENDING))

    async def _one_attempt(self, *which: sa.ColumnElement[bool]) -> FiledAttempt | None:
        row = (await self._db.execute(sa.select(_attempts).where(*which).with_for_update())).mappings().first()
        return mapping.filed_attempt(row) if row else None

    async def add_attempt(
        self,
        attempt_id: str,
        case_id: str,
        *,
        due_at: datetime,
        deadline: datetime,
        reason: AttemptReason,
        now: datetime,
        resumes: str = "",
    ) -> None:
        case = (await self._db.execute(sa.select(_cases).where(_cases.c.id == case_id))).mappings().one()
        await self._db.execute(
            _attempts.insert().values(
                id=attempt_id,
                case_id=case_id,
                contact_id=case["contact_id"],
                number=number_at(case, case["rung"]),
                state=AttemptState.DUE.value,
                reason=reason.value,
                resumes=resumes,
                created_at=now,
                due_at=due_at,
                deadline=deadline,
                **mapping.rank_columns(case),
            )
        )

    async def move_attempt(
        self, attempt_id: str, *, due_at: datetime, deadline: datetime, reason: AttemptReason
    ) -> None:
        own_case = sa.select(_cases).join(_attempts).where(_attempts.c.id == attempt_id)
        case = (await self._db.execute(own_case)).mappings().one()
        columns = {"due_at": due_at, "deadline": deadline, "reason": reason.value, **mapping.rank_columns(case)}
        moved = _attempts.update().where(_attempts.c.id == attempt_id)
        await self._db.execute(moved.values(number=number_at(case, case["rung"]), **columns))

    async def end_attempt(
        self, attempt_id: str, state: AttemptState, *, at: datetime, rang: Rang, outcome: Outcome | None
    ) -> None:
        await self._db.execute(
            _attempts.update()
            .where(_attempts.c.id == attempt_id)
            .values(
                state=state.value,
                ended_at=at,
                lease_until=None,
                rang=rang.value,
                outcome=outcome.value if outcome else "",
            )
        )
        await self._db.execute(freed(attempt_id))

    async def orphan(self, attempt_id: str, over_by: datetime) -> None:
        columns = {"owner": "", "fence": _attempts.c.fence + 1, "lease_until": over_by}
        await self._db.execute(_attempts.update().where(_attempts.c.id == attempt_id).values(**columns))

    async def write_report(self, report: CallReport) -> None:
        known = {
            "script_hash": report.script_hash,
            "knowledge_hash": report.knowledge_hash,
            "call_id": report.call_id,
            "dialled_at": report.dialled_at,
            "answered_at": report.answered_at,
        }
        await self._db.execute(
            _attempts.update()
            .where(_attempts.c.id == report.attempt)
            .values(
                cause=report.cause.value,
                sip_code=report.sip_code,
                conclusion=report.conclusion.value,
                facts=dict(report.facts),
                recording=report.recordings.stereo,
                brief=report.recordings.brief,
                **{name: value for name, value in known.items() if value},
                **mapping.standing_columns(report.standing),
            )
        )
        for record in report.turns:
            await put_turn(self._db, report.attempt, record, report.ended_at)
        await put_events(self._db, report.attempt, report.events)

    # --- officers, work, signs

    async def escalation(self, escalation_id: str) -> Escalation | None:
        one = sa.select(tables.escalations).where(tables.escalations.c.id == escalation_id)
        row = (await self._db.execute(one)).mappings().first()
        return mapping.escalation(row) if row else None

    async def escalations_of(self, attempt_id: str) -> Sequence[Escalation]:
        every = sa.select(tables.escalations).where(tables.escalations.c.attempt_id == attempt_id)
        rows = await self._db.execute(every.order_by(tables.escalations.c.id))
        return [mapping.escalation(row) for row in rows.mappings()]

    async def put_escalation(self, escalation: Escalation) -> None:
        columns = mapping.escalation_columns(escalation)
        here = tables.escalations.c.id == escalation.id
        changed = await self._db.execute(tables.escalations.update().where(here).values(**columns))
        if not changed.rowcount:
            await self._db.execute(tables.escalations.insert().values(**columns))

    async def ask_work(self, item: WorkItem) -> bool:
        items = tables.work_items
        still = (
            items.c.case_id == item.case_id,
            items.c.kind == item.kind.value,
            items.c.state.in_([state.value for state in OPEN_WORK]),
        )
        row = (await self._db.execute(sa.select(items.c.id, items.c.deadline).where(*still).with_for_update())).first()
        if row is not None:
            deadline = min(row.deadline, item.deadline)
            await self._db.execute(items.update().where(items.c.id == row.id).values(deadline=deadline))
            return False
        await self._db.execute(items.insert().values(**mapping.work_columns(item)))
        return True

    async def note_danger(self, case_id: str, sign: DangerSign, at: datetime) -> None:
        await self._db.execute(
            tables.danger_signs.insert().values(case_id=case_id, kind=sign.kind.value, text=sign.text, at=at)
        )

    # --- what the world and the file are told

    async def announce(self, case_id: str, kind: Announcement, payload: Mapping[str, Any], at: datetime) -> None:
        await self._db.execute(
            tables.outbox.insert().values(kind=kind.value, case_id=case_id, payload=dict(payload), created_at=at)
        )

    async def write_history(
        self, case_id: str, what: str, facts: Mapping[str, Any], at: datetime, attempt_id: str = ""
    ) -> None:
        await self._db.execute(
            tables.history.insert().values(case_id=case_id, attempt_id=attempt_id, what=what, facts=dict(facts), at=at)
        )
