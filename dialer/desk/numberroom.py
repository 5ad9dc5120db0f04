"""What `quanzu numbers` does with the casebook, from outside the daemon: lists that keep the robot away, and numbers of people.

Rule 1: a listing is never deleted, only ended: it can be told later why somebody was not rung.
Rule 2: what is planned to a listed number is taken back at once, not only when it becomes due.
Rule 3: whole numbers are typed, never shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from dialer.clock import SystemClock
from dialer.console.casebook import at
from dialer.desk.book import case_named, open_book
from dialer.dialplan import DialPlan, check
from dialer.domain.alert import OtherNumber
from dialer.domain.contacts import Listing, own_kind
from dialer.errors import NumberRefused
from dialer.filing.runner import Runner
from dialer.ids import new_id
from dialer.ports.contacts import Entry, KnownNumber
from dialer.settings import Settings, dial_plan, policy
from dialer.storage import Storage

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Whom:
    """A number, or everybody's numbers that a case's person has."""

    number: str = field(default="", repr=False)
    case: str = ""


async def put_on_list(
    settings: Settings, listing: Listing, whom: Whom, console: Console, *, by: str, why: str, until: str = ""
) -> None:
    """Raises NumberRefused, NotOnFile."""
    now = SystemClock().now()
    ends = _moment(until, settings.centre.zone)
    async with open_book(settings) as storage:
        number, person = await _meant(storage, whom)
        async with storage.casebook.transaction() as file:
            await file.put_on_list(Entry(new_id(now), listing, number, person, why, by, now, ends))
            planned = await file.due_to(number, person)
        runner = Runner(storage.casebook, policy(settings))
        taken_back = [await runner.barred(attempt, now) for attempt in planned]
    console.print(f"on the list {listing.value}; {sum(taken_back)} planned calls taken back")


async def allow(settings: Settings, whom: Whom, by: str, console: Console) -> None:
    """End every listing of this number, or of this person. Raises NumberRefused, NotOnFile."""
    async with open_book(settings) as storage:
        number, person = await _meant(storage, whom)
        async with storage.casebook.transaction() as file:
            ended = await file.end_listings(number, person, by, SystemClock().now())
    console.print(f"{ended} listings ended; cases that people have stay with them")


async def show_lists(settings: Settings, console: Console, *, every: bool) -> None:
    async with open_book(settings) as storage:
        entries = await storage.contacts.entries(SystemClock().now(), SHOWN, every=every)
    table = Table()
    for heading in ("list", "whom", "since", "until", "by", "because"):
        table.add_column(heading)
    for entry in entries:
        whom = f"…{entry.number[-4:]}" if entry.number else f"person {entry.person}"
        times = (at(entry.since, settings.centre.zone), at(entry.until, settings.centre.zone) if entry.until else "-")
        table.add_row(entry.listing.value, whom, *times, entry.who, entry.reason)
    console.print(table)


async def show_numbers(settings: Settings, case_id: str, console: Console) -> None:
    """Of a case's person, by their ends. Raises NotOnFile."""
    async with open_book(settings) as storage:
        case_id = await case_named(storage, case_id)
        await storage.contacts.person_in(case_id)
        known = await storage.contacts.numbers_of(case_id)
    console.print(_numbers_table(known, settings.centre.zone))


async def add(
    settings: Settings, case_id: str, other: OtherNumber, by: str, console: Console, *, consent_of: str = ""
) -> None:
    """Enter one more number of a case's person; consent is recorded with it, or later. Raises NumberRefused, NotOnFile."""
    now = SystemClock().now()
    number = check(other.number, dial_plan(settings))
    kind = own_kind(number) if other.kind.own else other.kind
    async with open_book(settings) as storage:
        case_id = await case_named(storage, case_id)
        person = await storage.contacts.person_in(case_id)
        async with storage.casebook.transaction() as file:
            new = await file.add_rung(person, OtherNumber(number, kind, other.note), new_id(now), entered_by=by)
            if consent_of:
                await file.consent(person, number, consent_of, now)
            facts = {"kind": kind.value, "by": by, "consent": "recorded" if consent_of else "none", "new": new}
            await file.write_history(case_id, "number_entered", facts, now)
        console.print(_numbers_table(await storage.contacts.numbers_of(case_id), settings.centre.zone))


def _numbers_table(known: Sequence[KnownNumber], zone: str) -> Table:
    table = Table()
    for heading in ("kind", "number", "entered by", "consent", "note"):
        table.add_column(heading)
    for each in known:
        consent = f"{each.consent_by}, {at(each.consent_at, zone)}" if each.consent_at else "-"
        table.add_row(each.kind.value, f"…{each.tail}", each.entered_by or "a source", consent, each.note)
    return table


async def _meant(storage: Storage, whom: Whom) -> tuple[str, str]:
    """A checked number or a person's id; the other one is empty."""
    if whom.case:
        return "", await storage.contacts.person_in(await case_named(storage, whom.case))
    return check(whom.number, DialPlan()), ""


def _moment(text: str, zone: str) -> datetime | None:
    """In the centre's zone unless it names one. Raises NumberRefused."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NumberRefused("no_time", "write the time as 2026-11-22T14:05") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
