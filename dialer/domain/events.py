"""Events of a case: facts, past tense, frozen. What happened, never what to do about it."""

from dataclasses import dataclass, field
from datetime import datetime

from dialer.domain.callback import DroppedTalk
from dialer.domain.case import Case
from dialer.domain.contacts import Listing
from dialer.domain.grade import Grade
from dialer.domain.work import WorkKind, WorkResult
from voice.report import CallReport, Rang


@dataclass(frozen=True, slots=True)
class AlertAccepted:
    """An alert on this person was accepted: the first one, or one more."""

    grade: Grade
    received_at: datetime
    sum_yuan: int | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """The call of an attempt is over and there is a report."""

    report: CallReport
    wished_at: datetime | None = (
        None  # when the person asked to be rung again; self-reported, so never a promise of ours
    )
    promised: datetime | None = None  # the attempt's deadline


@dataclass(frozen=True, slots=True)
class AttemptLost:
    """There will never be a report of this attempt: the process that conducted it is gone."""

    attempt: str
    rang: Rang
    promised: datetime | None = None  # the attempt's deadline
    talk: DroppedTalk | None = None  # its answer was committed, and its worker is known dead


@dataclass(frozen=True, slots=True)
class NumberBarred:
    """The number of an attempt that was due stands on a list: nothing has left the house."""

    listing: Listing


@dataclass(frozen=True, slots=True)
class AttemptOrphaned:
    """The node that conducts this attempt is silent. The call may go on, and a report may come."""

    attempt: str


@dataclass(frozen=True, slots=True)
class AttemptOverdue:
    """The time by which this person was to be rung has passed, for whatever reason; nothing has left the house."""

    attempt: str


@dataclass(frozen=True, slots=True)
class AttemptShed:
    """This attempt waited so long for a line that its grade gives way."""

    attempt: str


@dataclass(frozen=True, slots=True)
class OfficerTook:
    """An officer was bridged to the person."""

    officer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NobodyCame:
    """Every officer who could be rung for a live call was rung, and none came."""


@dataclass(frozen=True, slots=True)
class ClosedByPerson:
    """Somebody who may do so closed the case."""

    who: str
    why: str


@dataclass(frozen=True, slots=True)
class WorkFinished:
    """A person has finished a work item on this case."""

    kind: WorkKind
    result: WorkResult
    who: str


@dataclass(frozen=True, slots=True)
class WorkCancelled:
    """A person has cancelled a work item on this case."""

    kind: WorkKind
    who: str


@dataclass(frozen=True, slots=True)
class SmsTimeCame:
    """It is time for an SMS without a call."""

    sent: int  # SMS of "not reached" on this case so far
    met: bool  # somebody of the centre has spoken to him since the last alert


@dataclass(frozen=True, slots=True)
class MergedInto:
    """This case's person is somebody whose older case goes on."""

    case_id: str


@dataclass(frozen=True, slots=True)
class PersonsMerged:
    """Somebody else on file is this case's person. other: his open case, if he had one; it has ended, its numbers stand on this ladder."""

    other: Case | None


Event = (
    AlertAccepted
    | AttemptEnded
    | AttemptLost
    | AttemptOrphaned
    | AttemptOverdue
    | AttemptShed
    | NumberBarred
    | OfficerTook
    | NobodyCame
    | ClosedByPerson
    | WorkFinished
    | WorkCancelled
    | SmsTimeCame
    | MergedInto
    | PersonsMerged
)
