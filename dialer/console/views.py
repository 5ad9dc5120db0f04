"""What is shown of a call: plain values, made by whoever reads the casebook.

Rule 1: a view never holds a whole telephone number; it is masked the moment it comes in.
Rule 2: nothing here reads files, clocks or the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dialer.domain.attempt import AttemptState
from dialer.domain.danger import DangerSign
from dialer.domain.escalation import EscalationState
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from voice.report import Conclusion, HangupCause, Recordings, TurnRecord

_SHOWN_BEFORE, _SHOWN_AFTER = 3, 4


def masked(number: str) -> str:
    """138****0001; short numbers lose everything but their ends. Masking a masked number changes nothing."""
    if len(number) <= _SHOWN_BEFORE + _SHOWN_AFTER:
        return number[:1] + "*" * max(0, len(number) - 2) + number[-1:] if len(number) > 1 else "*" * len(number)
    return number[:_SHOWN_BEFORE] + "****" + number[-_SHOWN_AFTER:]


@dataclass(frozen=True, slots=True)
class OfficerView:
    """An officer's part in a call."""

    name: str
    tier: int
    state: EscalationState
    reason: str
    brief: str = ""  # what he was told
    brief_heard_to_end: bool = False
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    accepted_at: datetime | None = None
    bridged_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallView:
    """One attempt's call, as it ended."""

    attempt: str
    case: str
    call_id: str
    script_hash: str
    grade: Grade
    title: str  # of the fraud type, e.g. 机票退改签
    source: str  # of the alert
    number: str
    alerted_at: datetime
    dialled_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime
    cause: HangupCause
    sip_code: int
    conclusion: Conclusion
    outcome: Outcome
    turns: tuple[TurnRecord, ...] = ()
    officers: tuple[OfficerView, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    danger_signs: tuple[DangerSign, ...] = ()
    next_attempt_at: datetime | None = None
    recordings: Recordings = Recordings()
    zone: str = "Asia/Shanghai"
    knowledge_hash: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", masked(self.number))


@dataclass(frozen=True, slots=True)
class LineOfTalk:
    """One thing said or heard."""

    who: str  # robot, contact or officer
    text: str
    understood: str = ""  # what a contact's words were taken for


@dataclass(frozen=True, slots=True)
class CallNow:
    """One call at this moment."""

    attempt: str
    grade: Grade
    title: str
    number: str
    state: AttemptState
    seconds_since_alert: float
    talk: tuple[LineOfTalk, ...] = ()  # the whole talk so far, in order
    officer: str = ""  # name of the officer who is wanted
    officer_state: EscalationState | None = None
    outcome: Outcome | None = None
    conclusion: Conclusion | None = None
    cause: HangupCause | None = None
    danger_signs: tuple[DangerSign, ...] = ()
    note: str = ""  # one sentence more, e.g. when the next attempt is due

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", masked(self.number))
