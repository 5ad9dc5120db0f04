"""What `quanzu status` shows of the robot as a whole."""

from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from dialer.console.robot import robot_sheet
from dialer.domain.degrading import Cause, Condition
from dialer.domain.grade import Grade
from dialer.domain.stop import StopLevel, StopOrder
from dialer.ports.degrading import RobotCondition, Waiting

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"


def shown(seen: RobotCondition, order: StopOrder, late: int, *waiting: Waiting) -> str:
    console = Console(width=120, record=True)
    with console.capture() as text:
        console.print(robot_sheet(seen, order, late, waiting, now=NOW, zone=ZONE))
    return text.get()


def test_a_robot_that_rings_in_time_says_so() -> None:
    text = shown(RobotCondition(), StopOrder(0), 0)

    assert "well: everybody is rung in time" in text
    assert "0 calls due" in text


@pytest.mark.parametrize("cause", list(Cause))
def test_why_people_are_late_and_what_to_do_is_said(cause: Cause) -> None:
    begun = NOW - timedelta(minutes=5)
    text = shown(RobotCondition(Condition.DEGRADED, cause, 3, begun), StopOrder(0), 2)

    assert "degraded since" in text
    assert "late now: 2 people" in text
    assert {Cause.STOPPED: "quanzu go", Cause.NO_TRUNK: "[[trunks]]", Cause.NOBODY_FREE: "storm"}[cause] in text


def test_who_waits_is_counted_by_grade_with_the_first_deadline() -> None:
    waiting = Waiting(Grade.HIGH, 12, NOW - timedelta(seconds=90))
    stopped = StopOrder(1, StopLevel.NO_NEW_CALLS, "王", "why", NOW)
    text = shown(RobotCondition(), stopped, 0, waiting, Waiting(Grade.LOW, 3, NOW + timedelta(hours=1)))

    assert "15 calls due" in text
    assert "90 s" in text
    assert "stopped: no_new_calls" in text
