"""A trunk that fails is left alone for a while, tried with one call, and used again when that one went through."""

import pytest

from dialer.domain.trunkhealth import (
    FAULTS_TO_OPEN,
    FIRST_WAIT_SECONDS,
    LONGEST_WAIT_SECONDS,
    REMEMBERED,
    Breaker,
    Sample,
    TrunkHealth,
)
from voice.report import HangupCause

pytestmark = pytest.mark.unit

NOTHING = Sample(answered=False)
RANG = Sample(answered=False, post_dial_delay=2.0)


def after(*causes: HangupCause, health: TrunkHealth | None = None, at: float = 100.0) -> TrunkHealth:
    health = health or TrunkHealth()
    for cause in causes:
        health = health.after(cause, NOTHING, at)
    return health


def test_a_few_faults_in_a_row_open_the_breaker() -> None:
    almost = after(*[HangupCause.TRUNK_FAULT] * (FAULTS_TO_OPEN - 1))
    assert almost.breaker(100.0) is Breaker.CLOSED
    assert after(HangupCause.CONGESTION, health=almost).breaker(100.0) is Breaker.OPEN


@pytest.mark.parametrize("cause", [HangupCause.BUSY, HangupCause.VACANT_NUMBER, HangupCause.NO_ANSWER])
def test_what_a_person_or_his_number_does_is_no_fault_of_the_trunk(cause: HangupCause) -> None:
    health = after(*[HangupCause.TRUNK_FAULT] * (FAULTS_TO_OPEN - 1), cause, HangupCause.TRUNK_FAULT)

    assert health.breaker(100.0) is Breaker.CLOSED


def test_an_open_breaker_lets_one_call_try_after_a_wait_and_closes_when_it_went_through() -> None:
    open_one = after(*[HangupCause.TRUNK_FAULT] * FAULTS_TO_OPEN)
    assert open_one.breaker(100.0 + FIRST_WAIT_SECONDS - 1) is Breaker.OPEN
    assert open_one.breaker(100.0 + FIRST_WAIT_SECONDS) is Breaker.TRYING

    assert open_one.after(HangupCause.BUSY, RANG, 120.0).breaker(120.0) is Breaker.CLOSED


def test_after_a_single_fault_others_are_asked_first_for_a_while() -> None:
    health = after(HangupCause.CONGESTION)

    assert health.suspect(101.0)
    assert not health.suspect(100.0 + FIRST_WAIT_SECONDS)
    assert not health.after(HangupCause.BUSY, RANG, 101.0).suspect(101.0)


def test_the_wait_doubles_while_it_keeps_failing_up_to_the_longest() -> None:
    health, waits = after(*[HangupCause.TRUNK_FAULT] * FAULTS_TO_OPEN), []
    for _ in range(7):
        assert health.retry_at is not None
        waits.append(health.retry_at - 100.0)
        health = after(HangupCause.TRUNK_FAULT, health=health)

    assert waits[:3] == [FIRST_WAIT_SECONDS, 2 * FIRST_WAIT_SECONDS, 4 * FIRST_WAIT_SECONDS]
    assert waits[-1] == LONGEST_WAIT_SECONDS


def test_a_call_that_never_left_says_nothing_of_the_trunk() -> None:
    assert after(HangupCause.NEVER_DIALLED) == TrunkHealth()


def test_the_ratios_are_of_the_last_calls_only() -> None:
    health = TrunkHealth()
    assert (health.answer_seizure_ratio, health.mean_post_dial_delay) == (None, None)
    for number in range(REMEMBERED * 2):
        answered = number >= REMEMBERED and number % 2 == 0
        health = health.after(HangupCause.NORMAL, Sample(answered, 3.0 if answered else None), 0.0)

    assert health.answer_seizure_ratio == 0.5
    assert health.mean_post_dial_delay == 3.0
