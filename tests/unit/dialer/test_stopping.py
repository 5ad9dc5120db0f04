"""A standing task that is told to stop stops, also when it is woken at that very moment.

`asyncio.wait_for` of Python 3.11 forgets a cancellation that arrives while what it waits for is done already; the daemon then never
ended (seen once: SIGTERM within a millisecond of a call's end).
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime

import pytest

from dialer.bus.outbox_pump import OutboxPump
from dialer.bus.topics import Topics
from dialer.calling.pacing import Pacing
from dialer.domain.attempt import ClaimedAttempt, DueAttempt
from dialer.domain.degrading import Room
from dialer.domain.policy import Policy
from dialer.ports import OutboxRow
from tests.fakes.clock import HandClock

pytestmark = pytest.mark.unit


class NothingDue:
    """A queue and an outbox with nothing in them."""

    async def due_attempts(self, now: datetime, limit: int) -> Sequence[DueAttempt]:
        return []

    async def next_due_at(self) -> datetime | None:
        return None

    async def claim(self, attempt_id: str, node: str, now: datetime, lease_seconds: float) -> ClaimedAttempt | None:
        return None

    async def release(self, attempt_id: str, node: str, due_at: datetime, why: str) -> None:
        raise AssertionError("nothing was claimed")

    async def calls_in_hand(self, node: str) -> int:
        return 0

    async def unpublished(self, limit: int) -> Sequence[OutboxRow]:
        return []

    async def mark_published(self, ids: Sequence[int], now: datetime) -> None:
        raise AssertionError("nothing was told")

    async def barred(self, attempt_id: str, now: datetime) -> None:
        raise AssertionError("nothing was claimed")

    async def publish(self, topic: str, payload: bytes) -> None:
        raise AssertionError("there is nothing to tell")


def pacing() -> Pacing:
    return Pacing(
        NothingDue(),
        HandClock(),
        "node",
        policy=Policy(),
        room=lambda: Room(1),
        start=lambda _: None,
        lease_seconds=60,
        in_hand=lambda _: nullcontext(),
        barred=NothingDue().barred,
    )


def outbox_pump() -> OutboxPump:
    return OutboxPump(NothingDue(), NothingDue(), Topics(), HandClock())


@pytest.mark.parametrize("steps_between", range(6))
@pytest.mark.parametrize("make", [pacing, outbox_pump])
async def test_it_stops_though_it_is_woken(make: Callable[[], Pacing | OutboxPump], steps_between: int) -> None:
    standing = make()
    task = asyncio.create_task(standing.run())
    for _ in range(5):  # until it waits
        await asyncio.sleep(0)
    standing.wake()
    for _ in range(steps_between):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=2)
    task.cancel()
    assert done, "it goes on"
    assert task.cancelled()
