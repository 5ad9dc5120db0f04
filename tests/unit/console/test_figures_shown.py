"""The figures as people and programs read them: numerator and denominator everywhere, columns that stand in line."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from dialer.console.figures import figures_json, figures_table
from dialer.domain.alert import FraudType
from dialer.domain.breakdown import By, broken_down
from dialer.domain.figures import CallFigures, CaseFigures, Figures, figures
from dialer.domain.grade import Grade
from voice.report import Conclusion

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"
ONE = CaseFigures(
    Grade.HIGH,
    NOON,
    (CallFigures(NOON + timedelta(seconds=30), NOON + timedelta(seconds=40), Conclusion.PROMISED, True, None),),
    (),
    FraudType.FLIGHT_REFUND,
    ("银行", "carrier"),
)


def shown(rows: Mapping[str, Figures], by: By) -> str:
    console = Console(file=StringIO(), width=220)
    console.print(figures_table(figures([ONE]), rows, by, NOON, ZONE))
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_every_rate_has_numerator_and_denominator_and_every_grade_a_row() -> None:
    text = shown(broken_down([], By.GRADE, ZONE), By.GRADE)

    for rate in ("接通率", "有效沟通率", "口头听劝率", "核实止损率", "见面率", "见面及时率"):
        assert rate in text
    assert text.count("–  0/0") == 6 * 4 + 2
    assert all(grade.value in text for grade in Grade)


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (By.TYPE, ["机票退改签 flight_refund", "刷单返利 brushing"]),
        (By.SOURCE, ["银行", "carrier"]),
        (By.HOUR, ["12:00–12:59"]),
        (By.GRADE, ["特急"]),
    ],
)
def test_columns_stand_in_line_whatever_the_width_of_a_word(by: By, words: list[str]) -> None:
    text = shown(broken_down([ONE], by, ZONE), by)

    assert all(word in text for word in words)
    for table in text.split("mean (median, longest) of so many"):
        drawn = [line.rstrip() for line in table.splitlines() if line[:1] in "┏┃┡│└"]
        assert len(drawn) > 3
        assert len({cell_len(line) for line in drawn}) == 1


def test_programs_get_numbers_and_null_where_there_is_no_rate() -> None:
    told = json.loads(figures_json(figures([ONE]), broken_down([ONE], By.TYPE, ZONE), By.TYPE, NOON, ZONE))

    assert (told["by"], told["zone"], told["all"]["cases"]) == ("type", ZONE, 1)
    row = told["rows"]["flight_refund"]
    assert row["rates"]["willing"] == {"hits": 1, "of": 1, "share": 1.0}
    assert row["rates"]["met"] == {"hits": 0, "of": 0, "share": None}
    assert row["times"]["to_first_dial"] == {
        "count": 1,
        "mean_seconds": 30.0,
        "median_seconds": 30.0,
        "longest_seconds": 30.0,
    }
    assert row["times"]["to_arrival"] is None
