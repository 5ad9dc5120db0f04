"""The machine's clock jumps an hour under a running daemon: nobody is rung twice for it, nobody waits an hour for it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from dialer.node.heartbeat import BEAT_SECONDS
from tests.faketime import JumpingClock
from tests.onescript import one_script, spoken
from tests.sipp import until
from tests.stage import NUMBER, OTHER_NUMBER, Scene, moment, stage

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]

HOUR = timedelta(hours=1)
SAFE_GAP = timedelta(seconds=120)  # of grade 高
either_way = pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forward", "back"])


@pytest.fixture
def clock(tmp_path: Path) -> JumpingClock:
    return JumpingClock(tmp_path / "clock")


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return one_script(tmp_path_factory.mktemp("one") / "scripts")


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory, scripts: Path) -> Path:
    """Rendered where no clock jumps: see the trap in tests/faketime.py."""
    return asyncio.run(spoken(tmp_path_factory.mktemp("spoken") / "voice", scripts))


@pytest.fixture
async def scene(tmp_path: Path, voice: Path, scripts: Path, clock: JumpingClock) -> AsyncIterator[Scene]:
    async with stage(tmp_path, voice, clock.environ, scripts={"dir": str(scripts)}) as opened:
        yield opened


async def other_is_rung(scene: Scene) -> None:
    """What is due now leaves now: an alert on somebody else."""
    await scene.alert(OTHER_NUMBER)
    (await scene.citizen.invited(OTHER_NUMBER)).declines()
    await scene.attempt_is("ended", OTHER_NUMBER)


async def beats(scene: Scene, times: int) -> None:
    """The daemon says so often that it lives, and leases what it has in hand."""
    for _ in range(times):
        [before] = scene.daemon.rows("SELECT seen_at FROM nodes")
        await until(lambda before=before: scene.daemon.rows("SELECT seen_at FROM nodes") != [before], 5 * BEAT_SECONDS)


async def is_over(scene: Scene) -> None:
    """A talk that has come to its end."""
    (await scene.answered()).hangs_up()
    await scene.attempt_is("ended")


@either_way
async def test_a_talk_goes_on_and_ends_as_ever(scene: Scene, clock: JumpingClock, jump: timedelta) -> None:
    call = await scene.answered()
    [before] = scene.attempts()
    await clock.jumps(jump)
    await beats(scene, 3)
    [talk] = scene.attempts()
    assert (talk["state"], talk["fence"]) == ("answered", before["fence"])

    call.hangs_up()
    ended = await scene.attempt_is("ended")
    [person] = scene.daemon.rows("SELECT clear_at FROM contacts WHERE id = ?", ended["contact_id"])
    assert SAFE_GAP <= moment(person["clear_at"]) - moment(ended["ended_at"]) < SAFE_GAP + timedelta(seconds=10)
    assert scene.pending(), "and he is rung again when it is time"


@either_way
async def test_who_waits_for_the_next_call_is_not_rung_for_it_and_others_are_rung_at_once(
    scene: Scene, clock: JumpingClock, jump: timedelta
) -> None:
    await is_over(scene)
    await clock.jumps(jump)
    await scene.alert(NUMBER)  # he is wanted as soon as the gap is over
    await other_is_rung(scene)
    assert len(scene.citizen.invites(NUMBER)) == 1


@either_way
async def test_a_clock_that_jumped_while_no_daemon_ran_changes_as_little(
    scene: Scene, clock: JumpingClock, jump: timedelta
) -> None:
    await is_over(scene)
    await scene.daemon.kill()
    await clock.jumps(jump)
    await scene.alert(NUMBER)
    await scene.alert(OTHER_NUMBER)
    await scene.daemon.start()
    (await scene.citizen.invited(OTHER_NUMBER)).declines()
    await scene.attempt_is("ended", OTHER_NUMBER)
    assert len(scene.citizen.invites(NUMBER)) == 1
    await scene.daemon.logged("the machine's clock has jumped, deadlines follow it slowly")
