"""Whom pacing begins: a few between two looks, most urgent first, nobody whose line is kept for somebody else."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from dialer.calling.pacing import AT_ONCE, Pacing
from dialer.domain.alert import FraudType
from dialer.domain.attempt import AttemptReason, ClaimedAttempt, DueAttempt
from dialer.domain.degrading import Room
from dialer.domain.grade import Grade
from dialer.domain.policy import Policy
from tests.fakes.clock import HandClock

pytestmark = pytest.mark.unit

LOW, CRITICAL = Grade.LOW, Grade.CRITICAL


@dataclass
class Queue:
    """Attempts in their order, by name. Whoever stands in `held` is not granted."""

    waiting: list[tuple[str, Grade]]
    held: set[str] = field(default_factory=set)

    async def due_attempts(self, now: datetime, limit: int) -> Sequence[DueAttempt]:
        first = sorted(self.waiting, key=lambda each: each[1].rank)[:limit]
        return [DueAttempt(name, name, grade, now, now, AttemptReason.ALERT) for name, grade in first]

    async def next_due_at(self) -> datetime | None:
        return None

    async def claim(self, attempt_id: str, node: str, now: datetime, lease_seconds: float) -> ClaimedAttempt | None:
        if attempt_id in self.held:
            return None
        [one] = [each for each in self.waiting if each[0] == attempt_id]
        self.waiting.remove(one)
        return ClaimedAttempt(
            *(one[0], one[0], "13800138000", one[1], FraudType.GENERIC, AttemptReason.ALERT),
            *(now, now, now, 0, now),
        )

    async def release(self, *_: object) -> None:
        raise AssertionError("nothing is given back")

    async def calls_in_hand(self, node: str) -> int:
        return 0

    async def barred(self, attempt_id: str, now: datetime) -> None:
        raise AssertionError("nobody is on a list")


@dataclass
class Desk:
    """Pacing over so many lines."""

    queue: Queue
    lines: int
    kept: int = 0
    begun: list[str] = field(default_factory=list)
    clock: HandClock = field(default_factory=HandClock)
    pacing: Pacing = field(init=False)

    def __post_init__(self) -> None:
        self.pacing = Pacing(
            self.queue,
            self.clock,
            "node",
            policy=Policy(),
            room=lambda: Room(self.lines - len(self.begun), self.kept),
            start=lambda attempt: self.begun.append(attempt.id),
            lease_seconds=60,
            in_hand=lambda _: nullcontext(),
            barred=self.queue.barred,
        )


async def test_who_comes_while_many_lines_are_filled_is_next_if_he_is_urgent() -> None:
    desk = Desk(Queue([(f"low{n}", LOW) for n in range(9)]), lines=9)
    await desk.pacing.start_what_is_due()
    desk.queue.waiting.append(("red", CRITICAL))
    await desk.pacing.start_what_is_due()

    assert desk.begun[: AT_ONCE + 1] == [*(f"low{n}" for n in range(AT_ONCE)), "red"]


async def test_who_is_not_granted_holds_up_nobody() -> None:
    desk = Desk(Queue([(f"low{n}", LOW) for n in range(9)], held={f"low{n}" for n in range(7)}), lines=9)
    await desk.pacing.start_what_is_due()

    assert desk.begun == ["low7", "low8"]


async def test_the_line_that_is_kept_is_filled_by_a_critical_call_alone() -> None:
    desk = Desk(Queue([("low", LOW)]), lines=1, kept=1)
    await desk.pacing.start_what_is_due()
    assert desk.begun == []
    desk.queue.waiting.append(("red", CRITICAL))
    await desk.pacing.start_what_is_due()

    assert desk.begun == ["red"]


async def test_lines_are_short_since_somebody_was_left_waiting_for_the_last_time() -> None:
    desk = Desk(Queue([("a", LOW), ("b", LOW)]), lines=1)
    for _ in range(3):
        desk.clock.pass_by(10)
        await desk.pacing.start_what_is_due()
    assert desk.pacing.short_for() == 30
    desk.lines = 2
    await desk.pacing.start_what_is_due()

    assert (desk.begun, desk.pacing.short_for()) == (["a", "b"], 0)
