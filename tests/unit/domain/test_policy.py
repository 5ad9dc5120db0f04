"""Policies answer questions about time."""

from datetime import UTC, datetime, time, timedelta

import pytest

from dialer.domain.grade import Grade
from dialer.domain.policy import CallingHours, GradePolicy, Permit, Policy

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    """An hour of Lhasa's clock on that day."""
    return datetime(2026, 11, 22, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(
    ("wanted", "earliest"),
    [
        (at(8, 59), at(9)),
        (at(9), at(9)),
        (at(22, 29), at(22, 29)),
        (at(22, 30), at(9) + timedelta(days=1)),
    ],
)
def test_the_robot_waits_for_the_calling_hours(wanted: datetime, earliest: datetime) -> None:
    assert CallingHours().earliest(wanted) == earliest


def test_hours_may_span_midnight_or_be_the_whole_day() -> None:
    night = CallingHours(opens=time(20), closes=time(2))

    assert night.earliest(at(1)) == at(1)
    assert night.earliest(at(3)) == at(20)
    assert CallingHours(opens=time(0), closes=time(0)).earliest(at(3)) == at(3)


SPRING = CallingHours(
    holidays={at(0).date() + timedelta(days=2): None, at(0).date() + timedelta(days=3): (time(10), time(18))}
)  # at(0) is still the day before in UTC: the 23rd is closed, the 24th is short


@pytest.mark.parametrize(
    ("wanted", "earliest"),
    [
        (at(22), at(22)),
        (at(22, 30), at(10) + timedelta(days=2)),
        (at(12) + timedelta(days=1), at(10) + timedelta(days=2)),
        (at(10) + timedelta(days=2), at(10) + timedelta(days=2)),
        (at(18) + timedelta(days=2), at(9) + timedelta(days=3)),
    ],
)
def test_a_holiday_is_closed_or_has_hours_of_its_own(wanted: datetime, earliest: datetime) -> None:
    assert SPRING.earliest(wanted) == earliest


def test_no_night_goes_on_into_a_holiday() -> None:
    night = CallingHours(opens=time(20), closes=time(2), holidays={at(12).date(): None})

    assert night.earliest(at(1)) == at(20) + timedelta(days=1)


def test_a_whole_day_of_calls_ends_at_a_holiday() -> None:
    always = CallingHours(opens=time(0), closes=time(0), holidays={at(12).date(): None})

    assert always.earliest(at(3)) == at(0) + timedelta(days=1)


@pytest.mark.parametrize(
    ("grade", "permit"),
    [
        (Grade.CRITICAL, Permit(at(3), "critical: money is moving")),
        (Grade.HIGH, Permit(at(3), "high: the fraud goes on now")),
        (Grade.MEDIUM, Permit(at(9))),
        (Grade.LOW, Permit(at(9))),
    ],
)
def test_who_is_rung_at_night_is_rung_by_a_rule_with_a_name(grade: Grade, permit: Permit) -> None:
    assert Policy().permit(grade, at(3)) == permit
    assert Policy().permit(grade, at(12)) == Permit(at(12))


def test_an_unknown_zone_fails_closed() -> None:
    with pytest.raises(KeyError):
        CallingHours(zone="Asia/Nowhere").earliest(NOON)


def test_waits_end_or_repeat_by_plan() -> None:
    ends = GradePolicy(redial_after_seconds=(60, 120))
    repeats = GradePolicy(redial_after_seconds=(60, 120), repeat_last_redial=True)

    assert [ends.redial_wait(made) for made in (1, 2, 3)] == [timedelta(seconds=60), timedelta(seconds=120), None]
    assert repeats.redial_wait(99) == timedelta(seconds=120)
    assert GradePolicy(follow_up_after_seconds=()).follow_up_wait(1) is None


def test_days_are_the_centres_days() -> None:
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # half past midnight in Lhasa

    assert Policy().day_of(late).day == 23
    assert Policy().next_day(Grade.MEDIUM, NOON) == at(9) + timedelta(days=1)
    assert Policy().next_day(Grade.CRITICAL, NOON) == at(0) + timedelta(days=1)


def test_the_most_urgent_grade_ranks_first() -> None:
    assert [grade.rank for grade in Grade] == [0, 1, 2, 3]
    assert [grade.serious for grade in Grade] == [True, True, False, False]
