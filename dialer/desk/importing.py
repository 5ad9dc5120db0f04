"""Alerts from a file: CSV as a spreadsheet writes it (with commas, semicolons or tabs), or JSON Lines as a program does. Every line goes through the same intake.

Rule 1: a line that cannot be read is refused with its number and what to do, and the others are taken.
Rule 2: a line without a name of its own is named by its content, so importing the same file again changes nothing.
Rule 3: a refusal never repeats what the line said; the report for people holds line numbers, fields and advice.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dialer.errors import FileUnreadable

_COLUMNS: Mapping[str, str] = {
    "号码": "number",
    "手机号": "number",
    "手机号码": "number",
    "电话": "number",
    "联系电话": "number",
    "等级": "grade",
    "预警等级": "grade",
    "诈骗类型": "fraud_type",
    "类型": "fraud_type",
    "姓氏": "surname",
    "姓": "surname",
    "金额": "sum_yuan",
    "涉案金额": "sum_yuan",
    "编号": "id",
    "线索编号": "id",
    "时间": "occurred_at",
    "群体": "group",
}
_FIELDS = ("number", "grade", "fraud_type", "surname", "sum_yuan", "id", "occurred_at", "group", "v")
_FACTS = ("app", "account_tail")
_ENCODINGS = ("utf-8-sig", "gb18030")  # Excel in China writes the second
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")  # and this before its "Unicode text", UTF-16 with tabs
_DELIMITERS = ",;\t"
_MOMENT = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]+(\d{1,2}):(\d\d)(?::(\d\d))?")
_ROUNDED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file as the body of an alert; or why it is none."""

    line: int
    body: bytes = b""  # when it is refused: the line as it stands
    refusal: str = ""  # a code
    field: str = ""
    advice: str = ""


def read_rows(path: Path, zone: str) -> Iterator[Row]:
    """Every alert of the file, in order; a time without a zone is the centre's. Raises FileUnreadable when it is no such file at all."""
    text = _text(path)
    match path.suffix.lower():
        case ".csv" | ".tsv" | ".txt":
            return _csv(text, ZoneInfo(zone))
        case ".jsonl" | ".ndjson" | ".json":
            return _json_lines(text)
        case _:
            raise FileUnreadable("An import file ends in .csv or .jsonl; this one does not.")


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as refusal:
        raise FileUnreadable(f"The file cannot be read: {refusal.strerror}.") from None
    for encoding in ("utf-16",) if content.startswith(_WIDE_MARKS) else _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileUnreadable("The file is neither UTF-8 nor GB18030 text; save it as CSV UTF-8.")


def _csv(text: str, zone: ZoneInfo) -> Iterator[Row]:
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    try:
        heading = next(reader, [])
    except csv.Error:
        raise FileUnreadable("The first line is no CSV heading.") from None
    names = [_COLUMNS.get(name.strip(), name.strip()) for name in heading]
    unknown = [name for name in names if name not in (*_FIELDS, *_FACTS)]
    missing = {"number", "grade", "fraud_type"} - set(names)
    twice = [name for name in names if names.count(name) > 1]
    if missing or unknown or twice:
        said = f"it has '{twice[0]}' twice" if twice else f"it has the unknown '{unknown[0]}'" if unknown else ""
        said = f"it lacks {', '.join(sorted(missing))}" if missing else said
        known = ", ".join((*_FIELDS, *_FACTS, *_COLUMNS))
        raise FileUnreadable(f"The first line must name the columns, and {said}. Columns can be: {known}.")
    return _csv_rows(reader, names, zone)


def _csv_rows(reader: Any, names: list[str], zone: ZoneInfo) -> Iterator[Row]:
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            yield Row(reader.line_num, b"", "not_csv", advice="check the quotes of this line")
            continue
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            advice = f"this line has {len(cells)} columns and the heading {len(names)}"
            yield Row(reader.line_num, ",".join(cells).encode(), "wrong_columns", advice=advice)
            continue
        yield _row(reader.line_num, {name: cell.strip() for name, cell in zip(names, cells, strict=True)}, zone)


def _row(line: int, cells: Mapping[str, str], zone: ZoneInfo) -> Row:
    told: dict[str, Any] = {name: cells[name] for name in _FIELDS if cells.get(name) and name != "v"}
    facts = {name: cells[name] for name in _FACTS if cells.get(name)}
    if facts:
        told["facts"] = facts
    if _ROUNDED.fullmatch(cells.get("number", "")):
        advice = "the spreadsheet has rounded it; make the column text before the numbers are put in"
        return Row(line, _named(told), "not_a_number", "number", advice)
    if "occurred_at" in told:
        told["occurred_at"] = _moment(told["occurred_at"], zone)
    if "sum_yuan" in told:
        plain = told["sum_yuan"].replace(",", "").replace("，", "").removesuffix("元").removesuffix(".00")
        if not (plain.isascii() and plain.isdigit()):
            return Row(line, _named(told), "wrong_value", "sum_yuan", "write whole yuan in digits")
        told["sum_yuan"] = int(plain)
    return Row(line, _named(told))


def _moment(text: str, zone: ZoneInfo) -> str:
    """As payloads have it, from what a spreadsheet shows; what is none stays as it is, and intake refuses it."""
    parts = _MOMENT.fullmatch(text)
    if parts is None:
        return text
    try:
        return datetime(*(int(part or 0) for part in parts.groups()), tzinfo=zone).isoformat()  # type: ignore[misc, arg-type]
    except ValueError:
        return text


def _json_lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            yield Row(number, line.encode(), "not_json", advice="write one JSON object a line")
            continue
        if isinstance(told, dict):
            yield Row(number, _named(told))
        else:
            yield Row(number, line.encode(), "not_an_object", advice="write one JSON object a line")


def _named(told: dict[str, Any]) -> bytes:
    body = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    if told.get("id"):
        return body
    return json.dumps({**told, "id": f"line-{hashlib.sha256(body).hexdigest()[:24]}"}, ensure_ascii=False).encode()
