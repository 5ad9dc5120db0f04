"""The clock of SMS: wound by a call that reached nobody, and still the moment somebody was, or may be, reached."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dialer.domain.actions import SendSms
from dialer.domain.case import CaseState, Person
from dialer.domain.casework import advance
from dialer.domain.events import AttemptEnded, SmsTimeCame
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.domain.policy import DEFAULT_GRADES, CallingHours, Occasion, Policy
from dialer.domain.smsclock import NOBODY
from tests.casefile import NOON, POLICY, File
from tests.reports import report
from voice.report import Conclusion, HangupCause

pytestmark = pytest.mark.unit

FIVE = timedelta(minutes=5)
NIGHT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # 2:00 in the centre


def not_reached(cause: HangupCause = HangupCause.NO_ANSWER) -> File:
    return File.of(Grade.CRITICAL).call_ends(cause)


def strikes(file: File, *, sent: int = 1, met: bool = False, policy: Policy = POLICY) -> list[SendSms]:
    """Five minutes later."""
    file.now += FIVE
    file.case, file.actions = advance(policy, file.case, SmsTimeCame(sent, met), file.now)
    return file.ordered(SendSms)


def test_a_call_that_reaches_nobody_winds_the_clock_and_it_goes_on_by_itself() -> None:
    file = not_reached()

    assert file.case.sms_again_at == NOON + FIVE
    for n in range(3):
        (sms,) = strikes(file)
        assert (sms.occasion, sms.flash) == (Occasion.NOT_REACHED, True)
        assert file.case.sms_again_at == NOON + (n + 2) * FIVE


@pytest.mark.parametrize("grade", [Grade.HIGH, Grade.MEDIUM, Grade.LOW])
def test_other_grades_have_no_clock(grade: Grade) -> None:
    assert File.of(grade).call_ends(HangupCause.NO_ANSWER).case.sms_again_at is None


def test_without_a_gateway_there_is_no_clock() -> None:
    file = File.of(Grade.CRITICAL)
    quiet = replace(POLICY, sms_leaves=False)
    after, _ = advance(quiet, file.case, AttemptEnded(report(NOON, HangupCause.NO_ANSWER)), NOON)

    assert after.sms_again_at is None


def test_before_a_call_was_made_nobody_is_told_that_one_was() -> None:
    assert File.of(Grade.CRITICAL).alert(Grade.CRITICAL).case.sms_again_at is None
    assert File.of(Grade.CRITICAL).call_ends(HangupCause.TRUNK_FAULT).case.sms_again_at is None


def test_a_further_call_does_not_put_the_next_sms_off() -> None:
    file = not_reached()
    file.now += timedelta(minutes=2)
    file.call_ends(HangupCause.BUSY)

    assert file.case.sms_again_at == NOON + FIVE


@pytest.mark.parametrize(
    "conclusion",
    [each for each in Conclusion if each not in (Conclusion.NOTHING, Conclusion.MACHINE)],
)
def test_whoever_was_reached_gets_no_more_of_them(conclusion: Conclusion) -> None:
    file = not_reached()
    file.now += timedelta(minutes=3)
    file.call_ends(HangupCause.NORMAL, conclusion)

    assert strikes(file) == []
    assert file.case.sms_again_at is None


@pytest.mark.parametrize("state", [state for state in CaseState if state is not CaseState.OPEN])
def test_when_people_have_the_case_the_clock_stops(state: CaseState) -> None:
    file = not_reached()
    file.case = replace(file.case, state=state)

    assert (strikes(file), file.case.sms_again_at) == ([], None)


def test_it_stops_for_who_wants_no_robot_and_for_whom_an_officer_has_met() -> None:
    wants_none, met = not_reached(), not_reached()
    wants_none.case = replace(wants_none.case, person=Person("p", officer_only=True))

    assert (strikes(wants_none), strikes(met, met=True)) == ([], [])
    assert (wants_none.case.sms_again_at, met.case.sms_again_at) == (None, None)


def test_it_stops_at_the_grades_number() -> None:
    file, most = not_reached(), POLICY.of(Grade.CRITICAL).sms_most

    assert len(strikes(file, sent=most - 1)) == 1
    assert strikes(file, sent=most) == []
    assert file.case.sms_again_at is None


def test_it_waits_for_the_hours_where_the_robot_may_not_ring() -> None:
    inside_only = replace(DEFAULT_GRADES[Grade.CRITICAL], outside_hours="")
    policy = Policy(CallingHours(), {**DEFAULT_GRADES, Grade.CRITICAL: inside_only})
    file = not_reached()
    file.now = NIGHT

    assert strikes(file, policy=policy) == []
    assert file.case.sms_again_at == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 9:00
    file.now = datetime(2026, 11, 23, 0, 55, tzinfo=UTC)
    assert len(strikes(file, policy=policy)) == 1


def test_by_the_rule_that_lets_a_call_leave_at_night_an_sms_leaves_too() -> None:
    file = not_reached()
    file.now = NIGHT

    assert len(strikes(file)) == 1


def test_before_its_time_nothing_happens() -> None:
    file = not_reached()
    before = file.case

    assert advance(POLICY, before, SmsTimeCame(1, met=False), NOON + FIVE - timedelta(seconds=1)) == (before, ())


def test_nobody_is_not_a_person_who_said_something() -> None:
    assert not set(NOBODY) & {Outcome.THIRD_PARTY, Outcome.WRONG_PERSON, Outcome.REFUSED, Outcome.HUNG_UP}
