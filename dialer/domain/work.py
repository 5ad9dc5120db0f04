"""Work items: what a person has to do because the robot may not, or could not. Each has a deadline, and an owner once accepted.

What may be done to one, and when, is the table in `dialer.domain.workflow`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class WorkKind(StrEnum):
    """What is to be done."""

    VISIT = "visit"  # 见面劝阻
    OFFICER_CALL = "officer_call"  # ring this person yourself
    CHECK_NUMBER = "check_number"  # the number belongs to somebody else: find the right one
    CONFIRM_SAFE = "confirm_safe"  # all follow-ups are made; a person decides whether the case may be closed
    STOP_PAYMENT = "stop_payment"  # 止付: prepared by the program, ordered by an officer, carried out elsewhere
    FAMILY_CONTACT = "family_contact"  # somebody of the family may be spoken to, for the person said yes


class WorkReason(StrEnum):
    """Why."""

    OFFICER_MISSED = "officer_missed"  # an officer was wanted during the call and none came
    BUSY = "busy"  # busy so often that the person probably talks to the fraudster
    NOT_REACHED = "not_reached"
    VACANT = "vacant"  # 空号, 停机 or forwarded on a serious case
    NOT_PERSUADED = "not_persuaded"  # warned without a promise, refused, or denied
    SELF_REPORTED = "self_reported"  # says that all is well; nobody has checked
    THIRD_PARTY = "third_party"
    OPTED_OUT = "opted_out"  # wants no robot calls
    WRONG_NUMBER = "wrong_number"
    MAY_HAVE_RUNG = "may_have_rung"  # a call was lost and nobody knows whether it was heard
    OUR_FAULT = "our_fault"  # our line or process keeps failing
    DAILY_CAP = "daily_cap"  # the robot may not ring again today
    ALERTED_AGAIN = "alerted_again"  # a further alert came while people have the case
    TALK_LOST = "talk_lost"  # the line was lost after an officer took the call
    PAYING = "paying"  # says that he is paying now
    PAID = "paid"  # has paid
    NOT_FOUND = "not_found"  # whoever went or rang did not find the person
    PERSUADED = "persuaded"  # an officer persuaded him by telephone; somebody makes sure
    GIVEN_UP = "given_up"  # earlier work was cancelled or not needed, and nothing else was left on the case
    ROBOT_CANNOT_RING = "robot_cannot_ring"  # the time by which the robot was to ring has passed
    LISTED = "listed"  # the number stands on a list that keeps the robot from it
    BY_HAND = "by_hand"  # somebody of the centre wants it


class WorkState(StrEnum):
    """How far it is."""

    WANTED = "wanted"
    ACCEPTED = "accepted"  # somebody has it
    ARRIVED = "arrived"  # of a visit: he is there
    ASKED = "asked"  # of a stop payment: ordered by one officer, a second one has to agree
    ORDERED = "ordered"  # of a stop payment: whoever carries it out may do so
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def open(self) -> bool:
        return self in OPEN_WORK


OPEN_WORK = (WorkState.WANTED, WorkState.ACCEPTED, WorkState.ARRIVED, WorkState.ASKED, WorkState.ORDERED)


class WorkResult(StrEnum):
    """What came of it. Which ones a kind has: `dialer.domain.workflow.RESULTS`."""

    DISSUADED = "dissuaded"
    NOT_PERSUADED = "not_persuaded"
    ALREADY_PAID = "already_paid"
    NOT_FOUND = "not_found"  # was not there, did not answer, is not known
    NOT_NEEDED = "not_needed"
    SAFE = "safe"  # a person has made sure
    RIGHT_NUMBER = "right_number"  # it is the person's number after all
    WRONG_NUMBER = "wrong_number"  # it is not
    STOPPED = "stopped"  # the money was stopped
    NOT_STOPPED = "not_stopped"  # too late, or refused by the bank
    REACHED = "reached"  # somebody of the family was spoken to


MET = (WorkResult.DISSUADED, WorkResult.NOT_PERSUADED, WorkResult.ALREADY_PAID)  # of a visit: they stood face to face


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing that a person has to do."""

    id: str
    case_id: str
    kind: WorkKind
    reason: WorkReason
    deadline: datetime
    created_at: datetime
    state: WorkState = WorkState.WANTED
    owner: str = ""
    accepted_at: datetime | None = None
    arrived_at: datetime | None = None
    done_at: datetime | None = None
    overdue_at: datetime | None = None  # when it was announced that the deadline had passed
    result: WorkResult | None = None
    note: str = field(default="", repr=False)  # what whoever finished it wrote; may be personal
