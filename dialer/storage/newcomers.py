"""Alerts on people of whom nothing is on file, one or several together: one look, and one insert for each table, in one transaction.

Rule 1: whoever may be known, by his number or by the alert's name, is not a newcomer and takes the long way, one by one.
Rule 2: a newcomer's file reads nothing, for there is nothing; what it is asked to write is kept until the end of the transaction.
Rule 3: should another node file one of them at the same moment, the database refuses all of it (CaseConflict), and nothing is kept.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from dialer.domain.actions import Announcement
from dialer.domain.alert import Alert, OtherNumber
from dialer.domain.attempt import AttemptReason, AttemptState
from dialer.domain.case import Case, Person
from dialer.domain.contacts import ContactLadder, Rung
from dialer.domain.merging import KnownPerson
from dialer.domain.work import WorkItem
from dialer.ports.casefile import CaseFile, FiledAlert, FiledAttempt
from dialer.storage import mapping, tables
from dialer.storage.casefile import HAS_NAME, IS_ACCEPTED, SqlCaseFile
from dialer.storage.contacttables import rungs
from dialer.storage.engine import Engines

_alerts, _numbers = tables.alerts, tables.numbers
# Whoever is referred to comes first.
_ORDER = (
    tables.contacts,
    _numbers,
    rungs,
    tables.cases,
    _alerts,
    tables.attempts,
    tables.work_items,
    tables.history,
    tables.outbox,
)
Rows = dict[sa.Table, list[Mapping[str, Any]]]


@asynccontextmanager
async def newcomers(engines: Engines, alerts: Sequence[Alert]) -> AsyncIterator[Mapping[str, CaseFile]]:
    """Holds `dialer.ports.CaseFiles.newcomers`."""
    rows: Rows = defaultdict(list)
    async with engines.write() as db:
        fresh = await _fresh(db, alerts)
        yield {alert.id: NewcomerFile(db, rows) for alert in fresh}
        for table in _ORDER:
            if rows[table]:
                await db.execute(table.insert(), rows[table])


async def _fresh(db: AsyncConnection, alerts: Sequence[Alert]) -> list[Alert]:
    plain = [alert for alert in alerts if not alert.others]
    called = sa.select(_numbers.c.number).where(_numbers.c.number.in_([alert.number for alert in plain]))
    seen: set[tuple[str, ...]] = {("number", number) for number in (await db.execute(called)).scalars()}
    seen |= {("name", *each) for each in await _named(db, plain)}
    bodies = [alert.body_sha256 for alert in plain if not alert.external_id]
    alike = sa.select(_alerts.c.body_sha256).where(_alerts.c.body_sha256.in_(bodies), IS_ACCEPTED)
    seen |= {("body", sha256) for sha256 in (await db.execute(alike)).scalars()} if bodies else set()
    fresh = []
    for alert in alerts:
        name = ("name", alert.source, alert.external_id) if alert.external_id else ("body", alert.body_sha256)
        marks: set[tuple[str, ...]] = {
            ("number", alert.number),
            name,
            *(("number", other.number) for other in alert.others),
        }
        if not alert.others and not marks & seen:
            fresh.append(alert)
        seen |= marks
    return fresh


async def _named(db: AsyncConnection, alerts: Sequence[Alert]) -> set[tuple[str, str]]:
    """Source and name of those alerts that were accepted before."""
    by_source: dict[str, list[str]] = defaultdict(list)
    for alert in alerts:
        if alert.external_id:
            by_source[alert.source].append(alert.external_id)
    known: set[tuple[str, str]] = set()
    for source, names in by_source.items():
        accepted = sa.select(_alerts.c.external_id).where(
            IS_ACCEPTED, HAS_NAME, _alerts.c.source == source, _alerts.c.external_id.in_(names)
        )
        known |= {(source, name) for name in (await db.execute(accepted)).scalars()}
    return known


class NewcomerFile(SqlCaseFile):
    """A CaseFile on one person, for `Runner.accept` alone."""

    def __init__(self, connection: AsyncConnection, rows: Rows) -> None:
        super().__init__(connection)
        self._rows = rows
        self._own_ladder = ContactLadder()
        self._case: dict[str, Any] = {}  # its row, which is changed until it is written
        self._names: list[tuple[str, str]] = []

    async def filed_alert(self, source: str, external_id: str, body_sha256: str, since: datetime) -> FiledAlert | None:  # noqa: ARG002
        return None

    async def known_by(self, numbers: Sequence[str]) -> Sequence[KnownPerson]:  # noqa: ARG002
        return ()

    async def add_person(self, person_id: str, surname: str) -> Person:
        self._rows[tables.contacts].append({"id": person_id, "surname": surname})
        return Person(person_id)

    async def add_rung(self, person_id: str, other: OtherNumber, new_id: str, *, entered_by: str = "") -> bool:  # noqa: ARG002
        self._rows[_numbers].append({"number": other.number, "contact_id": person_id})
        rung = {"contact_id": person_id, "number": other.number, "place": 0, "kind": other.kind.value}
        self._rows[rungs].append({**rung, "note": other.note, "entered_by": entered_by})
        self._own_ladder = ContactLadder.of([Rung(0, other.kind)])
        return True

    async def ladder_of(self, person_id: str) -> ContactLadder:  # noqa: ARG002
        return self._own_ladder

    async def live_case_of(self, person_id: str) -> Case | None:  # noqa: ARG002
        return None

    async def add_case(self, case: Case, number: str) -> None:
        self._case = mapping.new_case_columns(case, number)
        self._rows[tables.cases].append(self._case)

    async def save_case(self, case: Case) -> Case:
        after = replace(case, version=case.version + 1)
        self._case.update(mapping.case_columns(case), version=after.version)
        return after

    async def add_alert(self, alert: Alert, case_id: str) -> None:
        self._names.append((alert.source, alert.external_id))
        self._rows[_alerts].append(mapping.alert_columns(alert, case_id))

    async def alert_names(self, case_id: str) -> Sequence[tuple[str, str]]:  # noqa: ARG002
        return self._names

    async def pending_attempt(self, case_id: str) -> FiledAttempt | None:  # noqa: ARG002
        return None  # asked before one is added, and never again

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
        columns = {
            "id": attempt_id,
            "case_id": case_id,
            "contact_id": self._case["contact_id"],
            "number": self._case["number"],
            "state": AttemptState.DUE.value,
            "reason": reason.value,
            "resumes": resumes,
            "created_at": now,
            "due_at": due_at,
            "deadline": deadline,
        }
        self._rows[tables.attempts].append({**columns, **mapping.rank_columns(self._case)})

    async def ask_work(self, item: WorkItem) -> bool:
        self._rows[tables.work_items].append(mapping.work_columns(item))
        return True

    async def announce(self, case_id: str, kind: Announcement, payload: Mapping[str, Any], at: datetime) -> None:
        news = {"kind": kind.value, "case_id": case_id, "payload": dict(payload), "created_at": at}
        self._rows[tables.outbox].append(news)

    async def write_history(
        self, case_id: str, what: str, facts: Mapping[str, Any], at: datetime, attempt_id: str = ""
    ) -> None:
        line = {"case_id": case_id, "attempt_id": attempt_id, "what": what, "facts": dict(facts), "at": at}
        self._rows[tables.history].append(line)
