"""Work items: what a person has to do because the robot may not, or could not. Each has a deadline."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class WorkKind(StrEnum):
    """What is to be done."""

    VISIT = "visit"  # 见面劝阻
    OFFICER_CALL = "officer_call"  # ring this person yourself
    CHECK_NUMBER = "check_number"  # the number belongs to somebody else: find the right one
    CONFIRM_SAFE = "confirm_safe"  # all follow-ups are made; a person decides whether the case may be closed


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


class WorkState(StrEnum):
    """How far it is."""

    WANTED = "wanted"
    ACCEPTED = "accepted"
    DONE = "done"
    CANCELLED = "cancelled"


OPEN_WORK = (WorkState.WANTED, WorkState.ACCEPTED)


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
    done_at: datetime | None = None
