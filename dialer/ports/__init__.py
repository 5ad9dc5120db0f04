"""What the dialer needs from the world: one small Protocol per caller. `dialer.storage` holds all but Clock.

Rule 1: every method is one transaction. Inside it only the database is awaited.
Rule 2: what goes through casework (alerts, ends of calls, officers) goes through `dialer.filing.runner`, which uses `CaseFiles`.
Rule 3: foreign exceptions come out as StorageDown, DiskFull, CaseConflict or NotOnFile.
Rule 4: all times are aware.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from dialer.domain.actions import Announcement
from dialer.domain.alert import Alert, FraudType, RejectedAlert
from dialer.domain.attempt import AttemptReason, AttemptState, ClaimedAttempt, DueAttempt, Hold
from dialer.domain.case import Case
from dialer.domain.danger import DangerSign
from dialer.domain.escalation import Escalation
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.domain.stop import StopLevel, StopOrder
from dialer.domain.work import WorkItem
from dialer.ports.calllog import CallLog as CallLog
from dialer.ports.contacts import ContactFile
from dialer.ports.merging import PeopleFile
from dialer.ports.nodes import Nodes
from dialer.ports.work import WorkFile
from voice.messages import ToDaemon, ToWorker
from voice.report import CallReport, Rang, Standing, TurnRecord


class Clock(Protocol):
    """now() for deadlines, aware and in UTC; monotonic() for durations, in seconds."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...


# --- pacing


class AttemptQueue(Protocol):
    """What is due. Used by pacing."""

    async def due_attempts(self, now: datetime, limit: int) -> Sequence[DueAttempt]:
        """Attempts that `claim` would grant now, in the order of `dialer.domain.degrading`'s rule 1."""

    async def next_due_at(self) -> datetime | None:
        """When the earliest due attempt may start; None: nothing is due, ever. May lie in the past."""

    async def claim(self, attempt_id: str, node: str, now: datetime, lease_seconds: float) -> ClaimedAttempt | None:
        """Take it, alone. None: somebody else has it, the person is being rung, or the safe gap is not over. Raises NumberListed."""

    async def release(self, hold: Hold, due_at: datetime, why: str) -> None:
        """Give a claimed attempt back before anything left the house. Raises TakenOver, CaseConflict."""

    async def calls_in_hand(self, node: str) -> int:
        """Attempts that this node has claimed or is conducting."""


class Brake(Protocol):
    """The emergency stop of all nodes. Used by the command line and by the task that watches it."""

    async def order_in_force(self) -> StopOrder:
        """The newest order; epoch 0 when there was never one."""

    async def order(self, level: StopLevel, who: str, why: str, at: datetime) -> StopOrder:
        """Holds from the commit on, for every INVITE of every node."""

    async def orders(self, limit: int) -> Sequence[StopOrder]:
        """Newest first."""


# --- caller


class Wire(Protocol):
    """One call worker, for one conversation."""

    pid: int

    def send(self, order: ToWorker) -> None:
        """Orders to a worker that is gone are lost with it; `receive` says so."""

    async def receive(self) -> ToDaemon:
        """The next thing the worker tells. Raises WorkerLost."""

    def kill(self) -> None:
        """End a worker that hangs, at once. Nobody is told."""


AnyWire = TypeVar("AnyWire", bound=Wire)


class Workers(Protocol[AnyWire]):
    """Whence the caller has its workers. The roof opens the pool."""

    async def take(self) -> AnyWire:
        """A ready one. Raises WorkerLost when none can be had."""

    def give_back(self, link: AnyWire, *, usable: bool) -> None:
        """The conversation is over."""


# --- intake


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one body that claimed to be an alert. Holds nothing of what the body said."""

    accepted: bool
    alert_id: str = ""
    case_id: str = ""
    folded: bool = False  # it was known already, or went into a case that was there
    reason: str = ""  # why it was rejected: a code, e.g. "unknown_grade"
    field: str = ""  # which field is at fault
    advice: str = ""  # what to send instead


# --- runner


@dataclass(frozen=True, slots=True)
class FiledAlert:
    """Where an alert went that was accepted before."""

    alert_id: str
    case_id: str


@dataclass(frozen=True, slots=True)
class FiledAttempt:
    """An attempt as the runner needs it."""

    id: str
    case_id: str
    state: AttemptState
    due_at: datetime
    deadline: datetime
    outcome: Outcome | None
    fence: int
    lease_until: datetime | None  # None: nobody has it
    progress: str
    standing: Standing | None = None  # of its talk, as its worker told last
    heard_at: datetime | None = None  # when that was, or when it was answered


class CaseFile(WorkFile, ContactFile, PeopleFile, Protocol):
    """One transaction over the casebook: everything in it is committed together, or nothing. Used by runner and working."""

    async def filed_alert(self, source: str, external_id: str, body_sha256: str, since: datetime) -> FiledAlert | None:
        """The accepted alert of this name; without a name, one with the same body received after `since`,
        or within a week if it led to a wrong number."""

    async def case(self, case_id: str) -> Case:
        """The case, or the one that it was merged into. Raises NotOnFile. Locked until the transaction ends."""

    async def live_case_of(self, person_id: str) -> Case | None:
        """The person's case that is not closed, locked."""

    async def add_case(self, case: Case, number: str) -> None: ...

    async def save_case(self, case: Case) -> Case:
        """The case and its person; answers it with its new version. Raises CaseConflict when somebody saved it since it was read."""

    async def add_alert(self, alert: Alert, case_id: str) -> None: ...

    async def alert_names(self, case_id: str) -> Sequence[tuple[str, str]]:
        """Source and external id of every alert of the case, so that each source hears of its own."""

    async def add_rejected(self, alert: RejectedAlert) -> None: ...

    async def attempt(self, attempt_id: str) -> FiledAttempt | None: ...

    async def pending_attempt(self, case_id: str) -> FiledAttempt | None:
        """The attempt of the case that is not over."""

    async def add_attempt(
        self,
        attempt_id: str,
        case_id: str,
        *,
        due_at: datetime,
        deadline: datetime,
        reason: AttemptReason,
        now: datetime,
        resumes: str = "",
    ) -> None: ...

    async def move_attempt(
        self, attempt_id: str, *, due_at: datetime, deadline: datetime, reason: AttemptReason
    ) -> None: ...

    async def end_attempt(
        self, attempt_id: str, state: AttemptState, *, at: datetime, rang: Rang, outcome: Outcome | None
    ) -> None:
        """ENDED, LOST or CANCELLED; frees the person for other calls."""

    async def orphan(self, attempt_id: str, over_by: datetime) -> None:
        """Nobody conducts it any more; its call is over by then."""

    async def write_report(self, report: CallReport) -> None:
        """Keep what the report knows: cause, conclusion, facts, times, recordings and every turn."""

    async def escalation(self, escalation_id: str) -> Escalation | None: ...

    async def escalations_of(self, attempt_id: str) -> Sequence[Escalation]: ...

    async def put_escalation(self, escalation: Escalation) -> None: ...

    async def ask_work(self, item: WorkItem) -> bool:
        """True: a new item. An open one of the same kind keeps the earlier deadline, and False is answered."""

    async def note_danger(self, case_id: str, sign: DangerSign, at: datetime) -> None: ...

    async def announce(self, case_id: str, kind: Announcement, payload: Mapping[str, Any], at: datetime) -> None: ...

    async def write_history(
        self, case_id: str, what: str, facts: Mapping[str, Any], at: datetime, attempt_id: str = ""
    ) -> None: ...


class CaseFiles(Protocol):
    """Opens transactions for the runner."""

    def transaction(self) -> AbstractAsyncContextManager[CaseFile]: ...

    def newcomers(self, alerts: Sequence[Alert]) -> AbstractAsyncContextManager[Mapping[str, CaseFile]]:
        """One transaction for those of these alerts, by id, of whose person nothing is on file; each file is for one alert.

        What is written comes all at its end. Raises CaseConflict there when somebody else has just filed one of them."""


# --- the world outside: the broker


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One thing the world has to be told. At least once, in order of id."""

    id: int
    kind: str
    case_id: str
    payload: Mapping[str, Any]
    created_at: datetime


class Outbox(Protocol):
    """What was committed and not yet told. Used by the broker's shell."""

    async def unpublished(self, limit: int) -> Sequence[OutboxRow]: ...

    async def mark_published(self, ids: Sequence[int], now: datetime) -> None: ...


# --- looking


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


class Casebook(CaseFiles, AttemptQueue, CallLog, Nodes, Protocol):
    """The writing side as one object, for the composition root and for tests."""
