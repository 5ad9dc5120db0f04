"""Lines are counted, and calls go round a trunk that fails."""

from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from dialer.calling.trunks import Trunks
from dialer.domain.trunkhealth import FAULTS_TO_OPEN, FIRST_WAIT_SECONDS, Sample
from dialer.errors import TrunkDown
from dialer.settings import TrunkSettings
from voice.report import HangupCause

pytestmark = pytest.mark.unit

NUMBER = "13800138000"
NOTHING = Sample(answered=False)


@dataclass
class Hand:
    """A clock moved by hand."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def trunks(clock: Hand, **serves: tuple[str, ...]) -> Trunks:
    names = serves or {"first": (), "second": ()}
    return Trunks([TrunkSettings(name, lines=2, serves=prefixes) for name, prefixes in names.items()], clock)


def chosen(lines: Trunks, number: str = NUMBER) -> str:
    with lines.line(number) as trunk:
        return trunk.name


def fail(lines: Trunks, trunk: str, times: int = 1) -> None:
    for _ in range(times):
        lines.ended(trunk, HangupCause.CONGESTION, NOTHING)


def test_the_first_trunk_with_a_free_line_is_taken_and_the_line_given_back() -> None:
    lines = trunks(Hand())
    with ExitStack() as calls:
        taken = [calls.enter_context(lines.line(NUMBER)).name for _ in range(4)]
        assert taken == ["first", "first", "second", "second"]
        with pytest.raises(TrunkDown, match="in use"):
            chosen(lines)
    assert chosen(lines) == "first"


def test_a_number_goes_over_a_trunk_that_serves_it() -> None:
    lines = trunks(Hand(), mobile=("1",), lhasa=("0891",))

    assert chosen(lines, "08916320000") == "lhasa"
    with pytest.raises(TrunkDown, match="No trunk serves"):
        chosen(lines, "02112345678")


def test_after_one_fault_the_next_call_goes_over_the_other_trunk_and_then_back() -> None:
    clock = Hand()
    lines = trunks(clock)
    fail(lines, "first")
    assert chosen(lines) == "second"

    clock.now = FIRST_WAIT_SECONDS
    assert chosen(lines) == "first"


def test_a_trunk_that_keeps_failing_carries_nothing_then_one_call_then_all() -> None:
    clock = Hand()
    lines = trunks(clock)
    fail(lines, "first", FAULTS_TO_OPEN)
    assert lines.lines == 2

    clock.now = FIRST_WAIT_SECONDS
    assert lines.lines == 3
    with lines.line(NUMBER) as trying:
        assert trying.name == "first"
        assert chosen(lines) == "second"
        lines.ended("first", HangupCause.BUSY, Sample(answered=False, post_dial_delay=1.0))
    assert lines.lines == 4


def test_when_every_trunk_has_failed_the_attempt_waits_and_the_reason_is_told() -> None:
    lines = trunks(Hand())
    fail(lines, "first", FAULTS_TO_OPEN)
    fail(lines, "second", FAULTS_TO_OPEN)

    assert lines.lines == 0
    with pytest.raises(TrunkDown, match="has just failed"):
        chosen(lines)
