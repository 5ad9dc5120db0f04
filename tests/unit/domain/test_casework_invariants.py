"""Whatever happens, in whatever order: nobody is forgotten, nobody is rung inside the gap, no day has too many calls."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialer.domain.actions import (
    AskOfficer,
    CancelAttempts,
    CancelWork,
    CheckNumber,
    ConfirmSafe,
    OrderVisit,
    ScheduleAttempt,
)
from dialer.domain.alert import FraudType
from dialer.domain.case import Case, CaseState, Person
from dialer.domain.casework import advance
from dialer.domain.contacts import ContactLadder, Listing, NumberKind, Rung
from dialer.domain.events import (
    AlertAccepted,
    AttemptEnded,
    AttemptLost,
    Event,
    NobodyCame,
    NumberBarred,
    OfficerTook,
    WorkCancelled,
    WorkFinished,
)
from dialer.domain.grade import Grade
from dialer.domain.policy import Policy
from dialer.domain.work import WorkKind, WorkResult
from dialer.domain.workflow import RESULTS
from tests.reports import report
from voice.report import Conclusion, HangupCause, Rang

pytestmark = pytest.mark.unit

POLICY = Policy()
START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
KINDS = {
    OrderVisit: WorkKind.VISIT,
    AskOfficer: WorkKind.OFFICER_CALL,
    CheckNumber: WorkKind.CHECK_NUMBER,
    ConfirmSafe: WorkKind.CONFIRM_SAFE,
}
RINGABLE = (CaseState.OPEN, CaseState.FOLLOW_UP)


@dataclass
class World:
    """The runner's part, as little of it as the promises need: one pending attempt, open work, calls that rang."""

    grade: Grade
    ladder: ContactLadder
    now: datetime = START
    due: datetime | None = None
    work: set[WorkKind] = field(default_factory=set)
    rang: list[datetime] = field(default_factory=list)
    case: Case = field(init=False)

    def __post_init__(self) -> None:
        self.case = Case("case", Person("person"), self.grade, FraudType.GENERIC, START, numbers=self.ladder)
        self.happens(AlertAccepted(self.grade, START))

    def happens(self, event: Event) -> None:
        live = isinstance(event, NobodyCame | OfficerTook) and self.due is None
        if isinstance(event, WorkFinished | WorkCancelled):
            self.work.discard(event.kind)
        self.case, actions = advance(POLICY, self.case, event, self.now)
        for action in actions:
            match action:
                case ScheduleAttempt(due_at):
                    self.due = due_at
                case CancelAttempts():
                    self.due = None
                case OrderVisit() | AskOfficer() | CheckNumber() | ConfirmSafe():
                    self.work.add(KINDS[type(action)])
                case CancelWork(kinds):
                    self.work -= {*kinds}
        self.check(live=live)

    def check(self, *, live: bool) -> None:
        if self.due is not None:
            numbers = self.case.numbers
            assert numbers.at in numbers.usable(POLICY.of(self.case.grade).robot_rings), (
                "a number that is not to be rung"
            )
        if self.case.state in RINGABLE:
            assert self.due is not None or live, "an open case without a next step"
        else:
            assert self.due is None, "a case that people have is still rung"
        if self.case.state is CaseState.WITH_PEOPLE:
            assert self.work, "left to people without a work item"
        if self.due is not None and self.case.person.clear_at is not None:
            assert self.due >= self.case.person.clear_at, "planned inside the gap"

    def call(self, cause: HangupCause, conclusion: Conclusion, seconds: float, *, lost: Rang | None) -> None:
        """The due attempt is conducted, or its process dies."""
        if self.due is None:
            return
        self.now, self.due = max(self.now, self.due), None
        told = report(self.now + timedelta(seconds=seconds), cause, conclusion)
        if lost in (Rang.YES, Rang.MAYBE) or (lost is None and told.rang is Rang.YES):
            self.rang.append(self.now)
        self.now = told.ended_at
        self.happens(AttemptLost("attempt", lost) if lost else AttemptEnded(told))


def results(kind: WorkKind) -> st.SearchStrategy[tuple[object, ...]]:
    return st.tuples(st.just("work"), st.just(kind), st.sampled_from([None, *RESULTS[kind]]))


steps = st.one_of(
    st.sampled_from(list(KINDS.values())).flatmap(results),
    st.tuples(st.just("alert"), st.sampled_from(Grade)),
    st.tuples(
        st.just("call"),
        st.sampled_from(HangupCause),
        st.sampled_from(Conclusion),
        st.floats(0, 300),
        st.sampled_from([None, None, None, *Rang]),
    ),
    st.tuples(st.just("barred"), st.sampled_from(Listing)),
    st.tuples(st.just("wait"), st.floats(0, 90_000)),
)
ladders = st.lists(st.tuples(st.sampled_from(NumberKind), st.booleans()), min_size=1, max_size=4).map(
    lambda known: ContactLadder.of([Rung(place, kind, consent) for place, (kind, consent) in enumerate(known)])
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(Grade), ladders, st.lists(steps, max_size=40))
def test_whatever_happens_an_open_case_has_a_next_step_and_the_gap_is_kept(
    grade: Grade, ladder: ContactLadder, story: list[tuple[object, ...]]
) -> None:
    world = World(grade, ladder)

    for step in story:
        match step:
            case ("alert", Grade() as alerted) if world.case.state is not CaseState.CLOSED:
                world.happens(AlertAccepted(alerted, world.now))
            case ("work", WorkKind() as kind, result) if kind in world.work:
                done = WorkFinished(kind, result, "zhang") if isinstance(result, WorkResult) else None
                world.happens(done or WorkCancelled(kind, "zhang"))
            case ("call", HangupCause() as cause, Conclusion() as conclusion, float(seconds), lost):
                world.call(cause, conclusion, seconds, lost=lost)  # type: ignore[arg-type]
            case ("barred", Listing() as listing) if world.due is not None:
                world.happens(NumberBarred(listing))
            case ("wait", float(seconds)) if world.due is None or world.now + timedelta(seconds=seconds) < world.due:
                world.now += timedelta(seconds=seconds)

    gap = timedelta(seconds=min(POLICY.of(each).safe_gap_seconds for each in Grade))
    assert all(later - earlier >= gap for earlier, later in zip(world.rang, world.rang[1:], strict=False))
    most = max(POLICY.of(each).most_attempts_per_day for each in Grade)
    assert max(Counter(map(POLICY.day_of, world.rang)).values(), default=0) <= most
