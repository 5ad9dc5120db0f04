"""Who is found by which numbers, and two people on file becoming one. Part of a casebook transaction.

Rule 1: locks are taken in one order, whatever order the numbers came in: open cases by id, then contacts by id.
Rule 2: what was committed is not rewritten: a call and its history stay where they were written and are read under the case that stays.
Rule 3: `contacts.merged_into` and `cases.merged_into` name who stays, never somebody who is gone himself.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from dialer.domain.alert import OtherNumber
from dialer.domain.attempt import AttemptState
from dialer.domain.case import CaseState, Person
from dialer.domain.contacts import NumberKind, own_kind
from dialer.domain.merging import KnownPerson
from dialer.errors import CaseConflict
from dialer.storage import mapping, tables, worktables
from dialer.storage.contacts import SqlContactFile
from dialer.storage.contacttables import listings as _listings
from dialer.storage.contacttables import rungs as _rungs
from dialer.storage.locks import all_of, freed, lock_people

_attempts, _cases, _contacts, _numbers = tables.attempts, tables.cases, tables.contacts, tables.numbers
_KINDS = tuple(NumberKind)
_RINGABLE = (CaseState.OPEN.value, CaseState.FOLLOW_UP.value)
_MOVES = (tables.alerts, tables.work_items, tables.danger_signs, worktables.sms)


class SqlPeopleFile(SqlContactFile):
    """Holds dialer.ports.merging.PeopleFile."""

    async def known_by(self, numbers: Sequence[str]) -> Sequence[KnownPerson]:
        owners = sa.select(_numbers.c.contact_id).where(_numbers.c.number.in_(numbers)).distinct()
        ids = set((await self._db.execute(owners)).scalars())
        if not ids:
            return ()
        await lock_people(self._db, ids)
        if set((await self._db.execute(owners)).scalars()) != ids:
            raise CaseConflict
        own = await self._own_numbers(ids)
        strange = sa.select(_rungs).where(
            _rungs.c.contact_id.in_(ids), _rungs.c.kind.in_([kind.value for kind in _KINDS if not kind.own])
        )
        elses = [(row.contact_id, row.number) for row in await self._db.execute(strange)]
        people = sa.select(_contacts, _contacts.c.id.label("contact_id")).where(_contacts.c.id.in_(ids))
        return [
            KnownPerson(mapping.person(row), _of(row["id"], own), _of(row["id"], elses), row["surname"])
            for row in (await self._db.execute(people.order_by(_contacts.c.id))).mappings()
        ]

    async def _own_numbers(self, ids: Collection[str]) -> list[tuple[str, str]]:
        """Of each person. One that a node of the release before 0007 wrote stands on no ladder yet: before any other is put there."""
        same = sa.and_(_rungs.c.contact_id == _numbers.c.contact_id, _rungs.c.number == _numbers.c.number)
        theirs = sa.select(_numbers, _rungs.c.place).select_from(_numbers.outerjoin(_rungs, same))
        rows = (await self._db.execute(theirs.where(_numbers.c.contact_id.in_(ids)))).mappings().all()
        for row in rows:
            if row["place"] is None:
                await self.add_rung(row["contact_id"], OtherNumber(row["number"], own_kind(row["number"])), "")
        return [(row["contact_id"], row["number"]) for row in rows]

    async def add_person(self, person_id: str, surname: str) -> Person:
        await self._db.execute(_contacts.insert().values(id=person_id, surname=surname))
        return Person(person_id)

    async def name_person(self, person_id: str, surname: str) -> None:
        other = (_contacts.c.id == person_id, _contacts.c.surname != surname)
        await self._db.execute(_contacts.update().where(*other).values(surname=surname))

    async def join_people(self, person: Person, younger_id: str, now: datetime) -> Mapping[int, int]:
        places = await self._join_ladders(person.id, younger_id)
        for table in (_numbers, _listings):
            await self._db.execute(table.update().where(table.c.contact_id == younger_id).values(contact_id=person.id))
        await self._move_open_case(younger_id, places)
        calls = _attempts.c.case_id.in_(sa.select(_cases.c.id).where(_cases.c.contact_id == younger_id))
        await self._db.execute(_attempts.update().where(calls).values(contact_id=person.id))
        await self._db.execute(_cases.update().where(_cases.c.contact_id == younger_id).values(contact_id=person.id))
        live = await self._one_call(person.id, younger_id, now)
        gone = _contacts.update().where(_contacts.c.id == younger_id)
        await self._db.execute(gone.values(merged_into=person.id, live_attempt=""))
        await self._db.execute(
            _contacts.update()
            .where(_contacts.c.id == person.id)
            .values(
                officer_only=person.officer_only,
                clear_at=person.clear_at,
                calls_day=person.calls_day,
                calls_today=person.calls_today,
                live_attempt=live,
            )
        )
        return places

    async def join_cases(self, case_id: str, younger_id: str) -> None:
        mine = sa.select(all_of(younger_id).subquery())
        await self._db.execute(_cases.update().where(_cases.c.id.in_(mine)).values(merged_into=case_id))
        for table in _MOVES:
            await self._db.execute(table.update().where(table.c.case_id == younger_id).values(case_id=case_id))

    async def place_of(self, attempt_id: str) -> int | None:
        same = sa.and_(_rungs.c.contact_id == _attempts.c.contact_id, _rungs.c.number == _attempts.c.number)
        place = sa.select(_rungs.c.place).select_from(_attempts.join(_rungs, same)).where(_attempts.c.id == attempt_id)
        found: int | None = (await self._db.execute(place)).scalar()
        return found

    async def _join_ladders(self, person_id: str, younger_id: str) -> Mapping[int, int]:
        """A number on both keeps its place, and the kind that is rung later; consent holds, whoever of the two gave it."""
        kept, added = await self._ladder(person_id), await self._ladder(younger_id)
        by_number = {row["number"]: row for row in kept}
        free_place = max((row["place"] for row in kept), default=-1) + 1
        places: dict[int, int] = {}
        await self._db.execute(_rungs.delete().where(_rungs.c.contact_id == younger_id))
        for row in added:
            mine = by_number.get(row["number"])
            if mine is None:
                places[row["place"]], free_place = free_place, free_place + 1
                here = {**row, "contact_id": person_id, "place": places[row["place"]]}
                await self._db.execute(_rungs.insert().values(**here))
                continue
            places[row["place"]] = mine["place"]
            said = mine if mine["consent_by"] else row
            columns = {
                "kind": max(mine["kind"], row["kind"], key=lambda kind: _KINDS.index(NumberKind(kind))),
                "consent_by": said["consent_by"],
                "consent_at": said["consent_at"],
            }
            both = (_rungs.c.contact_id == person_id, _rungs.c.number == row["number"])
            await self._db.execute(_rungs.update().where(*both).values(**columns))
        return places

    async def _ladder(self, person_id: str) -> Sequence[sa.RowMapping]:
        every = sa.select(_rungs).where(_rungs.c.contact_id == person_id).order_by(_rungs.c.place)
        return (await self._db.execute(every)).mappings().all()

    async def _move_open_case(self, younger_id: str, places: Mapping[int, int]) -> None:
        """A case remembers its numbers by their places, and those have changed."""
        still = (_cases.c.contact_id == younger_id, _cases.c.state != CaseState.CLOSED.value)
        row = (await self._db.execute(sa.select(_cases).where(*still))).mappings().first()
        if row is not None:
            columns: dict[str, Any] = {
                "rung": places.get(row["rung"], row["rung"]),
                "shut": sorted({places.get(place, place) for place in row["shut"]}),
                "version": row["version"] + 1,
            }
            await self._db.execute(_cases.update().where(_cases.c.id == row["id"]).values(**columns))

    async def _one_call(self, person_id: str, younger_id: str, now: datetime) -> str:
        """The call that goes on. A claim that nobody has dialled yet is given back if the other one is being rung."""
        held = (
            sa.select(_attempts.c.id, _attempts.c.state)
            .select_from(_contacts.join(_attempts, _attempts.c.id == _contacts.c.live_attempt))
            .where(_contacts.c.id.in_([person_id, younger_id]))
            .order_by(_contacts.c.id)
        )
        calls = [(row.id, row.state == AttemptState.CLAIMED.value) for row in await self._db.execute(held)]
        calls.sort(key=lambda call: call[1])  # what may have rung first
        for name, only_claimed in calls[1:]:
            if only_claimed:
                await give_back(self._db, name, now)
        return calls[0][0] if calls else ""


async def give_back(db: AsyncConnection, attempt_id: str, now: datetime) -> None:
    """A claimed attempt whose person is on the line already: due again, unless its case is not the robot's any more."""
    of_attempt = sa.select(_cases.c.id, _cases.c.state).join(_attempts).where(_attempts.c.id == attempt_id)
    case = (await db.execute(of_attempt)).one()
    after = AttemptState.DUE if case.state in _RINGABLE else AttemptState.CANCELLED
    one = _attempts.update().where(_attempts.c.id == attempt_id)
    await db.execute(one.values(state=after.value, owner="", lease_until=None))
    await db.execute(freed(attempt_id))
    line = {"case_id": case.id, "attempt_id": attempt_id, "what": "attempt_released", "at": now}
    await db.execute(tables.history.insert().values(facts={"why": "people_merged"}, **line))


def _of(person_id: str, pairs: Sequence[tuple[str, str]]) -> frozenset[str]:
    return frozenset(number for owner, number in pairs if owner == person_id)
