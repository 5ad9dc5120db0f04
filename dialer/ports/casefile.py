"""One transaction over the casebook, as the runner and those who work with cases use it.

Rule: everything in it is committed together, or nothing; inside it only the database is awaited.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from dialer.domain.actions import Announcement
from dialer.domain.alert import Alert, RejectedAlert
from dialer.domain.attempt import AttemptReason, AttemptState
from dialer.domain.case import Case
from dialer.domain.danger import DangerSign
from dialer.domain.escalation import Escalation
from dialer.domain.outcome import Outcome
from dialer.domain.work import WorkItem
from dialer.ports.contacts import ContactFile
from dialer.ports.merging import PeopleFile
from dialer.ports.work import WorkFile
from voice.report import CallReport, Rang, Standing


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
