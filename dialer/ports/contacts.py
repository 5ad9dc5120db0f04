"""What the dialer needs to know of people's numbers, and of the lists that keep the robot away; `dialer.storage` holds it.

The rules of `dialer.ports` hold: one method, one transaction, unless it belongs to one that is open already.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from dialer.domain.alert import OtherNumber
from dialer.domain.contacts import ContactLadder, Listing, NumberKind


@dataclass(frozen=True, slots=True)
class Entry:
    """One number or one person on a list. Exactly one of number and person is given."""

    id: str
    listing: Listing
    number: str = field(repr=False)
    person: str  # id of a contact: all his numbers
    reason: str = field(repr=False)
    who: str
    since: datetime
    until: datetime | None = None  # None: until somebody ends it


@dataclass(frozen=True, slots=True)
class KnownNumber:
    """One number of a person, as people see it."""

    place: int
    kind: NumberKind
    tail: str  # last four digits
    note: str = field(repr=False)
    entered_by: str  # empty: a source named it
    consent_by: str = field(repr=False)
    consent_at: datetime | None


class ContactFile(Protocol):
    """People and their numbers inside one open transaction of the casebook."""

    async def add_rung(self, person_id: str, other: OtherNumber, new_id: str, *, entered_by: str = "") -> bool:
        """Put a number on the person's ladder; False: it stands there already. new_id: for whoever answers at work or at home."""

    async def consent(self, person_id: str, number: str, given_by: str, at: datetime) -> None:
        """The robot may ring this number, said whoever answers there. Raises NotOnFile when it is not on the ladder."""

    async def ladder_of(self, person_id: str) -> ContactLadder: ...

    async def listing_of(self, attempt_id: str, now: datetime) -> Listing | None:
        """The list in force that keeps the robot from the number of this attempt, or from its person."""

    async def put_on_list(self, entry: Entry) -> None: ...

    async def end_listings(self, number: str, person: str, who: str, at: datetime) -> int:
        """Every list in force of this number or this person; how many."""

    async def due_to(self, number: str, person: str) -> Sequence[str]:
        """Attempts that are due to this number, or to this person by any of his."""


class ContactViews(Protocol):
    """Reading."""

    async def entries(self, now: datetime, limit: int, *, every: bool = False) -> Sequence[Entry]:
        """Newest first; those in force, or all there ever were."""

    async def numbers_of(self, case_id: str) -> Sequence[KnownNumber]:
        """Of the case's person, by place."""

    async def person_in(self, case_id: str) -> str:
        """The person of this case. Raises NotOnFile."""
