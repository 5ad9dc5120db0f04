"""What follows from each result of a person's work, by grade and by who has the case."""

from datetime import UTC, datetime
from itertools import product

import pytest

from dialer.domain.actions import (
    Action,
    AskOfficer,
    CancelAttempts,
    CancelWork,
    CloseCase,
    ConfirmSafe,
    OrderVisit,
    PrepareStopPayment,
    SendSms,
)
from dialer.domain.afterwork import TABLE
from dialer.domain.alert import FraudType
from dialer.domain.case import Case, CaseState, Person
from dialer.domain.casework import advance
from dialer.domain.events import AttemptEnded, WorkCancelled, WorkFinished
from dialer.domain.grade import Grade
from dialer.domain.policy import Occasion, Policy
from dialer.domain.work import WorkKind, WorkReason, WorkResult
from dialer.domain.workflow import RESULTS
from tests.reports import report
from voice.report import Conclusion, HangupCause

pytestmark = pytest.mark.unit

POLICY = Policy()
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LIVING = tuple(state for state in CaseState if state is not CaseState.CLOSED)
ORDERS = {
    OrderVisit: "visit",
    AskOfficer: "ring",
    ConfirmSafe: "confirm",
    PrepareStopPayment: "stop",
    CloseCase: "close",
}

# kind, result: what is ordered on 特急 and 高 / on 中 / on 低
STEPS: dict[tuple[str, str], tuple[str, str, str]] = {
    ("visit", "dissuaded"): ("close", "close", "close"),
    ("visit", "not_persuaded"): ("visit", "visit", "visit"),
    ("visit", "already_paid"): ("stop ring", "stop ring", "stop ring"),
    ("visit", "not_found"): ("ring", "ring", "ring"),
    ("visit", "not_needed"): ("confirm", "close", "close"),
    ("officer_call", "dissuaded"): ("confirm", "close", "close"),
    ("officer_call", "not_persuaded"): ("visit", "visit", "visit"),
    ("officer_call", "already_paid"): ("stop visit", "stop visit", "stop visit"),
    ("officer_call", "not_found"): ("visit", "visit", "close"),
    ("officer_call", "not_needed"): ("confirm", "close", "close"),
    ("check_number", "right_number"): ("ring", "ring", "ring"),
    ("check_number", "wrong_number"): ("close", "close", "close"),
    ("check_number", "not_found"): ("visit", "visit", "close"),
    ("check_number", "not_needed"): ("confirm", "close", "close"),
    ("confirm_safe", "safe"): ("close", "close", "close"),
    ("confirm_safe", "not_persuaded"): ("visit", "visit", "visit"),
    ("confirm_safe", "already_paid"): ("stop ring", "stop ring", "stop ring"),
    ("confirm_safe", "not_found"): ("visit", "visit", "close"),
    ("confirm_safe", "not_needed"): ("close", "close", "close"),
    ("stop_payment", "stopped"): ("", "", ""),
    ("stop_payment", "not_stopped"): ("", "", ""),
    ("stop_payment", "not_needed"): ("", "", ""),
    ("family_contact", "reached"): ("", "", ""),
    ("family_contact", "not_found"): ("", "", ""),
    ("family_contact", "not_needed"): ("", "", ""),
}
EVERY = [(kind, result) for kind in WorkKind for result in RESULTS[kind]]


def case_of(grade: Grade, state: CaseState, sum_yuan: int | None = None) -> Case:
    return Case("case", Person("person"), grade, FraudType.GENERIC, NOON, state, sum_yuan)


def ordered(actions: tuple[Action, ...]) -> str:
    return " ".join(ORDERS[type(action)] for action in actions if type(action) in ORDERS)


def test_every_result_that_there_is_has_its_row() -> None:
    assert set(TABLE) == set(EVERY)
    assert {(kind.value, result.value) for kind, result in EVERY} == set(STEPS)


@pytest.mark.parametrize(("work", "grade", "state"), list(product(EVERY, Grade, LIVING)))
def test_every_result_orders_its_next_step(work: tuple[WorkKind, WorkResult], grade: Grade, state: CaseState) -> None:
    kind, result = work
    before = case_of(grade, state)
    after, actions = advance(POLICY, before, WorkFinished(kind, result, "8001"), NOON)

    serious, medium, low = STEPS[kind.value, result.value]
    assert ordered(actions) == {Grade.MEDIUM: medium, Grade.LOW: low}.get(grade, serious)
    if "close" in ordered(actions):
        assert (after.state, after.closed_at) == (CaseState.CLOSED, NOON)
        assert CancelAttempts() in actions
        assert any(isinstance(action, CancelWork) for action in actions)
        assert "8001" in next(action.why for action in actions if isinstance(action, CloseCase))
    else:
        assert after == before


@pytest.mark.parametrize(("work", "grade"), list(product(EVERY, Grade)))
def test_on_a_closed_case_only_money_still_counts(work: tuple[WorkKind, WorkResult], grade: Grade) -> None:
    kind, result = work
    before = case_of(grade, CaseState.CLOSED)
    after, actions = advance(POLICY, before, WorkFinished(kind, result, "8001"), NOON)

    assert after == before
    assert ordered(actions) == ("stop" if result is WorkResult.ALREADY_PAID else "")


@pytest.mark.parametrize(("kind", "grade", "state"), list(product(WorkKind, Grade, CaseState)))
def test_a_case_that_people_have_never_loses_its_last_work(kind: WorkKind, grade: Grade, state: CaseState) -> None:
    before = case_of(grade, state)
    after, actions = advance(POLICY, before, WorkCancelled(kind, "8001"), NOON)

    beside = kind in (WorkKind.STOP_PAYMENT, WorkKind.FAMILY_CONTACT)
    wanted = "ring" if kind is WorkKind.CONFIRM_SAFE else "confirm"
    assert ordered(actions) == (wanted if state is CaseState.WITH_PEOPLE and not beside else "")
    assert after == before


def test_the_sum_of_the_sources_stands_when_the_person_named_none() -> None:
    before = case_of(Grade.HIGH, CaseState.WITH_PEOPLE, 70_000)
    _, actions = advance(POLICY, before, WorkFinished(WorkKind.VISIT, WorkResult.ALREADY_PAID, "8001"), NOON)

    [order] = [action for action in actions if isinstance(action, PrepareStopPayment)]
    assert (order.paying.reason, order.paying.sum_yuan, order.paying.exact) == (WorkReason.PAID, 70_000, False)
    assert (order.deadline - NOON).total_seconds() == POLICY.stop_payment_within_seconds


@pytest.mark.parametrize(("grade", "state"), list(product(Grade, CaseState)))
@pytest.mark.parametrize("fact", ["transferred", "transferring_now"])
def test_money_that_moves_is_told_to_officers_on_every_serious_case(grade: Grade, state: CaseState, fact: str) -> None:
    told = report(NOON, conclusion=Conclusion.WARNED, facts={fact: "yes", "amount_yuan": "990000"})
    _, actions = advance(POLICY, case_of(grade, state), AttemptEnded(told), NOON)

    prepared = [action.paying.sum_yuan for action in actions if isinstance(action, PrepareStopPayment)]
    assert prepared == ([990_000] if grade.serious else [])


def test_an_sms_follows_the_call_unless_people_have_the_case() -> None:
    wanted = {}
    for state in CaseState:
        ended = AttemptEnded(report(NOON, HangupCause.BUSY))
        _, actions = advance(POLICY, case_of(Grade.CRITICAL, state), ended, NOON)
        wanted[state] = [action for action in actions if isinstance(action, SendSms)]

    urgent = POLICY.of(Grade.CRITICAL)
    one = [SendSms(Occasion.NOT_REACHED, flash=True, gap=urgent.sms_gap)]
    assert wanted[CaseState.OPEN] == wanted[CaseState.FOLLOW_UP] == one
    assert wanted[CaseState.WITH_OFFICER] == wanted[CaseState.WITH_PEOPLE] == wanted[CaseState.CLOSED] == []


def test_nobody_is_written_to_while_an_officer_talks_to_him() -> None:
    taken = AttemptEnded(report(NOON, conclusion=Conclusion.HANDED_OVER))
    _, actions = advance(POLICY, case_of(Grade.HIGH, CaseState.OPEN), taken, NOON)

    assert not any(isinstance(action, SendSms) for action in actions)
