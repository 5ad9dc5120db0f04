"""The centre pulls the brake: nothing leaves any more, and if it says so, the robot stops talking; two people who talk do not."""

import asyncio
from datetime import UTC, datetime

import pytest

from tests.stage import NUMBER, OTHER_NUMBER, Scene, moment

pytestmark = pytest.mark.acceptance

MACHINE_SECONDS = 3.0  # a second is promised; on a machine that does other things too
TALKS_ON_SECONDS = 1.0


async def stop(scene: Scene, *more: str) -> None:
    ran = await scene.daemon.quanzu("stop", "--by", "值班长", "--why", "演练", *more)
    assert ran.code == 0, ran.err


async def test_a_stopped_centre_rings_nobody_until_it_may_again(scene: Scene) -> None:
    await stop(scene)
    await scene.alert(NUMBER, "特急")
    await scene.daemon.until_rows("SELECT 1 FROM attempts WHERE state = 'due' AND number = ?", NUMBER)
    await scene.daemon.logged("emergency stop")
    assert scene.citizen.invites(NUMBER) == []

    ran = await scene.daemon.quanzu("go", "--by", "值班长")
    assert "no_new_calls" in ran.out
    await scene.citizen.invited(NUMBER)


async def test_a_talk_goes_on_when_only_new_calls_are_stopped(scene: Scene) -> None:
    call = await scene.answered()
    await stop(scene)
    await scene.alert(OTHER_NUMBER)
    await scene.daemon.logged("emergency stop")

    call.presses("1")
    await scene.officer_comes()  # a person who needs an officer still gets one
    assert scene.citizen.invites(OTHER_NUMBER) == []
    call.hangs_up()
    assert (await scene.attempt_is("ended"))["conclusion"] == "handed_over"


async def test_talks_of_the_robot_end_politely_and_the_case_lives_on(scene: Scene) -> None:
    call = await scene.answered()
    await stop(scene, "--end-calls")
    await call.is_ended(seconds=30)

    attempt = await scene.attempt_is("ended")
    assert attempt["cause"] == "ended_by_order"
    turns = scene.daemon.rows("SELECT step FROM turns WHERE attempt_id = ? ORDER BY turn", attempt["id"])
    assert turns[-1]["step"] == "goodbye"
    assert scene.pending() is not None, "the person still has to be reached"

    [order] = scene.daemon.rows("SELECT at FROM stop_orders")
    [obeyed] = scene.daemon.events("calls are told to end")
    late = datetime.fromisoformat(obeyed["at"]).astimezone(UTC) - moment(order["at"]).replace(tzinfo=UTC)
    assert late.total_seconds() < MACHINE_SECONDS


async def test_an_officer_who_talks_to_somebody_is_not_cut_off(scene: Scene) -> None:
    call = await scene.answered()
    call.presses("1")
    await scene.officer_comes()
    await scene.daemon.until_rows("SELECT 1 FROM escalations WHERE state = 'bridged'")
    await stop(scene, "--end-calls")
    await scene.daemon.logged("emergency stop")

    with pytest.raises(TimeoutError):
        await call.is_ended(seconds=TALKS_ON_SECONDS)
    call.hangs_up()
    assert (await scene.attempt_is("ended"))["conclusion"] == "handed_over"


async def test_the_audit_proves_that_the_call_rang(scene: Scene) -> None:
    call = await scene.answered()
    call.hangs_up()
    attempt = await scene.attempt_is("ended")
    audit, cases = await asyncio.gather(
        scene.daemon.quanzu("audit", attempt["case_id"]), scene.daemon.quanzu("cases", attempt["case_id"])
    )

    assert "rang" in audit.out
    assert "committed" in audit.out
    assert attempt["call_id"][:8] in audit.out
    assert "ODD" not in audit.out
    assert NUMBER not in audit.out + cases.out
