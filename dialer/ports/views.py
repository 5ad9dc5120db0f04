"""Reading the casebook: lines as people look at them. Never waits for a writer and never blocks one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from dialer.domain.alert import Alert, FraudType, RejectedAlert
from dialer.domain.attempt import AttemptReason, AttemptState
from dialer.domain.case import Case
from dialer.domain.danger import DangerSign
from dialer.domain.escalation import Escalation
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.domain.work import WorkItem
from voice.report import TurnRecord


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a list."""

    id: str
    grade: Grade
    fraud_type: FraudType
    state: str
    outcome: Outcome | None
    opened_at: datetime
    merged_into: str  # the case that went on when two people turned out to be one; empty: none
    number_tail: str  # last four digits; lists show no more
    sources: tuple[str, ...]
    next_due_at: datetime | None
    officer: str
    attempts: int
    dangers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One attempt of a case, with what is known of its call."""

    id: str
    case_id: str
    state: AttemptState
    reason: AttemptReason
    due_at: datetime
    deadline: datetime
    owner: str
    call_id: str
    script_hash: str
    knowledge_hash: str
    progress: str
    rang: str
    cause: str
    sip_code: int
    conclusion: str
    outcome: Outcome | None
    facts: Mapping[str, str] = field(repr=False)
    recording: str
    brief: str
    dialled_at: datetime | None
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    resumes: str  # the attempt whose dropped talk it took up
    turns: tuple[TurnRecord, ...] = field(repr=False)
    escalations: tuple[Escalation, ...]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of a case's history, oldest first."""

    at: datetime
    what: str
    attempt_id: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DangerLine:
    """A danger sign and when it was seen."""

    sign: DangerSign
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseStory:
    """All of one case, for its page and for `quanzu cases ID`."""

    line: CaseLine
    case: Case
    number: str = field(repr=False)
    surname: str = field(repr=False)
    alerts: tuple[Alert, ...]
    attempts: tuple[AttemptLine, ...]
    dangers: tuple[DangerLine, ...]
    work: tuple[WorkItem, ...]
    history: tuple[HistoryLine, ...]


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """What happened in a call, as lines of voice.record; personal."""

    attempt_id: str
    script_hash: str
    lines: str = field(repr=False)


class Views(Protocol):
    """Reading, on the reader's connections: never waits for a writer and never blocks one."""

    async def cases(self, limit: int, *, open_only: bool = False) -> Sequence[CaseLine]:
        """Newest first."""

    async def story(self, case_id: str) -> CaseStory | None:
        """Of a case that was merged into another one: that one's, which has its calls and its history, too."""

    async def recorded_call(self, name: str) -> RecordedCall | None:
        """Of an attempt's id or a SIP Call-ID; of a case the last one."""

    async def live_attempts(self) -> Sequence[AttemptLine]:
        """Claimed, dialling, ringing and answered ones, for the live view."""

    async def open_work(self, limit: int) -> Sequence[WorkItem]:
        """By deadline."""

    async def rejected_alerts(self, limit: int) -> Sequence[RejectedAlert]:
        """Newest first."""
