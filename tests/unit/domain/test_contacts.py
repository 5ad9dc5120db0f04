"""A person's numbers: in which order they are rung, when the next one is, and which ones never are."""

from dataclasses import replace

import pytest

from dialer.domain.actions import (
    Announce,
    Announcement,
    AskOfficer,
    CancelAttempts,
    CheckNumber,
    CloseCase,
    NoteDanger,
    OrderVisit,
    ScheduleAttempt,
)
from dialer.domain.case import CaseState, Person
from dialer.domain.contacts import ContactLadder, Listing, NumberKind, Rung
from dialer.domain.events import AlertAccepted, NumberBarred, WorkFinished
from dialer.domain.grade import Grade
from dialer.domain.policy import Policy
from dialer.domain.work import WorkKind, WorkReason, WorkResult
from tests.casefile import NOON, File
from voice.report import Conclusion, HangupCause

pytestmark = pytest.mark.unit

MOBILE, SECOND, LANDLINE, WORK, FAMILY = range(5)
RUNGS = (
    Rung(MOBILE),
    Rung(SECOND),
    Rung(LANDLINE, NumberKind.LANDLINE),
    Rung(WORK, NumberKind.WORK),
    Rung(FAMILY, NumberKind.FAMILY),
)
CONSENTED = (*RUNGS[:FAMILY], Rung(FAMILY, NumberKind.FAMILY, consent=True))


def person(*rungs: Rung) -> ContactLadder:
    return ContactLadder(rungs or RUNGS)


@pytest.mark.parametrize(
    ("grade", "rung"),
    [
        (Grade.CRITICAL, (MOBILE, SECOND, LANDLINE, WORK, FAMILY)),
        (Grade.HIGH, (MOBILE, SECOND, LANDLINE, WORK)),
        (Grade.MEDIUM, (MOBILE, SECOND, LANDLINE)),
        (Grade.LOW, (MOBILE, SECOND, LANDLINE)),
    ],
)
def test_each_grade_says_which_kinds_the_robot_rings(grade: Grade, rung: tuple[int, ...]) -> None:
    assert person(*reversed(CONSENTED)).usable(Policy().of(grade).robot_rings) == rung


def test_the_family_is_never_rung_without_a_recorded_consent() -> None:
    assert FAMILY not in person().usable(tuple(NumberKind))
    assert FAMILY in person(*CONSENTED).usable(tuple(NumberKind))


def test_a_person_is_found_by_his_own_numbers_only() -> None:
    assert [kind for kind in NumberKind if kind.own] == [NumberKind.MOBILE, NumberKind.LANDLINE]


def test_below_the_last_number_the_first_one_comes_again() -> None:
    ladder = person(*RUNGS[:LANDLINE])

    assert [ladder.at, (below := ladder.next(tuple(NumberKind)))] == [MOBILE, replace(ladder, at=SECOND)]
    assert below is not None
    assert below.next(tuple(NumberKind)) == ladder


def test_who_has_one_number_has_no_other() -> None:
    assert ContactLadder().next(tuple(NumberKind)) is None


@pytest.mark.parametrize(
    ("grade", "rung"),
    [
        (Grade.CRITICAL, [SECOND, LANDLINE, WORK, MOBILE]),
        (Grade.HIGH, [MOBILE, SECOND, SECOND, LANDLINE]),
        (Grade.MEDIUM, [MOBILE, SECOND, SECOND]),
        (Grade.LOW, [SECOND]),
    ],
)
def test_who_is_not_reached_on_one_number_is_rung_on_the_next(grade: Grade, rung: list[int]) -> None:
    file = File.of(grade, numbers=person())

    assert [file.call_ends(HangupCause.NO_ANSWER).case.numbers.at for _ in rung] == rung


def test_on_a_serious_case_the_next_number_is_rung_as_soon_as_the_gap_allows() -> None:
    high, medium = File.of(Grade.HIGH, numbers=person()), File.of(Grade.MEDIUM, numbers=person())

    assert [high.call_ends(HangupCause.NO_ANSWER).wait() for _ in range(2)] == [300, 120]
    assert [medium.call_ends(HangupCause.NO_ANSWER).wait() for _ in range(2)] == [1800, 7200]


@pytest.mark.parametrize("cause", [HangupCause.VACANT_NUMBER, HangupCause.SUSPENDED, HangupCause.FORWARDED])
def test_a_vacant_number_on_a_serious_case_brings_people_and_the_next_number(cause: HangupCause) -> None:
    file = File.of(Grade.HIGH, numbers=person()).call_ends(cause)

    assert (file.case.state, file.case.numbers.at, file.wait()) == (CaseState.OPEN, SECOND, 120)
    assert file.ordered(OrderVisit)
    assert file.asked() == {WorkReason.VACANT}
    assert file.case.numbers.shut == ()  # perhaps it is forwarded: it is rung again


def test_a_vacant_number_on_a_low_case_is_not_its_end_while_there_is_another() -> None:
    file = File.of(Grade.LOW, numbers=person(Rung(MOBILE), Rung(SECOND), Rung(LANDLINE, NumberKind.LANDLINE)))

    file.call_ends(HangupCause.VACANT_NUMBER)
    assert (file.case.state, file.case.numbers.at, file.case.numbers.shut) == (CaseState.OPEN, SECOND, (MOBILE,))


@pytest.mark.parametrize("conclusion", [Conclusion.CALL_LATER, Conclusion.REFUSED])
def test_whoever_was_there_is_rung_there_again(conclusion: Conclusion) -> None:
    file = File.of(Grade.CRITICAL, numbers=person()).call_ends(conclusion=conclusion)

    assert file.case.numbers.at == MOBILE


def test_busy_is_not_a_reason_for_another_number() -> None:
    file = File.of(Grade.CRITICAL, numbers=person())
    for _ in range(5):
        file.call_ends(HangupCause.BUSY)

    assert file.case.numbers.at == MOBILE


def test_follow_ups_go_to_the_number_on_which_the_person_was_reached() -> None:
    file = File.of(Grade.CRITICAL, numbers=person()).call_ends(HangupCause.NO_ANSWER)

    assert file.call_ends(conclusion=Conclusion.PROMISED).case.numbers.at == SECOND


@pytest.mark.parametrize("grade", Grade)
def test_a_wrong_number_is_told_never_rung_again_and_the_next_one_is_rung(grade: Grade) -> None:
    file = File.of(grade, numbers=person(Rung(MOBILE), Rung(SECOND))).call_ends(conclusion=Conclusion.WRONG_PERSON)

    assert Announce(Announcement.WRONG_NUMBER) in file.actions
    assert bool(file.ordered(CheckNumber)) is grade.serious
    assert (file.case.state, file.case.numbers.at, file.case.numbers.shut) == (CaseState.OPEN, SECOND, (MOBILE,))
    for _ in range(3):
        file.alert(grade).call_ends(HangupCause.NO_ANSWER)
        assert file.case.numbers.at == SECOND


def test_when_every_number_is_wrong_nothing_rings_any_of_them_again() -> None:
    file = File.of(Grade.HIGH, numbers=person(Rung(MOBILE), Rung(SECOND)))
    file.call_ends(conclusion=Conclusion.WRONG_PERSON).call_ends(conclusion=Conclusion.WRONG_PERSON)

    assert file.case.state is CaseState.WITH_PEOPLE
    file.alert(Grade.CRITICAL)
    assert (file.case.state, file.asked()) == (CaseState.WITH_PEOPLE, {WorkReason.WRONG_NUMBER})
    assert not file.ordered(ScheduleAttempt)


def test_a_new_number_after_a_wrong_one_is_rung() -> None:
    file = File.of(Grade.HIGH).call_ends(conclusion=Conclusion.WRONG_PERSON)
    file.case = replace(file.case, numbers=replace(file.case.numbers, rungs=(Rung(MOBILE), Rung(SECOND))))

    assert file.alert(Grade.HIGH).case.numbers.at == SECOND
    assert file.rings()


def test_who_checked_one_wrong_number_does_not_close_a_case_that_is_rung_on_another() -> None:
    file = File.of(Grade.HIGH, numbers=person()).call_ends(conclusion=Conclusion.WRONG_PERSON)

    file.happens(WorkFinished(WorkKind.CHECK_NUMBER, WorkResult.WRONG_NUMBER, "zhang"))
    assert file.case.state is CaseState.OPEN
    assert not file.ordered(CancelAttempts)


def test_a_third_party_is_a_sign_on_the_persons_own_number_and_none_at_work() -> None:
    own = File.of(Grade.CRITICAL, numbers=person()).call_ends(conclusion=Conclusion.THIRD_PARTY)
    work = File.of(Grade.CRITICAL, numbers=replace(person(), at=WORK)).call_ends(conclusion=Conclusion.THIRD_PARTY)

    assert own.ordered(NoteDanger)
    assert not work.ordered(NoteDanger)
    assert own.asked() == work.asked() == {WorkReason.THIRD_PARTY, WorkReason.NOT_REACHED}


@pytest.mark.parametrize(
    ("listing", "grade", "state", "asked"),
    [
        (Listing.BLOCKED, Grade.CRITICAL, CaseState.WITH_PEOPLE, {WorkReason.LISTED}),
        (Listing.BLOCKED, Grade.HIGH, CaseState.WITH_PEOPLE, {WorkReason.LISTED}),
        (Listing.BLOCKED, Grade.MEDIUM, CaseState.CLOSED, set()),
        (Listing.BLOCKED, Grade.LOW, CaseState.CLOSED, set()),
        *((Listing.OFFICER_ONLY, grade, CaseState.WITH_PEOPLE, {WorkReason.LISTED}) for grade in Grade),
    ],
)
def test_a_listed_number_is_not_rung_and_people_decide(
    listing: Listing, grade: Grade, state: CaseState, asked: set[WorkReason]
) -> None:
    file = File.of(grade).happens(NumberBarred(listing))

    assert (file.case.state, file.asked()) == (state, asked)
    assert file.ordered(CancelAttempts)
    assert not file.ordered(ScheduleAttempt)
    assert bool(file.ordered(CloseCase)) is (state is CaseState.CLOSED)


def test_the_persons_next_number_is_rung_in_place_of_a_listed_one_and_an_officer_knows() -> None:
    file = File.of(Grade.HIGH, numbers=person()).happens(NumberBarred(Listing.BLOCKED))

    assert (file.case.state, file.case.numbers.at, file.wait()) == (CaseState.OPEN, SECOND, 0)
    assert [type(each) for each in file.actions] == [CancelAttempts, AskOfficer, ScheduleAttempt]


def test_one_budget_of_calls_for_all_numbers_of_a_person() -> None:
    day = Policy().day_of(NOON)
    spent = Person("person", calls_day=day, calls_today=3)
    file = File.of(Grade.MEDIUM, numbers=person(), person=spent).happens(AlertAccepted(Grade.MEDIUM, NOON))

    assert Policy().day_of(file.rings().due_at) > day


def test_an_sms_goes_to_a_mobile_that_is_not_somebody_elses() -> None:
    assert replace(person(), at=LANDLINE).sms_place == MOBILE
    assert replace(person(), at=LANDLINE, shut=(MOBILE,)).sms_place == SECOND
    assert replace(person(), at=SECOND).sms_place == SECOND
    assert ContactLadder((Rung(3, NumberKind.LANDLINE),), at=3).sms_place == 3
