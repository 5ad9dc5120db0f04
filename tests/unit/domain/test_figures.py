"""Five rates stay five rates: each has its own numerator and denominator, and an empty one has no rate."""

from datetime import UTC, datetime, timedelta

import pytest

from dialer.domain.figures import CallFigures, CaseFigures, Rate, by_grade, figures
from dialer.domain.grade import Grade
from dialer.domain.work import WorkItem, WorkKind, WorkReason, WorkResult, WorkState
from voice.report import Conclusion

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def call(
    conclusion: Conclusion, *, spoke: bool = True, minutes: float = 1, bridged: float | None = None
) -> CallFigures:
    answered = None if conclusion is Conclusion.NOTHING and not spoke else at(minutes)
    return CallFigures(at(minutes), answered, conclusion, spoke, None if bridged is None else at(bridged))


def done(kind: WorkKind, result: WorkResult | None, *, arrived: float | None = None, state: str = "done") -> WorkItem:
    there = None if arrived is None else at(arrived)
    return WorkItem(
        "w", "c", kind, WorkReason.BUSY, at(60), NOON, WorkState(state), "8001",
        arrived_at=there, done_at=at(50), result=result,
    )  # fmt: skip


def case(*parts: CallFigures | WorkItem, grade: Grade = Grade.HIGH) -> CaseFigures:
    calls = tuple(part for part in parts if isinstance(part, CallFigures))
    return CaseFigures(grade, NOON, calls, tuple(part for part in parts if isinstance(part, WorkItem)))


def test_a_machine_and_silence_are_no_human_speech() -> None:
    told = figures(
        [
            case(
                call(Conclusion.MACHINE),
                call(Conclusion.UNHEARD, spoke=False),
                call(Conclusion.NOTHING, spoke=False),
                call(Conclusion.NOTHING),  # spoke, and hung up
                call(Conclusion.WARNED),
            )
        ]
    )

    assert (told.answered, told.warned) == (Rate(5, 2), Rate(2, 1))


def test_willing_is_said_and_verified_is_known() -> None:
    promised = case(call(Conclusion.PROMISED))
    denied = case(call(Conclusion.DENIES))
    visited = case(call(Conclusion.REFUSED), done(WorkKind.VISIT, WorkResult.DISSUADED, arrived=30))
    not_reached = case(call(Conclusion.NOTHING, spoke=False), done(WorkKind.STOP_PAYMENT, WorkResult.STOPPED))
    told = figures([promised, denied, visited, not_reached])

    assert told.willing == Rate(3, 1)
    assert told.verified == Rate(4, 2)


def test_who_was_never_at_risk_is_in_no_denominator() -> None:
    checked = case(call(Conclusion.WRONG_PERSON), done(WorkKind.CHECK_NUMBER, WorkResult.WRONG_NUMBER))
    low = case(call(Conclusion.WRONG_PERSON), grade=Grade.LOW)
    doubted = case(call(Conclusion.WRONG_PERSON))  # on a serious case a fraudster may have said so

    assert figures([checked, low, doubted]).verified == Rate(1, 0)


def test_met_in_time_is_counted_of_visits_that_had_to_be_made() -> None:
    visits = [
        done(WorkKind.VISIT, WorkResult.DISSUADED, arrived=60),
        done(WorkKind.VISIT, WorkResult.NOT_PERSUADED, arrived=61),
        done(WorkKind.VISIT, WorkResult.NOT_FOUND, arrived=10),
        done(WorkKind.VISIT, None, state="wanted"),
        done(WorkKind.VISIT, WorkResult.NOT_NEEDED),
        done(WorkKind.VISIT, None, state="cancelled"),
        done(WorkKind.OFFICER_CALL, WorkResult.DISSUADED),
    ]
    told = figures([case(*visits)])

    assert (told.met, told.met_in_time) == (Rate(4, 2), Rate(4, 1))


def test_times_count_from_the_alert() -> None:
    cases = [
        case(call(Conclusion.PROMISED, minutes=1), call(Conclusion.HANDED_OVER, minutes=9, bridged=10)),
        case(call(Conclusion.NOTHING, minutes=3), done(WorkKind.VISIT, WorkResult.DISSUADED, arrived=40)),
        case(),
    ]
    told = figures(cases)

    assert told.to_first_dial is not None
    assert told.to_first_human is not None
    assert told.to_arrival is not None
    assert (told.to_first_dial.count, told.to_first_dial.mean) == (2, timedelta(minutes=2))
    assert (told.to_first_human.mean, told.to_first_human.longest) == (timedelta(minutes=25), timedelta(minutes=40))
    assert told.to_arrival.median == timedelta(minutes=40)


def test_grades_are_not_mixed_and_an_empty_one_has_no_rate() -> None:
    rows = by_grade([case(call(Conclusion.WARNED)), case(call(Conclusion.NOTHING, spoke=False), grade=Grade.LOW)])

    assert list(rows) == list(Grade)
    assert rows[Grade.HIGH].answered == Rate(1, 1)
    assert rows[Grade.LOW].answered.share == 0
    assert rows[Grade.CRITICAL].answered.share is None
    assert rows[Grade.CRITICAL].to_first_dial is None
