"""Files of alerts as people and programs write them."""

import json
from pathlib import Path

import pytest

from dialer.desk.importing import Row, read_rows
from dialer.errors import FileUnreadable

pytestmark = pytest.mark.unit

ZONE = "Asia/Shanghai"

HEADING = "线索编号,手机号码,预警等级,诈骗类型,姓氏,涉案金额,群体\n"
LINE = 'A-1,13800138000,高,机票退改签,王,"990,000.00",老人\n'


def rows(tmp_path: Path, text: str, name: str = "alerts.csv", encoding: str = "utf-8") -> list[Row]:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return list(read_rows(path, ZONE))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_spreadsheet_with_chinese_columns_is_read_in_the_encodings_that_excel_writes(
    tmp_path: Path, encoding: str
) -> None:
    [row] = rows(tmp_path, HEADING + LINE, encoding=encoding)

    assert json.loads(row.body) == {
        "id": "A-1", "number": "13800138000", "grade": "高", "fraud_type": "机票退改签", "surname": "王",
        "sum_yuan": 990000, "group": "老人",
    }  # fmt: skip
    assert (row.line, row.refusal) == (2, "")


@pytest.mark.parametrize(("delimiter", "encoding", "name"), [(";", "gb18030", "a.csv"), ("\t", "utf-16", "a.txt")])
def test_semicolons_and_unicode_text_with_tabs_are_read_too(
    tmp_path: Path, delimiter: str, encoding: str, name: str
) -> None:
    text = "号码,等级,类型\r\n13800138000,高,机票退改签\r\n".replace(",", delimiter)
    [row] = rows(tmp_path, text, name, encoding)

    assert json.loads(row.body)["number"] == "13800138000"


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("2026/11/22 9:05", "2026-11-22T09:05:00+08:00"),
        ("2026-11-22 19:00:30", "2026-11-22T19:00:30+08:00"),
        ("2026年11月22日 19:00", "2026-11-22T19:00:00+08:00"),
        ("2026-11-22T19:00:00+00:00", "2026-11-22T19:00:00+00:00"),
        ("2026-02-30 10:00", "2026-02-30 10:00"),
        ("昨天", "昨天"),
    ],
)
def test_a_time_as_a_spreadsheet_shows_it_is_the_centres(tmp_path: Path, shown: str, meant: str) -> None:
    [row] = rows(tmp_path, f"号码,等级,类型,时间\n13800138000,高,机票退改签,{shown}\n")

    assert json.loads(row.body)["occurred_at"] == meant


def test_json_lines_are_taken_as_they_are(tmp_path: Path) -> None:
    told = {"id": "x", "number": "13800138000", "grade": "低", "fraud_type": "generic", "facts": {"app": "会议"}}

    [row] = rows(tmp_path, f"{json.dumps(told)}\n\n", "alerts.jsonl")

    assert json.loads(row.body) == told


def test_a_line_without_a_name_is_named_by_what_it_says(tmp_path: Path) -> None:
    text = "number,grade,fraud_type\n13800138000,高,generic\n13900139000,高,generic\n"
    first, other = (json.loads(row.body)["id"] for row in rows(tmp_path, text))
    again, _ = (json.loads(row.body)["id"] for row in rows(tmp_path, text, "copy.csv"))

    assert first == again != other


@pytest.mark.parametrize(
    ("text", "name", "refusal", "line"),
    [
        (HEADING + "A-1,13800138000\n" + LINE, "a.csv", "wrong_columns", 2),
        (HEADING + LINE.replace("13800138000", "1.38001E+10") + LINE, "a.csv", "not_a_number", 2),
        (HEADING + LINE.replace('"990,000.00"', "九十九万") + LINE, "a.csv", "wrong_value", 2),
        ('{"number": 1\n{}\n', "a.jsonl", "not_json", 1),
        ("{}\n[1]\n", "a.jsonl", "not_an_object", 2),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_by_its_number_and_the_others_are_taken(
    tmp_path: Path, text: str, name: str, refusal: str, line: int
) -> None:
    found = rows(tmp_path, text, name)

    [refused] = [row for row in found if row.refusal]
    assert (refused.refusal, refused.line) == (refusal, line)
    assert refused.advice
    assert len(found) == 2


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("等级,类型\n高,通用\n", "a.csv", "lacks number"),
        ("number,grade,fraud_type,颜色\n", "a.csv", "unknown '颜色'"),
        ("号码,手机号,等级,类型\n", "a.csv", "has 'number' twice"),
        ("", "a.xlsx", "ends in .csv or .jsonl"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(tmp_path: Path, text: str, name: str, said: str) -> None:
    with pytest.raises(FileUnreadable, match=said):
        rows(tmp_path, text, name)


def test_a_file_that_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="No such file"):
        list(read_rows(tmp_path / "nowhere.csv", ZONE))
