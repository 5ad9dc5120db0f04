"""Rows of the centre's figures: nobody is in a row that is not his, and a row's rates are its own."""

from datetime import UTC, datetime, timedelta

import pytest

from dialer.domain.alert import FraudType
from dialer.domain.breakdown import By, broken_down
from dialer.domain.figures import CallFigures, CaseFigures, Rate
from dialer.domain.grade import Grade
from voice.report import Conclusion

pytestmark = pytest.mark.unit

ZONE = "Asia/Shanghai"
EIGHT = datetime(2026, 11, 22, 0, 10, tzinfo=UTC)  # 8:10 in the centre


def case(
    *conclusions: Conclusion,
    alerted: datetime = EIGHT,
    waits: timedelta = timedelta(minutes=1),
    grade: Grade = Grade.HIGH,
    kind: FraudType = FraudType.BRUSHING,
    sources: tuple[str, ...] = ("bank",),
) -> CaseFigures:
    dialled = alerted + waits
    calls = tuple(CallFigures(dialled, dialled, each, spoke=True, bridged_at=None) for each in conclusions)
    return CaseFigures(grade, alerted, calls, (), kind, sources)


def test_grades_and_types_have_all_their_rows_the_empty_ones_too() -> None:
    cases = [case(Conclusion.PROMISED), case(Conclusion.REFUSED, kind=FraudType.FAKE_LOAN, grade=Grade.LOW)]

    assert list(broken_down(cases, By.GRADE, ZONE)) == [grade.value for grade in Grade]
    types = broken_down(cases, By.TYPE, ZONE)
    assert list(types) == [kind.value for kind in FraudType]
    assert (types["brushing"].willing, types["fake_loan"].willing) == (Rate(1, 1), Rate(1, 0))
    assert types["dating"].willing.share is None


def test_a_case_counts_for_each_source_that_alerted_it() -> None:
    rows = broken_down([case(sources=("bank", "carrier")), case(sources=("bank",))], By.SOURCE, ZONE)

    assert {name: row.cases for name, row in rows.items()} == {"bank": 2, "carrier": 1}


def test_a_call_is_of_the_hour_in_which_it_was_dialled_and_a_case_of_its_alerts() -> None:
    at_once, late = case(Conclusion.REFUSED), case(Conclusion.PROMISED, waits=timedelta(hours=2))
    rows = broken_down([at_once, late], By.HOUR, ZONE)

    assert {name: (row.cases, row.warned, row.willing) for name, row in rows.items()} == {
        "08": (2, Rate(1, 0), Rate(2, 1)),
        "10": (0, Rate(1, 1), Rate(0, 0)),
    }


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Shanghai", "08"), ("UTC", "00"), ("Asia/Kathmandu", "05")])
def test_hours_are_those_of_the_centre(zone: str, hour: str) -> None:
    assert list(broken_down([case()], By.HOUR, zone)) == [hour]
