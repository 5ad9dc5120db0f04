"""The ladder, rung by rung: what follows from each end of a call, by grade."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dialer.domain.actions import (
    Announce,
    Announcement,
    AskOfficer,
    CancelAttempts,
    CheckNumber,
    CloseCase,
    ConfirmSafe,
    NoteDanger,
    OrderVisit,
    ScheduleAttempt,
)
from dialer.domain.attempt import AttemptReason
from dialer.domain.case import CaseState, Person
from dialer.domain.casework import advance
from dialer.domain.contacts import Listing
from dialer.domain.danger import DangerKind, DangerSign
from dialer.domain.events import (
    AlertAccepted,
    AttemptEnded,
    AttemptLost,
    AttemptOrphaned,
    ClosedByPerson,
    Event,
    MergedInto,
    NobodyCame,
    NumberBarred,
    OfficerTook,
    PersonsMerged,
    SmsTimeCame,
    WorkCancelled,
    WorkFinished,
)
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.domain.work import WorkKind, WorkReason
from dialer.domain.workflow import RESULTS
from tests.casefile import NOON, POLICY, File
from tests.reports import report
from voice.report import Conclusion, HangupCause, Rang

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("grade", Grade)
def test_a_first_alert_is_rung_within_the_time_of_its_grade(grade: Grade) -> None:
    file = File.of(grade).alert(grade)

    within = timedelta(seconds=POLICY.of(grade).ring_within_seconds)
    assert file.rings() == ScheduleAttempt(NOON, NOON + within, AttemptReason.ALERT)


def test_at_night_a_medium_alert_waits_for_the_morning_and_a_high_one_does_not() -> None:
    night = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # 02:00 in Lhasa
    medium, high = File.of(Grade.MEDIUM), File.of(Grade.HIGH)
    medium.now = high.now = night

    assert medium.alert().wait() == 7 * 3600
    assert high.alert().wait() == 0


def test_a_further_alert_raises_the_grade_and_never_lowers_it() -> None:
    file = File.of(Grade.MEDIUM)

    assert file.alert(Grade.CRITICAL).case.grade is Grade.CRITICAL
    assert file.alert(Grade.LOW).case.grade is Grade.CRITICAL


def test_busy_on_a_high_case_is_a_danger_sign_and_the_third_one_brings_people() -> None:
    file = File.of(Grade.HIGH)

    first = file.call_ends(HangupCause.BUSY)
    assert first.ordered(NoteDanger) == [NoteDanger(DangerSign(DangerKind.BUSY, "busy 1 of 3"))]
    assert (first.wait(), first.rings().reason, first.asked()) == (120, AttemptReason.BUSY, set())
    second = file.call_ends(HangupCause.BUSY)
    assert (second.wait(), second.asked(), second.ordered(OrderVisit)) == (180, set(), [])
    third = file.call_ends(HangupCause.BUSY)
    assert third.ordered(NoteDanger)[0].sign.text == "busy 3 of 3"
    assert (third.wait(), third.asked()) == (240, {WorkReason.BUSY})
    assert [visit.reason for visit in third.ordered(OrderVisit)] == [WorkReason.BUSY]


def test_the_plan_for_a_busy_line_ends_with_people_on_high_and_never_ends_on_critical() -> None:
    high, critical = File.of(Grade.HIGH), File.of(Grade.CRITICAL)
    for _ in range(4):
        high.call_ends(HangupCause.BUSY)
        critical.call_ends(HangupCause.BUSY)

    assert high.case.state is CaseState.WITH_PEOPLE
    assert high.ordered(OrderVisit)
    assert critical.wait() == 240


def test_something_else_between_begins_the_count_of_busy_anew() -> None:
    file = File.of(Grade.HIGH).call_ends(HangupCause.BUSY).call_ends(HangupCause.NO_ANSWER)

    assert file.call_ends(HangupCause.BUSY).ordered(NoteDanger)[0].sign.text == "busy 1 of 3"


def test_our_own_fault_between_does_not() -> None:
    file = File.of(Grade.HIGH).call_ends(HangupCause.BUSY).call_ends(HangupCause.CONGESTION)

    assert file.call_ends(HangupCause.BUSY).ordered(NoteDanger)[0].sign.text == "busy 2 of 3"


def test_busy_on_a_medium_case_is_just_not_reached() -> None:
    file = File.of(Grade.MEDIUM).call_ends(HangupCause.BUSY)

    assert file.wait() == 1800
    assert not file.ordered(NoteDanger)


@pytest.mark.parametrize("cause", [HangupCause.VACANT_NUMBER, HangupCause.SUSPENDED, HangupCause.FORWARDED])
@pytest.mark.parametrize("grade", [Grade.CRITICAL, Grade.HIGH])
def test_a_vacant_number_on_a_serious_case_is_an_alarm_and_not_an_end(grade: Grade, cause: HangupCause) -> None:
    file = File.of(grade).call_ends(cause)

    assert file.case.state is CaseState.OPEN
    assert file.ordered(NoteDanger)
    assert file.ordered(OrderVisit)
    assert WorkReason.VACANT in file.asked()
    assert file.rings()


def test_a_vacant_number_closes_only_the_lowest_grade() -> None:
    assert File.of(Grade.LOW).call_ends(HangupCause.VACANT_NUMBER).case.state is CaseState.CLOSED
    assert File.of(Grade.MEDIUM).call_ends(HangupCause.VACANT_NUMBER).case.state is CaseState.OPEN


def test_a_promise_is_followed_up_and_at_last_confirmed_by_a_person() -> None:
    file = File.of(Grade.HIGH)

    assert file.call_ends(conclusion=Conclusion.PROMISED).wait() == 1800
    assert file.case.state is CaseState.FOLLOW_UP
    assert file.case.outcome is Outcome.REACHED_PROMISED
    assert file.call_ends(conclusion=Conclusion.PROMISED).wait() == 86400
    assert file.call_ends(conclusion=Conclusion.PROMISED).wait() == 259200
    file.call_ends(conclusion=Conclusion.PROMISED)
    assert file.case.state is CaseState.WITH_PEOPLE
    assert file.ordered(ConfirmSafe)


def test_a_low_case_is_closed_by_a_promise() -> None:
    file = File.of(Grade.LOW).call_ends(conclusion=Conclusion.PROMISED)

    assert file.case.state is CaseState.CLOSED
    assert file.ordered(CloseCase)[0].outcome is Outcome.REACHED_PROMISED


@pytest.mark.parametrize(
    ("conclusion", "reason"),
    [
        (Conclusion.DENIES, WorkReason.SELF_REPORTED),
        (Conclusion.AWARE, WorkReason.SELF_REPORTED),
        (Conclusion.WARNED, WorkReason.NOT_PERSUADED),
    ],
)
def test_what_a_person_says_of_himself_is_followed_up_and_checked(conclusion: Conclusion, reason: WorkReason) -> None:
    file = File.of(Grade.HIGH).call_ends(conclusion=conclusion)

    assert file.case.state is CaseState.FOLLOW_UP
    assert file.asked() == {reason}
    assert file.rings().reason is AttemptReason.FOLLOW_UP


def test_a_third_party_never_closes_a_serious_case() -> None:
    file = File.of(Grade.CRITICAL).call_ends(conclusion=Conclusion.THIRD_PARTY)

    assert file.case.state is CaseState.OPEN
    assert file.ordered(NoteDanger)[0].sign.kind is DangerKind.THIRD_PARTY
    assert WorkReason.THIRD_PARTY in file.asked()
    assert file.rings()


def test_not_reached_is_redialled_by_plan_then_told_then_visited_then_left_to_people() -> None:
    file = File.of(Grade.HIGH)

    assert (file.call_ends(HangupCause.NO_ANSWER).wait(), file.asked()) == (300, set())
    assert (file.call_ends(HangupCause.SWITCHED_OFF).wait(), file.asked()) == (600, {WorkReason.NOT_REACHED})
    assert not file.ordered(OrderVisit)
    assert file.call_ends(HangupCause.REJECTED).wait() == 1200
    assert file.ordered(OrderVisit)
    assert file.call_ends(conclusion=Conclusion.MACHINE).wait() == 2400
    file.call_ends(HangupCause.NO_ANSWER)
    assert file.case.state is CaseState.WITH_PEOPLE
    assert not file.ordered(ScheduleAttempt)
    assert file.ordered(OrderVisit)


@pytest.mark.parametrize("grade", [Grade.HIGH, Grade.MEDIUM, Grade.LOW])
def test_an_exhausted_plan_leaves_a_work_item_and_never_nothing(grade: Grade) -> None:
    file = File.of(grade)
    for day in range(9):
        file.now = NOON + timedelta(days=day)
        if file.call_ends(HangupCause.NO_ANSWER).case.state is not CaseState.OPEN:
            break

    assert file.case.state is CaseState.WITH_PEOPLE
    assert WorkReason.NOT_REACHED in file.asked()


def test_a_critical_case_is_rung_until_a_person_closes_it() -> None:
    file = File.of(Grade.CRITICAL)
    for _ in range(9):
        file.call_ends(HangupCause.NO_ANSWER)

    assert file.wait() == 600
    assert file.happens(ClosedByPerson("zhang", "met")).case.state is CaseState.CLOSED
    assert file.ordered(CancelAttempts)


def test_no_more_calls_than_the_day_allows() -> None:
    file = File.of(Grade.MEDIUM)
    for _ in range(3):
        file.call_ends(conclusion=Conclusion.PROMISED)
        file.case = replace(file.case, tally=replace(file.case.tally, follow_ups=0))
    file.alert()

    assert file.rings().due_at.astimezone(UTC) == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 9 o'clock tomorrow


def test_the_cap_of_the_day_on_a_serious_case_is_told_to_an_officer() -> None:
    file = File.of(Grade.HIGH)
    day = POLICY.day_of(NOON)
    file.case = replace(file.case, person=Person("person", calls_day=day, calls_today=30))

    assert WorkReason.DAILY_CAP in file.alert().asked()
    assert POLICY.day_of(file.rings().due_at) > day


def test_an_officer_who_took_the_call_has_the_case() -> None:
    file = File.of(Grade.HIGH).happens(OfficerTook("zhang", NOON))

    assert (file.case.state, file.case.officer, file.case.officer_at) == (CaseState.WITH_OFFICER, "zhang", NOON)
    assert file.ordered(CancelAttempts)
    file.call_ends(conclusion=Conclusion.HANDED_OVER)
    assert file.case.state is CaseState.WITH_OFFICER
    assert file.case.outcome is Outcome.HANDED_TO_OFFICER
    assert not file.ordered(ScheduleAttempt)


def test_a_hand_over_that_only_the_report_knows_counts_too() -> None:
    assert File.of(Grade.HIGH).call_ends(conclusion=Conclusion.HANDED_OVER).case.state is CaseState.WITH_OFFICER


def test_an_officer_who_did_not_come_rings_the_person_himself() -> None:
    file = File.of(Grade.CRITICAL).happens(NobodyCame())

    assert file.asked() == {WorkReason.OFFICER_MISSED}
    assert file.call_ends(conclusion=Conclusion.OFFICER_MISSED).case.state is CaseState.WITH_PEOPLE
    assert file.ordered(AskOfficer)[0].deadline == NOON + timedelta(seconds=120)


def test_a_talk_that_is_lost_while_the_officer_speaks_is_his_to_ring_back() -> None:
    file = File.of(Grade.HIGH).happens(OfficerTook("zhang", NOON)).happens(AttemptLost("attempt", Rang.YES))

    assert file.case.state is CaseState.WITH_OFFICER
    assert file.asked() == {WorkReason.TALK_LOST}


def test_a_lost_attempt_that_never_rang_is_due_at_once() -> None:
    file = File.of(Grade.HIGH).happens(AttemptLost("attempt", Rang.NEVER))

    assert (file.wait(), file.rings().reason) == (0, AttemptReason.OUR_FAULT)
    assert file.case.person.calls_today == 0


def test_a_process_that_dies_again_and_again_is_given_time_and_told() -> None:
    file = File.of(Grade.HIGH)
    waits = [file.happens(AttemptLost("attempt", Rang.NEVER)).wait() for _ in range(4)]

    assert waits == [0, 10, 30, 60]
    assert file.asked() == {WorkReason.OUR_FAULT}


@pytest.mark.parametrize("rang", [Rang.MAYBE, Rang.YES])
@pytest.mark.parametrize("grade", Grade)
def test_a_lost_attempt_that_may_have_rung_waits_the_gap(grade: Grade, rang: Rang) -> None:
    file = File.of(grade).happens(AttemptLost("attempt", rang))

    assert file.wait() == POLICY.of(grade).safe_gap_seconds
    assert file.asked() == ({WorkReason.MAY_HAVE_RUNG} if grade.serious else set())
    assert file.case.person.calls_today == 1


@pytest.mark.parametrize("grade", Grade)
def test_a_call_whose_node_is_silent_is_found_out_about_by_an_officer_and_rung_by_nobody(grade: Grade) -> None:
    file = File.of(grade).happens(AttemptOrphaned("attempt"))

    assert file.asked() == ({WorkReason.MAY_HAVE_RUNG} if grade.serious else set())
    assert file.ordered(ScheduleAttempt) == []
    assert file.case.person.calls_today == 0, "it is counted when it is known"


def test_an_officer_whose_talk_is_out_of_sight_is_told() -> None:
    file = File.of(Grade.HIGH).happens(OfficerTook("zhang", NOON)).happens(AttemptOrphaned("attempt"))

    assert file.case.state is CaseState.WITH_OFFICER
    assert file.asked() == {WorkReason.TALK_LOST}


@pytest.mark.parametrize("cause", [HangupCause.TRUNK_FAULT, HangupCause.CONGESTION, HangupCause.NEVER_DIALLED])
def test_a_fault_of_ours_is_no_call_to_the_person_and_tried_again_soon(cause: HangupCause) -> None:
    file = File.of(Grade.HIGH).call_ends(cause)

    assert (file.wait(), file.case.person.calls_today, file.case.tally.not_reached) == (10, 0, 0)
    assert [file.call_ends(cause).wait() for _ in range(3)] == [30, 60, 60]
    assert file.asked() == {WorkReason.OUR_FAULT}


def test_a_fault_of_ours_after_it_rang_waits_the_gap() -> None:
    rang = report(NOON, HangupCause.CONGESTION, rang=Rang.YES)
    silent = report(NOON, HangupCause.TRUNK_FAULT, rang=Rang.MAYBE, sip_code=0)

    assert File.of(Grade.HIGH).happens(AttemptEnded(rang)).wait() == 120
    assert File.of(Grade.HIGH).happens(AttemptEnded(silent)).wait() == 120


def test_a_wrong_number_is_fed_back_and_not_rung_again() -> None:
    medium, high = File.of(Grade.MEDIUM), File.of(Grade.HIGH)
    for file in (medium, high):
        file.call_ends(conclusion=Conclusion.WRONG_PERSON)
        assert Announce(Announcement.WRONG_NUMBER) in file.actions
        assert not file.ordered(ScheduleAttempt)

    assert medium.case.state is CaseState.CLOSED
    assert high.case.state is CaseState.WITH_PEOPLE  # a fraudster may have said so
    assert high.ordered(CheckNumber)


def test_an_opt_out_is_honoured_and_on_a_serious_case_a_person_decides() -> None:
    low, high = File.of(Grade.LOW), File.of(Grade.HIGH)
    low.call_ends(conclusion=Conclusion.OPTED_OUT)
    high.call_ends(conclusion=Conclusion.OPTED_OUT)

    assert low.case.state is CaseState.CLOSED
    assert low.case.person.officer_only
    assert high.case.state is CaseState.WITH_PEOPLE
    assert high.asked() == {WorkReason.OPTED_OUT}
    assert high.alert().case.state is CaseState.WITH_PEOPLE
    assert not high.ordered(ScheduleAttempt)


def test_who_asks_to_be_rung_later_is_rung_later_and_not_for_ever() -> None:
    file = File.of(Grade.HIGH)

    assert file.call_ends(conclusion=Conclusion.CALL_LATER).wait() == 900
    for _ in range(4):
        file.call_ends(conclusion=Conclusion.CALL_LATER)
    assert file.case.state is CaseState.WITH_PEOPLE


_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@pytest.mark.parametrize(
    ("grade", "wished_in", "waits"),
    [
        # The robot waits for nobody on a serious case longer than for somebody who does not answer.
        (Grade.CRITICAL, 5 * _MINUTE, 5 * _MINUTE),
        (Grade.CRITICAL, 6 * _HOUR, 10 * _MINUTE),
        (Grade.HIGH, 30 * _MINUTE, 30 * _MINUTE),
        (Grade.HIGH, 6 * _HOUR, 40 * _MINUTE),
        (Grade.HIGH, _DAY, 40 * _MINUTE),
        (Grade.MEDIUM, 6 * _HOUR, 6 * _HOUR),
        (Grade.LOW, 6 * _HOUR, 6 * _HOUR),
        (Grade.MEDIUM, _DAY, _DAY),
        (Grade.MEDIUM, 12 * _HOUR, 21 * _HOUR),  # midnight: not before the calling hours begin
        (Grade.LOW, 30 * _DAY, 2 * _DAY),  # "next month" is a way to say no
        (Grade.MEDIUM, None, 15 * _MINUTE),
        (Grade.MEDIUM, -_HOUR, 15 * _MINUTE),  # the report came after the time that was wished for
        (Grade.CRITICAL, 1, 2 * _MINUTE),  # the safe gap holds
    ],
)
def test_a_wish_to_be_rung_at_a_time_is_heard_as_far_as_the_grade_allows(
    grade: Grade, wished_in: float | None, waits: float
) -> None:
    file = File.of(grade)

    file.call_ends(
        conclusion=Conclusion.CALL_LATER,
        wished_at=None if wished_in is None else file.now + timedelta(seconds=wished_in),
    )

    assert (file.wait(), file.rings().reason) == (waits, AttemptReason.CALL_LATER)


def test_a_wished_time_counts_for_nobody_who_was_warned() -> None:
    promised = File.of(Grade.HIGH).call_ends(conclusion=Conclusion.PROMISED, wished_at=NOON + timedelta(minutes=5))

    assert promised.rings().reason is AttemptReason.FOLLOW_UP
    assert promised.wait() == 1800


def test_an_alert_on_somebody_who_was_reached_rings_again_and_is_a_sign() -> None:
    file = File.of(Grade.HIGH).call_ends(conclusion=Conclusion.PROMISED)
    file.now += timedelta(minutes=10)
    file.alert(Grade.HIGH)

    assert (file.case.state, file.wait()) == (CaseState.OPEN, 0)
    assert file.ordered(NoteDanger)[0].sign.kind is DangerKind.ALERTED_AGAIN


def test_no_alert_makes_it_ring_inside_the_gap() -> None:
    file = File.of(Grade.CRITICAL).call_ends(HangupCause.NO_ANSWER)
    file.now += timedelta(seconds=5)

    assert file.alert(Grade.CRITICAL).wait() == 115


EVERY_EVENT: tuple[Event, ...] = (
    AlertAccepted(Grade.HIGH, NOON),
    *(AttemptEnded(report(NOON, cause, conclusion)) for cause in HangupCause for conclusion in Conclusion),
    *(AttemptLost("attempt", rang) for rang in Rang),
    AttemptOrphaned("attempt"),
    OfficerTook("zhang", NOON),
    NobodyCame(),
    *(NumberBarred(listing) for listing in Listing),
    ClosedByPerson("zhang", "met"),
    *(WorkFinished(kind, result, "zhang") for kind in WorkKind for result in RESULTS[kind]),
    *(WorkCancelled(kind, "zhang") for kind in WorkKind),
    MergedInto("another"),
    PersonsMerged(None),
    *(SmsTimeCame(sent, met) for sent in (0, 99) for met in (False, True)),
    *(PersonsMerged(File.of(grade, state=state).case) for grade in Grade for state in CaseState),
)


@pytest.mark.parametrize("state", CaseState)
@pytest.mark.parametrize("grade", Grade)
def test_every_state_answers_every_event(grade: Grade, state: CaseState) -> None:
    for event in EVERY_EVENT:
        before = File.of(grade, state=state)
        after = File.of(grade, state=state).happens(event)

        assert (after.case, after.actions) == advance(POLICY, before.case, event, NOON)  # same inputs, same answer
        assert len(after.ordered(ScheduleAttempt)) <= 1
        if state is CaseState.CLOSED:
            assert after.case.state is CaseState.CLOSED
        if after.case.state not in (CaseState.OPEN, CaseState.FOLLOW_UP):
            assert not after.ordered(ScheduleAttempt)
        if grade.serious and after.case.state is CaseState.CLOSED and state is not CaseState.CLOSED:
            assert isinstance(
                event, ClosedByPerson | WorkFinished | MergedInto
            )  # the robot alone never closes a serious case
