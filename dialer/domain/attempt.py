"""An attempt: one decision to ring, written down before dialling.

Rule 1: a case has at most one attempt that is not over.
Rule 2: DIALLING is committed, with the SIP Call-ID, before the INVITE leaves; from there on it may have rung.
Rule 3: every claim and every takeover raises the fence; a node writes about an attempt with the fence that it was given, and an older
        one changes nothing. What ends an attempt needs none: a report, or a proof in the spool, is the truth whoever brings it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dialer.domain.alert import FraudType
from dialer.domain.grade import Grade
from voice.report import Standing


class AttemptState(StrEnum):
    """How far an attempt is."""

    DUE = "due"
    CLAIMED = "claimed"  # a node has it, nothing has left the house
    DIALLING = "dialling"  # the INVITE may leave at any moment, or has left
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"  # there is a report
    LOST = "lost"  # there will never be a report
    CANCELLED = "cancelled"  # not wanted any more before it was dialled


LIVE = (AttemptState.CLAIMED, AttemptState.DIALLING, AttemptState.RINGING, AttemptState.ANSWERED)
MAY_HAVE_RUNG = (AttemptState.DIALLING, AttemptState.RINGING, AttemptState.ANSWERED)
PENDING = (AttemptState.DUE, *LIVE)


class AttemptReason(StrEnum):
    """Why we ring."""

    ALERT = "alert"  # the first call on an alert
    REDIAL = "redial"  # the person was not reached
    BUSY = "busy"  # the line was busy on a serious case
    CALL_LATER = "call_later"  # the person asked for it
    FOLLOW_UP = "follow_up"  # the person was reached; does it still hold?
    OUR_FAULT = "our_fault"  # our line or process failed
    AFTER_LOSS = "after_loss"  # a call that may have rung was lost, or a talk dropped
    AFTER_SHED = "after_shed"  # for want of a line he got an SMS in place of the call before


@dataclass(frozen=True, slots=True)
class Hold:
    """What a node shows when it writes about an attempt that it conducts."""

    attempt: str
    fence: int


@dataclass(frozen=True, slots=True)
class DueAttempt:
    """What pacing needs to choose; the order is `dialer.domain.degrading`'s rule 1."""

    id: str
    case_id: str
    grade: Grade
    due_at: datetime
    deadline: datetime
    reason: AttemptReason
    sum_yuan: int | None = field(default=None, repr=False)
    resumes: str = ""


@dataclass(frozen=True, slots=True)
class TalkToResume:
    """The dropped talk that a call-back takes up."""

    attempt: str
    script_hash: str
    standing: Standing = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClaimedAttempt:
    """What caller needs to conduct one attempt."""

    id: str
    case_id: str
    number: str = field(repr=False)
    grade: Grade
    fraud_type: FraudType
    reason: AttemptReason
    due_at: datetime
    deadline: datetime
    lease_until: datetime
    made: int  # calls that this case has had before
    alerted_at: datetime  # when the first alert of the case was received
    surname: str = field(default="", repr=False)
    sum_yuan: int | None = field(default=None, repr=False)
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)  # of the latest alert
    talk: TalkToResume | None = None  # what it takes up; None: nothing, or it has waited for too long
    fence: int = 0

    @property
    def hold(self) -> Hold:
        return Hold(self.id, self.fence)


@dataclass(frozen=True, slots=True)
class UnfinishedAttempt:
    """An attempt that is claimed or may be ringing: what recovery looks at."""

    id: str
    case_id: str
    state: AttemptState
    owner: str  # the node that conducts it; empty: that node was silent for too long, and nobody knows of the call
    lease_until: datetime  # without an owner: the call is over by then
    fence: int
    call_id: str
    worker_pid: int | None
    dialled_at: datetime | None
    answered_at: datetime | None

    @property
    def hold(self) -> Hold:
        return Hold(self.id, self.fence)
