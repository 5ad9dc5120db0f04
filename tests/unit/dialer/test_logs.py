"""Canary numbers go in at every door; none may come out."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from dialer.node import logs
from dialer.privacy import HIDDEN

pytestmark = pytest.mark.unit

CANARY = "13800138000"
SPOKEN = "我已经转了九十九万"
ATTEMPT = "019a3c1f4e21" + "73b09c5d2e8f41a6b7c0"

Lines = Callable[[], str]


@pytest.fixture(params=["json", "console"])
def lines(request: pytest.FixtureRequest) -> Iterator[Lines]:
    root = logging.getLogger()
    before, level, hook = root.handlers[:], root.level, sys.excepthook
    out = io.StringIO()
    logs.configure("debug", json=request.param == "json", stream=out)
    yield out.getvalue
    structlog.reset_defaults()
    root.handlers[:], sys.excepthook = before, hook
    root.setLevel(level)


def test_a_key_that_says_it_is_personal_shows_nothing_of_its_value(lines: Lines) -> None:
    structlog.get_logger().info("turn ended", pii_heard=SPOKEN, facts={"pii_sum": "九十九万"})
    assert SPOKEN not in lines()
    assert "九十九万" not in lines()
    assert HIDDEN in lines()


def test_a_number_is_hidden_in_values_to_any_depth(lines: Lines) -> None:
    structlog.get_logger().bind(uri=f"sip:{CANARY}@10.0.0.1").warning(
        "call refused",
        number=CANARY,
        as_integer=int(CANARY),
        nested={"list": [f"tel:+86{CANARY}", (CANARY,)], CANARY: 1},
        body=CANARY.encode(),
        path=Path("var") / CANARY,
        fullwidth="１３８００１３８０００",
        fault=ValueError(CANARY),
    )
    assert CANARY not in lines()
    assert "１３８００１３８" not in lines()
    assert "10.0.0.1" in lines()


def test_a_number_in_an_exception_is_hidden_and_its_traceback_stays(lines: Lines) -> None:
    def dial(number: str) -> None:
        raise ValueError(f"cannot dial {number}")

    try:
        try:
            dial(CANARY)
        except ValueError as fault:
            raise RuntimeError(f"{CANARY} again") from fault
    except RuntimeError:
        structlog.get_logger().exception("attempt failed")
    assert CANARY not in lines()
    assert "cannot dial •••" in lines()
    assert "in dial" in lines()


def test_what_libraries_log_goes_through_the_same_sieve(lines: Lines) -> None:
    logging.getLogger("somebody.else").error("INSERT failed for %s", CANARY)
    try:
        raise KeyError(CANARY)
    except KeyError:
        logging.getLogger("somebody.else").exception("lookup")
    assert CANARY not in lines()
    assert "INSERT failed for •••" in lines()


def test_an_exception_nobody_caught_leaves_by_the_same_door(lines: Lines) -> None:
    try:
        raise LookupError(CANARY)
    except LookupError as fault:
        sys.excepthook(type(fault), fault, fault.__traceback__)
    assert CANARY not in lines()
    assert "LookupError" in lines()


def test_our_own_ids_are_left_readable(lines: Lines) -> None:
    structlog.get_logger().info("call started", attempt=ATTEMPT, file=f"var/recordings/{ATTEMPT}.wav", port=20000)
    assert ATTEMPT in lines()
    assert f"{ATTEMPT}.wav" in lines()
    assert "20000" in lines()


@pytest.mark.parametrize("lines", ["json"], indirect=True)
def test_json_is_one_object_a_line_stamped_in_utc(lines: Lines) -> None:
    before = datetime.now(UTC)
    structlog.get_logger().info("daemon up", opened_at=before)
    line = json.loads(lines())
    assert line["event"] == "daemon up"
    assert line["level"] == "info"
    assert before <= datetime.fromisoformat(line["at"]) <= datetime.now(UTC)
    assert datetime.fromisoformat(line["opened_at"]).utcoffset() is not None
