"""People, their numbers and the lists: the part of a casebook transaction that is about them, and what is read of them.

Rule 1: a person is found by own numbers only; a number at work or in the family belongs to a contact of its own, whoever answers.
Rule 2: places on a ladder are given once and never change: a case remembers its number by them.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from dialer.domain.alert import OtherNumber
from dialer.domain.attempt import AttemptState
from dialer.domain.contacts import ContactLadder, Listing, NumberKind, Rung, own_kind
from dialer.errors import NotOnFile
from dialer.ports.contacts import Entry, KnownNumber
from dialer.storage import tables
from dialer.storage.contacttables import listings as _listings
from dialer.storage.contacttables import rungs as _rungs
from dialer.storage.engine import Engines

_attempts, _cases, _contacts, _numbers = tables.attempts, tables.cases, tables.contacts, tables.numbers
_SHOWN_DIGITS = 4


class SqlContactFile:
    """Holds dialer.ports.contacts.ContactFile."""

    _db: AsyncConnection

    async def add_rung(self, person_id: str, other: OtherNumber, new_id: str, *, entered_by: str = "") -> bool:
        here = sa.select(_rungs.c.place).where(_rungs.c.contact_id == person_id, _rungs.c.number == other.number)
        if (await self._db.execute(here)).first() is not None:
            return False
        known = sa.select(_numbers.c.number).where(_numbers.c.number == other.number)
        if (await self._db.execute(known)).first() is None:
            owner = person_id
            if not other.kind.own:
                await self._db.execute(_contacts.insert().values(id=new_id))
                owner = new_id
            await self._db.execute(_numbers.insert().values(number=other.number, contact_id=owner))
            if owner != person_id:
                await self._put(owner, OtherNumber(other.number, own_kind(other.number)), "")
        await self._put(person_id, other, entered_by)
        return True

    async def consent(self, person_id: str, number: str, given_by: str, at: datetime) -> None:
        here = (_rungs.c.contact_id == person_id, _rungs.c.number == number)
        said = _rungs.update().where(*here).values(consent_by=given_by, consent_at=at)
        if not (await self._db.execute(said)).rowcount:
            raise NotOnFile

    async def ladder_of(self, person_id: str) -> ContactLadder:
        of_person = sa.select(_rungs).where(_rungs.c.contact_id == person_id).order_by(_rungs.c.place)
        rows = (await self._db.execute(of_person)).mappings()
        return ContactLadder.of([Rung(row["place"], NumberKind(row["kind"]), bool(row["consent_by"])) for row in rows])

    async def listing_of(self, attempt_id: str, now: datetime) -> Listing | None:
        return await listed(self._db, attempt_id, now)

    async def put_on_list(self, entry: Entry) -> None:
        await self._db.execute(
            _listings.insert().values(
                id=entry.id,
                list=entry.listing.value,
                number=entry.number or None,
                contact_id=entry.person or None,
                reason=entry.reason,
                who=entry.who,
                since=entry.since,
                until=entry.until,
            )
        )

    async def end_listings(self, number: str, person: str, who: str, at: datetime) -> int:
        meant = _listings.c.contact_id == person if person else _listings.c.number == number
        ended = _listings.update().where(meant, _in_force(at)).values(ended_by=who, ended_at=at)
        return (await self._db.execute(ended)).rowcount

    async def due_to(self, number: str, person: str) -> Sequence[str]:
        meant = _attempts.c.contact_id == person if person else _attempts.c.number == number
        due = sa.select(_attempts.c.id).where(meant, _attempts.c.state == AttemptState.DUE.value)
        return list((await self._db.execute(due.order_by(_attempts.c.id))).scalars())

    async def _put(self, person_id: str, other: OtherNumber, entered_by: str) -> None:
        last = sa.select(sa.func.max(_rungs.c.place)).where(_rungs.c.contact_id == person_id)
        place: int | None = (await self._db.execute(last)).scalar()
        await self._db.execute(
            _rungs.insert().values(
                contact_id=person_id,
                number=other.number,
                place=0 if place is None else place + 1,
                kind=other.kind.value,
                note=other.note,
                entered_by=entered_by,
            )
        )


class SqlContactViews:
    """Holds dialer.ports.contacts.ContactViews."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    async def entries(self, now: datetime, limit: int, *, every: bool = False) -> Sequence[Entry]:
        found = sa.select(_listings).order_by(_listings.c.since.desc(), _listings.c.id).limit(limit)
        async with self._engines.read() as db:
            rows = (await db.execute(found if every else found.where(_in_force(now)))).mappings()
            return [_entry(row) for row in rows]

    async def numbers_of(self, case_id: str) -> Sequence[KnownNumber]:
        person = sa.select(_cases.c.contact_id).where(_cases.c.id == case_id).scalar_subquery()
        of_person = sa.select(_rungs).where(_rungs.c.contact_id == person).order_by(_rungs.c.place)
        async with self._engines.read() as db:
            return [_known(row) for row in (await db.execute(of_person)).mappings()]

    async def person_in(self, case_id: str) -> str:
        async with self._engines.read() as db:
            one = sa.select(_cases.c.contact_id).where(_cases.c.id == case_id)
            person: str | None = (await db.execute(one)).scalar()
        if person is None:
            raise NotOnFile
        return person


def number_at(case: sa.RowMapping, place: int) -> sa.ColumnElement[str]:
    """The number at this place of the case's person; the one that the case was opened with, if there is none."""
    here = (_rungs.c.contact_id == case["contact_id"], _rungs.c.place == place)
    return sa.func.coalesce(sa.select(_rungs.c.number).where(*here).scalar_subquery(), case["number"])


def people_of(attempt_id: str) -> sa.Select[tuple[str]]:
    """Whom this attempt rings: its person, and whoever else is found by the number. Always locked in one order."""
    owner = sa.select(_numbers.c.contact_id).join(_attempts, _attempts.c.number == _numbers.c.number)
    person = sa.select(_attempts.c.contact_id).where(_attempts.c.id == attempt_id)
    both = sa.union(owner.where(_attempts.c.id == attempt_id), person)
    return sa.select(_contacts.c.id).where(_contacts.c.id.in_(both)).order_by(_contacts.c.id)


async def listed(db: AsyncConnection, attempt_id: str, now: datetime) -> Listing | None:
    """What `ContactFile.listing_of` says, inside any transaction."""
    number = sa.select(_attempts.c.number).where(_attempts.c.id == attempt_id).scalar_subquery()
    people = people_of(attempt_id).order_by(None)
    meant = sa.or_(_listings.c.number == number, _listings.c.contact_id.in_(people))
    on_list = sa.select(_listings.c.list).where(meant, _in_force(now))
    wish = sa.select(sa.literal(Listing.OFFICER_ONLY.value)).where(_contacts.c.id.in_(people), _contacts.c.officer_only)
    found = set((await db.execute(sa.union_all(on_list, wish.select_from(_contacts)))).scalars())
    if Listing.OFFICER_ONLY.value in found:
        return Listing.OFFICER_ONLY
    return Listing.BLOCKED if found else None


def _in_force(now: datetime) -> sa.ColumnElement[bool]:
    runs = sa.or_(_listings.c.until.is_(None), _listings.c.until > now)
    return sa.and_(_listings.c.ended_at.is_(None), runs)


def _entry(row: sa.RowMapping) -> Entry:
    return Entry(
        id=row["id"],
        listing=Listing(row["list"]),
        number=row["number"] or "",
        person=row["contact_id"] or "",
        reason=row["reason"],
        who=row["who"],
        since=row["since"],
        until=row["ended_at"] or row["until"],
    )


def _known(row: sa.RowMapping) -> KnownNumber:
    return KnownNumber(
        place=row["place"],
        kind=NumberKind(row["kind"]),
        tail=row["number"][-_SHOWN_DIGITS:],
        note=row["note"],
        entered_by=row["entered_by"],
        consent_by=row["consent_by"],
        consent_at=row["consent_at"],
    )
