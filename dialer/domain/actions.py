"""Actions of a case: orders, imperative, frozen; carried out by the runner in one transaction, forgetting one is a type error."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from dialer.domain.attempt import AttemptReason
from dialer.domain.danger import DangerSign
from dialer.domain.outcome import Outcome
from dialer.domain.policy import Occasion
from dialer.domain.stoppayment import Paying
from dialer.domain.work import WorkKind, WorkReason


class Announcement(StrEnum):
    """What the world is told about a case, and at last about the robot itself. The last part of a topic."""

    CASE_OPENED = "case_opened"
    ALERT_FOLDED = "alert_folded"
    CASE_MERGED = "case_merged"  # two people are one: from now on the other case tells; carries its id
    ATTEMPT_ENDED = "attempt_ended"  # carries the outcome
    ATTEMPT_DUE = "attempt_due"  # when the next call is planned
    OFFICER_WANTED = "officer_wanted"  # during a live call
    OFFICER_TOOK = "officer_took"
    WORK_WANTED = "work_wanted"
    WORK_MOVED = "work_moved"  # somebody accepted, gave back, arrived, ordered, seconded or cancelled; carries the verb
    WORK_DONE = "work_done"  # carries the result
    WORK_OVERDUE = "work_overdue"  # the deadline has passed; told once
    SMS_WANTED = "sms_wanted"
    SMS_TOLD = "sms_told"  # how far it is: accepted, delivered, failed or unsendable
    DANGER_NOTED = "danger_noted"
    WRONG_NUMBER = "wrong_number"  # fed back to the source
    CASE_CLOSED = "case_closed"
    ROBOT_DEGRADED = "robot_degraded"  # people are not rung in time; of no one case
    ROBOT_HEALED = "robot_healed"


@dataclass(frozen=True, slots=True)
class ScheduleAttempt:
    """Ring the person not before `due_at`; it is late after `deadline`.

    The newest decision replaces a due attempt, except that a further alert never delays one. A live one is left alone:
    its end decides anew.
    """

    due_at: datetime
    deadline: datetime
    reason: AttemptReason
    resumes: str = ""  # the attempt whose dropped talk it takes up; see dialer.domain.callback
    step: str = ""  # where that talk stood


@dataclass(frozen=True, slots=True)
class CancelAttempts:
    """No robot call is wanted any more: what is due is cancelled; what is live ends by itself."""

    outcome: Outcome | None = None  # of what is cancelled


@dataclass(frozen=True, slots=True)
class OrderVisit:
    """Somebody goes there by the deadline."""

    reason: WorkReason
    deadline: datetime


@dataclass(frozen=True, slots=True)
class AskOfficer:
    """An officer rings this person himself by the deadline."""

    reason: WorkReason
    deadline: datetime


@dataclass(frozen=True, slots=True)
class CheckNumber:
    """The number is somebody else's: find the right one by the deadline."""

    deadline: datetime


@dataclass(frozen=True, slots=True)
class ConfirmSafe:
    """A person decides by the deadline whether the case may be closed."""

    reason: WorkReason
    deadline: datetime


@dataclass(frozen=True, slots=True)
class PrepareStopPayment:
    """Money moves, or has moved: have a request ready for an officer, who decides by the deadline. Nothing is sent."""

    paying: Paying
    deadline: datetime


@dataclass(frozen=True, slots=True)
class CancelWork:
    """The case is closed by a person's work: these kinds have nothing left to do."""

    kinds: tuple[WorkKind, ...]


@dataclass(frozen=True, slots=True)
class SendSms:
    """Send the script's text for this occasion, unless one went out inside the gap."""

    occasion: Occasion
    flash: bool
    gap: timedelta


@dataclass(frozen=True, slots=True)
class NoteDanger:
    """Write this sign on the case."""

    sign: DangerSign


@dataclass(frozen=True, slots=True)
class CloseCase:
    """The case is over; open work items on it are not."""

    outcome: Outcome | None
    why: str


@dataclass(frozen=True, slots=True)
class Announce:
    """Tell the world. Facts hold no number, name, sum or spoken word."""

    kind: Announcement
    facts: Mapping[str, str] = field(default_factory=dict)


Action = (
    ScheduleAttempt
    | CancelAttempts
    | OrderVisit
    | AskOfficer
    | CheckNumber
    | ConfirmSafe
    | PrepareStopPayment
    | CancelWork
    | SendSms
    | NoteDanger
    | CloseCase
    | Announce
)
