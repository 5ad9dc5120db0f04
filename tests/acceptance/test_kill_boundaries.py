"""SIGKILL of the daemon and of the call worker at every boundary of a call: nobody is rung twice, nobody is forgotten.

Rule 1: a killed daemon is started again on the same data directory; a killed worker is settled by the daemon that had it.
Rule 2: whatever the boundary, `nobody_was_harmed` must hold at the end, and no process of ours may be left (tests/stage.py).
"""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.sipp import until
from tests.stage import NUMBER, OFFICER, OTHER_NUMBER, Scene, freeze, kill, moment, thaw

pytestmark = pytest.mark.acceptance

SAFE_GAP = timedelta(seconds=120)  # of grade 高
DAEMON, WORKER = "daemon", "worker"
victims = pytest.mark.parametrize("victim", [DAEMON, WORKER])


def nobody_was_harmed(scene: Scene, *, rung: int = 1, officers: int = 0) -> None:
    assert len(scene.citizen.invites(NUMBER)) == rung, "rung twice, or never"
    assert len(scene.officer.invites(OFFICER)) == officers
    assert scene.pending() or scene.open_work() or scene.case()["state"] == "with_officer", "forgotten"
    assert not list(scene.spool.iterdir()), "what was applied is not forgotten"


def applied_once(scene: Scene) -> dict[str, object]:
    """The one attempt, with its report; the world was told once."""
    attempt = scene.attempts()[0]
    assert attempt["state"] == "ended"
    assert scene.times("attempt_ended", attempt) == 1
    query = "SELECT payload FROM outbox WHERE kind = 'attempt_ended' AND case_id = ?"
    told = scene.daemon.rows(query, attempt["case_id"])
    assert len(told) == 1
    if attempt["answered_at"]:
        assert Path(attempt["recording"]).stat().st_size > 0
    return attempt


def waits_the_safe_gap(scene: Scene) -> None:
    """The lost attempt may have rung: nobody rings before the gap is over, and an officer looks into it."""
    lost, due = scene.attempts()
    assert (lost["state"], due["state"]) == ("lost", "due")
    assert scene.times("attempt_lost", lost) == 1
    assert moment(due["due_at"]) >= moment(lost["ended_at"]) + SAFE_GAP
    [person] = scene.daemon.rows("SELECT clear_at FROM contacts WHERE id = ?", lost["contact_id"])
    assert moment(person["clear_at"]) >= moment(lost["ended_at"]) + SAFE_GAP
    assert scene.open_work() == {"officer_call": "may_have_rung"}


async def the_next_one_is_rung(scene: Scene) -> None:
    await scene.alert(OTHER_NUMBER)
    (await scene.citizen.invited(OTHER_NUMBER)).declines()
    await scene.attempt_is("ended", OTHER_NUMBER)


async def settle_spool(scene: Scene) -> None:
    await until(lambda: not list(scene.spool.iterdir()))


# --- alert accepted -----------------------------------------------------------------------------------------------------


@victims
async def test_an_accepted_alert_is_rung_once_whoever_dies(scene: Scene, victim: str) -> None:
    """The worker of this call does not exist yet: it is the idle one, which would have had it, that dies."""
    idle = await scene.a_worker_is_warm()
    await scene.freeze_daemon()
    await scene.alert(NUMBER)
    assert [row["state"] for row in scene.attempts()] == ["due"]
    if victim == WORKER:
        kill(idle)
        thaw(scene.daemon.pid)
    else:
        await scene.daemon.kill()
        await scene.daemon.start()
    call = await scene.citizen.invited(NUMBER)
    call.declines()
    await scene.attempt_is("ended")
    await settle_spool(scene)
    nobody_was_harmed(scene)


# --- attempt committed --------------------------------------------------------------------------------------------------


async def an_order_unread(scene: Scene) -> int:
    """DIALLING is committed, and the order lies in the wire of a worker that stands still."""
    worker = await scene.a_worker_is_warm()
    await freeze(worker)
    await scene.alert(NUMBER)
    await scene.attempt_is("dialling")
    assert scene.citizen.invites() == []
    return worker


async def is_rung_and_declines(scene: Scene) -> None:
    (await scene.citizen.invited(NUMBER)).declines()
    await scene.attempt_is("ended")
    await settle_spool(scene)


async def test_an_order_that_a_killed_worker_never_read_is_given_to_another_one(scene: Scene) -> None:
    worker = await an_order_unread(scene)
    kill(worker)
    await is_rung_and_declines(scene)
    nobody_was_harmed(scene)
    assert scene.attempts()[0]["rang"] == "never"


async def test_an_order_that_is_read_after_the_daemons_death_is_not_dialled_but_left_to_the_next_daemon(
    scene: Scene,
) -> None:
    worker = await an_order_unread(scene)
    await scene.daemon.kill()
    thaw(worker)
    await scene.daemon.start()
    await is_rung_and_declines(scene)
    nobody_was_harmed(scene)
    assert scene.attempts()[0]["rang"] == "never"


async def test_an_order_that_is_read_when_the_next_daemon_has_rung_already_changes_nothing(scene: Scene) -> None:
    worker = await an_order_unread(scene)
    await scene.daemon.kill()
    await scene.daemon.start()
    call = await scene.citizen.invited(NUMBER)
    thaw(worker)
    await until(lambda: worker not in scene.processes())
    call.declines()
    await scene.attempt_is("ended")
    await settle_spool(scene)
    nobody_was_harmed(scene)
    assert [row["state"] for row in scene.attempts()] == ["lost", "ended", "due"]


# --- INVITE sent, ringing, answered ------------------------------------------------------------------------------------


async def invited(scene: Scene) -> None:
    await scene.alert(NUMBER)
    await scene.citizen.invited(NUMBER)


async def ringing(scene: Scene) -> None:
    await invited(scene)
    scene.citizen.calls[0].rings()
    await scene.attempt_is("ringing")


async def answered(scene: Scene) -> None:
    await scene.answered()


reached = pytest.mark.parametrize("reach", [invited, ringing, answered])


@pytest.mark.parametrize("reach", [invited, ringing])  # whoever had answered is rung back: test_calling_back.py
async def test_a_worker_that_is_killed_has_perhaps_rung_and_nobody_rings_inside_the_gap(scene: Scene, reach) -> None:
    await reach(scene)
    worker = await scene.in_talk()
    kill(worker)
    await scene.attempt_is("lost", seconds=3)
    waits_the_safe_gap(scene)
    await scene.a_worker_is_warm(but=worker)
    await the_next_one_is_rung(scene)
    await settle_spool(scene)
    nobody_was_harmed(scene)


@reached
async def test_a_worker_whose_daemon_is_killed_ends_its_call_alone_and_the_next_daemon_takes_the_report(
    scene: Scene, reach
) -> None:
    await reach(scene)
    await scene.in_talk()
    before = scene.attempts()
    await scene.daemon.kill()
    await scene.daemon.start()
    assert [row["state"] for row in scene.attempts()] == [row["state"] for row in before]  # it lives, and is left alone
    await the_next_one_is_rung(scene)
    call = scene.citizen.calls[0]
    if reach is answered:
        call.hangs_up()
    else:
        call.declines()
    await scene.attempt_is("ended")
    await settle_spool(scene)
    applied_once(scene)
    nobody_was_harmed(scene)


# --- officer wanted, bridged --------------------------------------------------------------------------------------------


async def they_talk_and_part(scene: Scene) -> None:
    """The citizen hangs up; with him the officer's leg ends."""
    scene.citizen.calls[0].hangs_up()
    await scene.officer.calls[0].is_ended()
    await scene.attempt_is("ended")
    await settle_spool(scene)


def the_officer_has_the_case(scene: Scene) -> None:
    assert scene.case()["state"] == "with_officer"
    assert scene.attempts()[0]["conclusion"] == "handed_over"
    assert [row["state"] for row in scene.escalations() if row["bridged_at"]] == ["ended"]


async def wanted_and_unheard(scene: Scene) -> int:
    """The citizen has pressed 1, the worker has asked for an officer, and the daemon has not read it."""
    call = await scene.answered()
    worker = await scene.in_talk()
    await scene.freeze_daemon()
    call.presses("1")
    await scene.is_told_that_an_officer_comes(worker)
    return worker


async def test_an_officer_who_was_wanted_when_the_daemon_died_is_rung_by_the_worker(scene: Scene) -> None:
    await wanted_and_unheard(scene)
    await scene.daemon.kill()
    await scene.officer_comes()
    await scene.daemon.start()
    await they_talk_and_part(scene)
    applied_once(scene)
    the_officer_has_the_case(scene)
    nobody_was_harmed(scene, officers=1)


async def test_who_wanted_an_officer_of_a_worker_that_is_killed_is_rung_back_at_once(scene: Scene) -> None:
    worker = await wanted_and_unheard(scene)
    kill(worker)
    thaw(scene.daemon.pid)
    lost = await scene.attempt_is("lost", seconds=3)
    assert all(row["state"] == "unanswered" for row in scene.escalations())
    (await scene.citizen.invited(NUMBER)).declines()
    back = await scene.attempt_is("ended")
    assert back["resumes"] == lost["id"]
    await scene.a_worker_is_warm(but=worker)
    await the_next_one_is_rung(scene)
    await settle_spool(scene)
    nobody_was_harmed(scene, rung=2)


async def officer_rings(scene: Scene) -> None:
    call = await scene.answered()
    call.presses("1")
    await scene.officer.invited(OFFICER)
    await scene.daemon.until_rows("SELECT 1 FROM escalations WHERE state = 'ringing'")


async def test_an_officer_whose_telephone_rings_when_the_daemon_dies_is_not_rung_again(scene: Scene) -> None:
    await officer_rings(scene)
    await scene.daemon.kill()
    await scene.officer_comes()
    await scene.daemon.start()
    await they_talk_and_part(scene)
    applied_once(scene)
    the_officer_has_the_case(scene)
    nobody_was_harmed(scene, officers=1)


async def test_an_officer_who_declines_after_the_daemon_has_died_is_not_rung_again_but_has_work_to_do(
    scene: Scene,
) -> None:
    await officer_rings(scene)
    await scene.daemon.kill()
    scene.officer.calls[0].declines()
    await scene.daemon.start()
    scene.citizen.calls[0].hangs_up()
    await scene.attempt_is("ended")
    await settle_spool(scene)
    applied_once(scene)
    assert scene.attempts()[0]["conclusion"] == "officer_missed"
    assert scene.open_work() == {"officer_call": "officer_missed"}
    nobody_was_harmed(scene, officers=1)


async def bridged(scene: Scene) -> int:
    call = await scene.answered()
    worker = await scene.in_talk()
    call.presses("1")
    await scene.officer_comes()
    await scene.daemon.until_rows("SELECT 1 FROM escalations WHERE state = 'bridged'")
    return worker


async def test_who_is_bridged_talks_on_when_the_daemon_dies(scene: Scene) -> None:
    await bridged(scene)
    await scene.daemon.kill()
    await scene.daemon.start()
    await they_talk_and_part(scene)
    applied_once(scene)
    the_officer_has_the_case(scene)
    nobody_was_harmed(scene, officers=1)


async def test_who_was_bridged_by_a_worker_that_is_killed_is_called_by_the_officer(scene: Scene) -> None:
    worker = await bridged(scene)
    kill(worker)
    await scene.attempt_is("lost", seconds=3)
    assert scene.case()["state"] == "with_officer"
    assert scene.open_work() == {"officer_call": "talk_lost"}
    assert scene.pending() is None  # the robot does not ring whom an officer has
    await scene.a_worker_is_warm(but=worker)
    await the_next_one_is_rung(scene)
    await settle_spool(scene)
    nobody_was_harmed(scene, officers=1)


# --- report written -----------------------------------------------------------------------------------------------------


@victims
async def test_a_report_that_was_written_is_applied_once_whoever_dies(scene: Scene, victim: str) -> None:
    call = await scene.answered()
    worker = await scene.in_talk()
    await scene.freeze_daemon()
    call.hangs_up()
    await scene.reported()
    if victim == WORKER:
        kill(worker)
        thaw(scene.daemon.pid)
        await scene.attempt_is("ended", seconds=3)
        await scene.a_worker_is_warm(but=worker)
    else:
        await scene.daemon.kill()
        await scene.daemon.start()
        await scene.attempt_is("ended")
    await the_next_one_is_rung(scene)
    await settle_spool(scene)
    applied_once(scene)
    nobody_was_harmed(scene)


# --- two daemons, and one that is asked to go ----------------------------------------------------------------------------


async def test_a_second_daemon_on_one_data_directory_is_refused_with_one_line(scene: Scene) -> None:
    ran = await scene.daemon.quanzu("run")
    assert ran.code == 1
    assert ran.err.splitlines() == [
        "Another daemon runs on this data directory. Stop it, or give this one a data.dir of its own."
    ]
    assert scene.daemon.runs()


async def test_a_daemon_that_is_asked_to_go_leaves_the_talk_to_its_worker(scene: Scene) -> None:
    call = await scene.answered()
    worker = await scene.in_talk()
    assert await scene.daemon.stop() == 0
    assert scene.processes() == [worker]
    call.presses("1")  # and the worker cares for him alone, up to the officer
    await scene.officer_comes()
    await scene.daemon.start()
    await they_talk_and_part(scene)
    applied_once(scene)
    the_officer_has_the_case(scene)
    nobody_was_harmed(scene, officers=1)
