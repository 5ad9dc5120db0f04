"""When a dropped talk is taken up at once, and when it is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dialer.domain.actions import AskOfficer, ScheduleAttempt, SendSms
from dialer.domain.attempt import AttemptReason, DueAttempt
from dialer.domain.callback import RINGS_WITHIN, STILL_WITHIN, DroppedTalk
from dialer.domain.case import CaseState, Person
from dialer.domain.degrading import Room, begun
from dialer.domain.events import AttemptEnded, AttemptLost
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.domain.work import WorkReason
from tests.casefile import NOON, POLICY, File
from tests.reports import report
from voice.report import Conclusion, HangupCause, Rang, Standing

pytestmark = pytest.mark.unit
TALK = Standing("act", facts={"transferred": "no"})


def line_breaks(file: File, standing: Standing | None = TALK, conclusion: Conclusion = Conclusion.WARNED) -> File:
    return file.happens(AttemptEnded(report(file.now, HangupCause.DROPPED, conclusion, standing=standing)))


def worker_dies(file: File, standing: Standing = TALK, *, ago: timedelta = timedelta(seconds=5)) -> File:
    return file.happens(AttemptLost("attempt", Rang.YES, talk=DroppedTalk("attempt", file.now - ago, standing)))


def calls_back(file: File) -> bool:
    return any(plan.resumes for plan in file.ordered(ScheduleAttempt))


@pytest.mark.parametrize("grade", Grade)
def test_a_line_that_broke_is_rung_back_within_ten_seconds_whatever_the_gap_and_the_hour(grade: Grade) -> None:
    night = NOON + timedelta(hours=14)
    file = line_breaks(File(File.of(grade).case, night))

    back = ScheduleAttempt(night, night + RINGS_WITHIN, AttemptReason.AFTER_LOSS, resumes="attempt", step="act")
    assert file.rings() == back
    assert timedelta(seconds=10) == RINGS_WITHIN
    assert (file.case.called_back, file.case.outcome, file.case.person.calls_today) == (True, Outcome.CUT_OFF, 1)
    assert file.case.person.clear_at == night + POLICY.of(grade).safe_gap, "for every other call the gap holds"


@pytest.mark.parametrize("grade", Grade)
def test_so_is_a_talk_whose_worker_died(grade: Grade) -> None:
    file = worker_dies(File.of(grade))

    assert (file.rings().resumes, file.rings().step, file.wait()) == ("attempt", "act", 0)
    assert (file.case.outcome, file.case.person.calls_today) == (Outcome.LOST, 1)
    assert file.ordered(AskOfficer) == [], "he is asked himself in a moment"


def test_a_talk_is_rung_back_once_in_a_case_and_never_again() -> None:
    file = line_breaks(File.of(Grade.HIGH))

    assert not calls_back(line_breaks(file))
    assert file.wait() >= POLICY.of(Grade.HIGH).safe_gap.total_seconds()
    assert not calls_back(worker_dies(file))
    assert file.case.called_back


def test_in_danger_an_officer_is_asked_and_he_is_rung_back_all_the_same() -> None:
    file = line_breaks(File.of(Grade.CRITICAL), Standing("paid"), Conclusion.OFFICER_MISSED)

    assert calls_back(file)
    assert file.asked() == {WorkReason.OFFICER_MISSED}
    assert file.case.state is CaseState.OPEN


def test_no_sms_says_that_we_could_not_reach_him_while_we_ring_him_back() -> None:
    assert line_breaks(File.of(Grade.HIGH)).ordered(SendSms) == []


@pytest.mark.parametrize("cause", [cause for cause in HangupCause if cause is not HangupCause.DROPPED])
def test_nothing_else_that_ends_a_call_is_a_broken_line(cause: HangupCause) -> None:
    ended = AttemptEnded(report(NOON, cause, Conclusion.WARNED, standing=TALK))

    assert not calls_back(File.of(Grade.HIGH).happens(ended))


@pytest.mark.parametrize(
    ("standing", "conclusion"),
    [
        (None, Conclusion.NOTHING),  # a worker of the release before
        (replace(TALK, over=True), Conclusion.WARNED),  # only the goodbye was left
        (TALK, Conclusion.PROMISED),
        (TALK, Conclusion.DENIES),
        (TALK, Conclusion.AWARE),
        (TALK, Conclusion.WRONG_PERSON),
        (TALK, Conclusion.THIRD_PARTY),
        (TALK, Conclusion.REFUSED),
        (TALK, Conclusion.OPTED_OUT),
        (TALK, Conclusion.CALL_LATER),
        (TALK, Conclusion.MACHINE),
        (TALK, Conclusion.HANDED_OVER),
    ],
)
def test_what_has_come_to_its_end_is_not_taken_up(standing: Standing | None, conclusion: Conclusion) -> None:
    assert not calls_back(line_breaks(File.of(Grade.HIGH), standing, conclusion))


@pytest.mark.parametrize(
    "known",
    [
        {"state": CaseState.WITH_OFFICER},
        {"state": CaseState.WITH_PEOPLE},
        {"state": CaseState.CLOSED},
        {"person": Person("person", officer_only=True)},
        {"called_back": True},
    ],
)
def test_a_case_that_is_not_the_robots_is_not_rung_back(known: dict[str, object]) -> None:
    assert not calls_back(line_breaks(File.of(Grade.HIGH, **known)))
    assert not calls_back(worker_dies(File.of(Grade.HIGH, **known)))


def test_nobody_is_rung_back_above_the_calls_of_the_day() -> None:
    most = POLICY.of(Grade.HIGH).most_attempts_per_day
    today = POLICY.day_of(NOON)

    for made, rung in ((most - 2, True), (most - 1, False)):  # the dropped call counts, too
        person = Person("person", calls_day=today, calls_today=made)
        assert calls_back(line_breaks(File.of(Grade.HIGH, person=person))) is rung


def test_what_was_heard_of_too_long_ago_waits_like_any_lost_call() -> None:
    assert calls_back(worker_dies(File.of(Grade.HIGH), ago=STILL_WITHIN))

    late = worker_dies(File.of(Grade.HIGH), ago=STILL_WITHIN + timedelta(seconds=1))

    assert not calls_back(late)
    assert late.asked() == {WorkReason.MAY_HAVE_RUNG}
    assert late.wait() == POLICY.of(Grade.HIGH).safe_gap.total_seconds()


def test_a_call_that_nobody_knows_the_end_of_is_not_taken_up() -> None:
    """Its worker is not known dead: the talk may go on."""
    assert not calls_back(File.of(Grade.HIGH).happens(AttemptLost("attempt", Rang.YES)))


def test_a_call_back_waits_for_no_officer() -> None:
    due = DueAttempt("a", "case", Grade.CRITICAL, NOON, NOON + RINGS_WITHIN, AttemptReason.AFTER_LOSS, resumes="b")
    room = Room(lines=1, officer_free=False)

    assert begun(POLICY, [due], room, NOON) == [due]
