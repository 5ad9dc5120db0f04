"""A case under test at a desk: events in, orders out."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self, TypeVar

from dialer.domain.actions import Action, AskOfficer, ScheduleAttempt
from dialer.domain.alert import FraudType
from dialer.domain.case import Case, Person
from dialer.domain.casework import advance
from dialer.domain.events import AlertAccepted, AttemptEnded, Event
from dialer.domain.grade import Grade
from dialer.domain.policy import Policy
from dialer.domain.work import WorkReason
from tests.reports import report
from voice.report import Conclusion, HangupCause

POLICY = Policy()
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # 12:00 in Lhasa
Kind = TypeVar("Kind")


@dataclass
class File:
    """A case under test, and what was ordered last."""

    case: Case
    now: datetime = NOON
    actions: tuple[Action, ...] = ()

    @classmethod
    def of(cls, grade: Grade, **known: object) -> Self:
        case = Case("case", Person("person"), grade, FraudType.FLIGHT_REFUND, NOON)
        return cls(replace(case, **known))  # type: ignore[arg-type]

    def happens(self, event: Event) -> Self:
        self.case, self.actions = advance(POLICY, self.case, event, self.now)
        return self

    def alert(self, grade: Grade = Grade.LOW) -> Self:
        return self.happens(AlertAccepted(grade, self.now))

    def call_ends(
        self,
        cause: HangupCause = HangupCause.NORMAL,
        conclusion: Conclusion = Conclusion.NOTHING,
        *,
        wished_at: datetime | None = None,
    ) -> Self:
        return self.happens(AttemptEnded(report(self.now, cause, conclusion), wished_at))

    def rings(self) -> ScheduleAttempt:
        (plan,) = self.ordered(ScheduleAttempt)
        return plan

    def wait(self) -> float:
        """Seconds until the next call."""
        return (self.rings().due_at - self.now).total_seconds()

    def ordered(self, kind: type[Kind]) -> list[Kind]:
        return [action for action in self.actions if isinstance(action, kind)]

    def asked(self) -> set[WorkReason]:
        return {order.reason for order in self.ordered(AskOfficer)}
