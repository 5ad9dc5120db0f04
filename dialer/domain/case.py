"""A case: our file on one person. Frozen; changed only by casework, which answers a new one."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from dialer.domain.alert import FraudType
from dialer.domain.contacts import ContactLadder
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome


class CaseState(StrEnum):
    """Who has the case now. Only CLOSED is an end."""

    OPEN = "open"  # the robot tries to reach the person: one attempt is due or live
    FOLLOW_UP = "follow_up"  # the person was reached; what was said is self-reported and is checked by a later call
    WITH_OFFICER = "with_officer"  # an officer took it on the line; it is his until he closes it
    WITH_PEOPLE = "with_people"  # the robot has done what it may; a work item waits for a person
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Person:
    """What holds for the person across all cases: what was done to him, and what he wants."""

    id: str
    officer_only: bool = False  # wants no more robot calls
    clear_at: datetime | None = None  # nobody rings him before
    calls_day: date | None = None  # the centre's day that `calls_today` counts
    calls_today: int = 0

    def calls_on(self, day: date) -> int:
        """Calls made to him on this day."""
        return self.calls_today if self.calls_day == day else 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What was tried on this case so far, as counters that policies ask about."""

    not_reached: int = 0  # calls in a row in which the person was not reached, busy not counted
    busy: int = 0  # busy in a row
    faults: int = 0  # attempts in a row that failed on our side
    follow_ups: int = 0  # calls that reached the person


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that casework needs to know of a case; digits and names are not among it."""

    id: str
    person: Person
    grade: Grade
    fraud_type: FraudType
    opened_at: datetime
    state: CaseState = CaseState.OPEN
    sum_yuan: int | None = field(default=None, repr=False)
    tally: Tally = Tally()
    numbers: ContactLadder = ContactLadder()
    outcome: Outcome | None = None  # of the last attempt
    officer: str = ""  # who took it
    officer_at: datetime | None = None
    closed_at: datetime | None = None
    late_at: datetime | None = None  # when it was told that the robot cannot ring; None: it has rung since
    sms_again_at: datetime | None = None  # when an SMS goes out without a call; None: none does
    called_back: bool = False  # a dropped talk was taken up, or tried to be
    version: int = 0  # storage's; a save on an old version is a CaseConflict
