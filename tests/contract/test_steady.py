"""SQLite's own time: even, whatever the machine's clock does, and the same for everybody who works on the database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dialer.storage.engine import Engines, open_engines
from dialer.storage.steady import FOLLOWS, SteadyTime

pytestmark = pytest.mark.contract
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
BEAT_SECONDS = 2.0


class Machine:
    """A wall clock that can be set, and a time since boot that cannot."""

    def __init__(self) -> None:
        self.up, self.wrong = 1000.0, timedelta()

    def since_boot(self) -> float:
        return self.up

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.up) + self.wrong


@pytest.fixture
async def engines(tmp_path: Path) -> AsyncIterator[Engines]:
    async with open_engines(f"sqlite:///{tmp_path / 'quanzu.db'}") as opened:
        yield opened


async def opened(engines: Engines, machine: Machine) -> SteadyTime:
    time = SteadyTime(engines, machine.wall, machine.since_boot)
    await time.read()
    return time


async def beats(time: SteadyTime, machine: Machine, hours: float) -> None:
    for _ in range(round(hours * 3600 / BEAT_SECONDS)):
        machine.up += BEAT_SECONDS
        await time.follow()


async def test_after_a_boot_the_machines_clock_is_believed(engines: Engines) -> None:
    machine = Machine()
    time = await opened(engines, machine)
    assert time.now() == machine.wall()
    assert time.ahead() == timedelta()


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_a_jump_moves_no_deadline_and_is_followed_slowly(engines: Engines, jump: timedelta) -> None:
    machine = Machine()
    time = await opened(engines, machine)
    before = time.now()
    machine.wrong = jump
    assert time.now() == before
    assert time.ahead() == -jump

    await beats(time, machine, 0.5)
    followed = time.now() - before - HOUR / 2
    assert abs(followed - jump / 2 * FOLLOWS) < SECOND


async def test_time_never_stands_still_while_it_follows(engines: Engines) -> None:
    machine = Machine()
    time = await opened(engines, machine)
    machine.wrong = -HOUR
    for _ in range(100):
        before = time.now()
        await beats(time, machine, BEAT_SECONDS / 3600)
        assert time.now() > before


async def test_a_small_correction_is_soon_caught_up_with_and_then_time_is_the_machines(engines: Engines) -> None:
    machine = Machine()
    time = await opened(engines, machine)
    machine.wrong = SECOND
    await beats(time, machine, 61 / 3600)
    assert time.ahead() == timedelta()


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_who_opens_the_database_after_a_jump_has_the_same_time(engines: Engines, jump: timedelta) -> None:
    machine = Machine()
    daemon = await opened(engines, machine)
    machine.wrong = jump
    await beats(daemon, machine, 0.1)
    command = await opened(engines, machine)
    assert abs(command.now() - daemon.now()) <= timedelta(milliseconds=50)
