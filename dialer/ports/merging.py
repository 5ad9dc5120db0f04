"""What it takes to find out whom an alert is about, and to make one person of two; `dialer.storage` holds it.

The rules of `dialer.ports` hold: all of it belongs to one transaction that is open already.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from dialer.domain.case import Person
from dialer.domain.merging import KnownPerson


class PeopleFile(Protocol):
    """Who is found by which numbers."""

    async def known_by(self, numbers: Sequence[str]) -> Sequence[KnownPerson]:
        """Everybody whom these find, locked with his open case. Raises CaseConflict when somebody else has just joined two of them."""

    async def add_person(self, person_id: str, surname: str) -> Person:
        """Somebody new, without a number yet."""

    async def name_person(self, person_id: str, surname: str) -> None: ...

    async def join_people(self, person: Person, younger_id: str, now: datetime) -> Mapping[int, int]:
        """From now on the younger is this person: numbers, lists, cases, attempts and a call that goes on are his.

        Answers the places on the younger's ladder with those on this one's. Both are locked, and one of them at most has an open case.
        """

    async def join_cases(self, case_id: str, younger_id: str) -> None:
        """Alerts, work and SMS of the younger case are this one's; whoever asks for the younger finds this one. Both are locked."""

    async def place_of(self, attempt_id: str) -> int | None:
        """Where the number that this attempt rings stands on its person's ladder; None: nowhere."""
