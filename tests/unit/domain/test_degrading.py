"""What gives way in a storm, to whom, and who never does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from dialer.domain.actions import CancelAttempts, CloseCase, ConfirmSafe, OrderVisit, ScheduleAttempt, SendSms
from dialer.domain.attempt import AttemptReason, DueAttempt
from dialer.domain.case import CaseState, Person
from dialer.domain.degrading import (
    HEALED_AFTER_SECONDS,
    Cause,
    Condition,
    Room,
    begun,
    cause_of,
    condition_after,
    late_by,
    shed_by,
)
from dialer.domain.events import AttemptEnded, AttemptLost, AttemptOverdue, AttemptShed, WorkFinished
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.domain.policy import DEFAULT_GRADES, CallingHours, Occasion, Policy
from dialer.domain.work import WorkKind, WorkReason, WorkResult
from tests.casefile import NOON, POLICY, File
from tests.reports import report
from voice.report import HangupCause, Rang

pytestmark = pytest.mark.unit

CRITICAL, HIGH, MEDIUM, LOW = Grade
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
OVERDUE, SHED = AttemptOverdue("attempt"), AttemptShed("attempt")


def due(*grades: Grade) -> Sequence[DueAttempt]:
    """Attempts in the order of the queue, due a second ago."""
    return [
        DueAttempt(
            str(place),
            "case",
            grade,
            NOON - SECOND,
            NOON - SECOND + timedelta(seconds=POLICY.of(grade).ring_within_seconds),
            AttemptReason.ALERT,
        )
        for place, grade in enumerate(grades)
    ]


def policy_of(grade: Grade, **rules: float | bool | tuple[Occasion, ...]) -> Policy:
    return Policy(grades={**DEFAULT_GRADES, grade: replace(DEFAULT_GRADES[grade], **rules)})  # type: ignore[arg-type]


# --- who is begun


@pytest.mark.parametrize(
    ("waiting", "room", "chosen"),
    [
        ([], Room(5), ""),
        ([LOW, LOW], Room(0), ""),
        ([LOW, LOW], Room(-1), ""),
        ([HIGH, LOW, LOW], Room(2), "01"),
        ([HIGH, LOW], Room(2, kept_for_critical=1), "0"),
        ([HIGH], Room(1, kept_for_critical=1), ""),
        ([CRITICAL, HIGH], Room(1, kept_for_critical=1), "0"),
        ([CRITICAL, CRITICAL, HIGH], Room(3, kept_for_critical=1), "01"),
        ([CRITICAL, HIGH, HIGH], Room(3, kept_for_critical=1), "01"),
    ],
)
def test_lines_are_filled_in_order_and_those_kept_for_critical_stay_free(
    waiting: Sequence[Grade], room: Room, chosen: str
) -> None:
    assert [each.id for each in begun(POLICY, due(*waiting), room, NOON)] == [*chosen]


def test_a_call_waits_for_an_officer_as_long_as_its_grade_says_and_others_do_not_wait_behind_it() -> None:
    patient = policy_of(CRITICAL, wait_for_officer_seconds=20)
    nobody = Room(1, officer_free=False)
    waiting = due(CRITICAL, HIGH)

    assert [each.id for each in begun(patient, waiting, nobody, NOON)] == ["1"]
    assert [each.id for each in begun(patient, waiting, Room(1), NOON)] == ["0"]
    assert [each.id for each in begun(patient, waiting, nobody, NOON + 19 * SECOND)] == ["0"]
    assert [each.id for each in begun(POLICY, waiting, nobody, NOON)] == ["0"]  # by default nobody waits


def test_giving_an_attempt_back_does_not_begin_its_wait_anew() -> None:
    patient = policy_of(CRITICAL, wait_for_officer_seconds=20)
    [attempt] = due(CRITICAL)
    given_back = replace(attempt, due_at=NOON + 19 * SECOND)

    assert begun(patient, [given_back], Room(1, officer_free=False), NOON + 19 * SECOND)


# --- who is late


def test_serious_calls_are_late_at_their_deadline_and_others_after_a_while() -> None:
    late = late_by(POLICY, NOON)

    assert {grade: NOON - moment for grade, moment in late.items()} == {
        CRITICAL: timedelta(),
        HIGH: timedelta(),
        MEDIUM: timedelta(seconds=1800),
    }  # 低 is rung within eight hours, and the robot has been allowed to ring for three


@pytest.mark.parametrize(("clock", "grades"), [(9, [CRITICAL, HIGH]), (10, [CRITICAL, HIGH, MEDIUM]), (19, [*Grade])])
def test_nobody_is_late_for_the_night(clock: int, grades: Sequence[Grade]) -> None:
    moment = NOON.replace(hour=clock - 8)

    assert list(late_by(POLICY, moment)) == grades
    assert list(late_by(POLICY, NOON.replace(hour=22))) == [CRITICAL, HIGH]  # six in the morning in Lhasa


def test_hours_are_open_since_they_opened_and_round_the_clock_since_long_ago() -> None:
    assert CallingHours().open_since(NOON) == NOON.replace(hour=1)
    assert CallingHours().open_since(NOON.replace(hour=1)) == NOON.replace(hour=1)
    assert CallingHours().open_since(NOON.replace(hour=0, minute=59)) is None
    assert CallingHours(time(22), time(6)).open_since(datetime(2026, 11, 22, 21, 0, tzinfo=UTC)) == datetime(
        2026, 11, 22, 14, 0, tzinfo=UTC
    )
    round_the_clock = CallingHours(time(), time()).open_since(NOON)
    assert round_the_clock is not None
    assert NOON - round_the_clock > 48 * HOUR
    assert CallingHours(holidays={NOON.date(): None}).open_since(NOON) is None


# --- who gives way


def test_only_the_low_are_shed_and_only_when_lines_were_short_for_as_long() -> None:
    assert shed_by(POLICY, NOON, timedelta(minutes=29)) == {}
    shed = shed_by(POLICY, NOON, timedelta(minutes=30))

    assert list(shed) == [LOW]
    assert POLICY.of(LOW).due_since(shed[LOW]) == NOON - timedelta(minutes=30)


def test_nobody_is_shed_whom_no_sms_would_reach_nor_while_the_robot_could_not_ring_anyway() -> None:
    long = timedelta(days=1)

    assert shed_by(replace(POLICY, sms_leaves=False), NOON, long) == {}
    assert shed_by(policy_of(LOW, sms_occasions=(Occasion.WARNED,)), NOON, long) == {}
    assert shed_by(POLICY, NOON.replace(hour=1, minute=29), long) == {}  # the doors opened at nine
    assert LOW in shed_by(POLICY, NOON.replace(hour=1, minute=30), long)


@pytest.mark.parametrize("grade", [CRITICAL, HIGH])
def test_no_setting_sheds_a_serious_case(grade: Grade) -> None:
    assert grade not in shed_by(policy_of(grade, shed_to_sms_after_seconds=1), NOON, timedelta(days=1))
    file = File.of(grade).happens(SHED)

    assert (file.case.state, file.actions) == (CaseState.OPEN, ())


# --- what becomes of who is late


def test_who_is_late_on_a_serious_case_gets_an_sms_and_an_officer_and_stays_due() -> None:
    file = File.of(CRITICAL).happens(OVERDUE)

    assert [(sms.occasion, sms.flash) for sms in file.ordered(SendSms)] == [(Occasion.ROBOT_CANNOT_RING, True)]
    assert file.asked() == {WorkReason.ROBOT_CANNOT_RING}
    assert not file.ordered(CancelAttempts)
    assert (file.case.state, file.case.late_at) == (CaseState.OPEN, NOON)


@pytest.mark.parametrize("grade", [MEDIUM, LOW])
def test_who_is_late_on_another_grade_gets_the_sms_alone(grade: Grade) -> None:
    file = File.of(grade).happens(OVERDUE)

    assert [(sms.occasion, sms.flash) for sms in file.ordered(SendSms)] == [(Occasion.ROBOT_CANNOT_RING, False)]
    assert not file.asked()


def test_it_is_told_once_until_a_call_has_rung() -> None:
    file = File.of(HIGH).happens(OVERDUE)
    assert file.happens(OVERDUE).actions == ()
    file.call_ends(HangupCause.TRUNK_FAULT)
    assert file.happens(OVERDUE).actions == ()
    file.call_ends(HangupCause.NO_ANSWER)

    assert file.happens(OVERDUE).asked() == {WorkReason.ROBOT_CANNOT_RING}


@pytest.mark.parametrize("state", [CaseState.WITH_OFFICER, CaseState.WITH_PEOPLE, CaseState.CLOSED])
@pytest.mark.parametrize("event", [OVERDUE, SHED])
def test_who_is_in_peoples_hands_is_neither_late_nor_shed(
    state: CaseState, event: AttemptOverdue | AttemptShed
) -> None:
    file = File.of(LOW, state=state)
    before = file.case

    assert (file.happens(event).case, file.actions) == (before, ())


def test_who_wants_no_robot_gets_no_sms_below_the_serious_grades() -> None:
    unwilling = Person("person", officer_only=True)

    assert not File.of(MEDIUM, person=unwilling).happens(OVERDUE).ordered(SendSms)
    assert File.of(HIGH, person=unwilling).happens(OVERDUE).ordered(SendSms)


@pytest.mark.parametrize(
    ("result", "state"),
    [
        (WorkResult.DISSUADED, CaseState.WITH_PEOPLE),
        (WorkResult.NOT_PERSUADED, CaseState.WITH_PEOPLE),
        (WorkResult.ALREADY_PAID, CaseState.WITH_PEOPLE),
        (WorkResult.NOT_NEEDED, CaseState.WITH_PEOPLE),
        (WorkResult.NOT_FOUND, CaseState.OPEN),  # the robot still rings
    ],
)
def test_whom_an_officer_has_spoken_to_meanwhile_the_robot_does_not_ring(result: WorkResult, state: CaseState) -> None:
    file = File.of(CRITICAL).happens(OVERDUE).happens(WorkFinished(WorkKind.OFFICER_CALL, result, "8001"))

    assert file.case.state is state
    assert bool(file.ordered(CancelAttempts)) is (state is CaseState.WITH_PEOPLE)
    assert file.ordered(ConfirmSafe) or file.ordered(OrderVisit), "nobody has the case"


def test_an_officers_result_cancels_no_call_while_the_robot_rings_in_time() -> None:
    file = File.of(CRITICAL).happens(WorkFinished(WorkKind.OFFICER_CALL, WorkResult.DISSUADED, "8001"))

    assert not file.ordered(CancelAttempts)


# --- what becomes of who is shed


def test_who_is_shed_gets_an_sms_in_place_of_the_call_and_one_more_call_later() -> None:
    file = File.of(LOW).happens(SHED)

    assert [sms.occasion for sms in file.ordered(SendSms)] == [Occasion.ROBOT_CANNOT_RING]
    assert file.ordered(CancelAttempts) == [CancelAttempts(Outcome.SHED)]
    assert (file.rings().reason, file.wait()) == (AttemptReason.AFTER_SHED, 14400)
    assert (file.case.state, file.case.outcome) == (CaseState.OPEN, Outcome.SHED)


def test_who_is_shed_twice_is_closed_with_the_sms() -> None:
    file = File.of(LOW).happens(SHED).happens(SHED)

    assert not file.ordered(ScheduleAttempt)
    [closed] = file.ordered(CloseCase)
    assert "SMS" in closed.why
    assert file.case.state is CaseState.CLOSED


def test_a_call_in_between_gives_another_chance() -> None:
    file = File.of(LOW).happens(SHED).call_ends(HangupCause.NO_ANSWER).happens(SHED)

    assert file.case.state is CaseState.OPEN


# --- the promise


@pytest.mark.parametrize("grade", list(Grade))
def test_a_fault_of_ours_gives_us_no_more_time(grade: Grade) -> None:
    promised = NOON + 60 * SECOND
    file = File.of(grade).happens(AttemptEnded(report(NOON, HangupCause.TRUNK_FAULT), promised=promised))
    assert file.rings().deadline == promised

    file.happens(AttemptLost("attempt", Rang.NEVER, promised))
    assert file.rings().deadline == promised
    file.happens(AttemptEnded(report(NOON, HangupCause.NO_ANSWER), promised=promised))
    assert file.rings().deadline > promised


# --- the robot as a whole


@pytest.mark.parametrize(
    ("was", "late", "shed", "quiet", "after"),
    [
        (Condition.WELL, 0, False, 999.0, Condition.WELL),
        (Condition.WELL, 1, False, 0.0, Condition.DEGRADED),
        (Condition.WELL, 0, True, 0.0, Condition.DEGRADED),
        (Condition.DEGRADED, 0, False, HEALED_AFTER_SECONDS - 1, Condition.DEGRADED),
        (Condition.DEGRADED, 0, False, HEALED_AFTER_SECONDS, Condition.WELL),
        (Condition.DEGRADED, 3, False, 0.0, Condition.DEGRADED),
    ],
)
def test_the_robot_is_degraded_at_once_and_healed_after_a_while(
    was: Condition, late: int, shed: bool, quiet: float, after: Condition
) -> None:
    assert condition_after(was, late, shed_lately=shed, quiet_seconds=quiet) is after


def test_the_cause_is_what_the_centre_can_mend_first() -> None:
    assert cause_of(may_ring=False, lines=0) is Cause.STOPPED
    assert cause_of(may_ring=True, lines=0) is Cause.NO_TRUNK
    assert cause_of(may_ring=True, lines=3) is Cause.NOBODY_FREE
