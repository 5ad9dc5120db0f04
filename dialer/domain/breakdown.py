"""The centre's figures row by row: by grade, fraud type, source or hour (domain.md 6). Pure.

Rule 1: a row has the same rates as the sum, with its own numerators and denominators.
Rule 2: a case that several sources alerted counts for each of them; rows of sources may add up to more than the sum.
Rule 3: an hour has the calls dialled in it, whenever their alert came; cases, visits and times are of the hour of the first alert.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from dialer.domain.alert import FraudType
from dialer.domain.figures import CaseFigures, Figures, by_grade, figures


class By(StrEnum):
    """What the rows are."""

    GRADE = "grade"
    TYPE = "type"
    SOURCE = "source"
    HOUR = "hour"


def broken_down(cases: Sequence[CaseFigures], by: By, zone: str) -> Mapping[str, Figures]:
    """One row for each value. Grades and types have all their rows; of sources and hours those with something in them."""
    match by:
        case By.GRADE:
            return {grade.value: row for grade, row in by_grade(cases).items()}
        case By.TYPE:
            return {kind.value: figures([case for case in cases if case.fraud_type is kind]) for kind in FraudType}
        case By.SOURCE:
            named = sorted({source for case in cases for source in case.sources})
            return {source: figures([case for case in cases if source in case.sources]) for source in named}
        case By.HOUR:
            return _by_hour(cases, ZoneInfo(zone))


def _by_hour(cases: Sequence[CaseFigures], zone: ZoneInfo) -> Mapping[str, Figures]:
    def hour(moment: datetime) -> int:
        return moment.astimezone(zone).hour

    calls = [call for case in cases for call in case.calls]
    rows = {}
    for each in sorted({*(hour(case.alerted_at) for case in cases), *(hour(call.dialled_at) for call in calls)}):
        alerted = [case for case in cases if hour(case.alerted_at) == each]
        rows[f"{each:02}"] = figures(alerted, [call for call in calls if hour(call.dialled_at) == each])
    return rows
