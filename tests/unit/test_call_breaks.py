"""What breaks in a call, and what the person and the centre see of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.livecall import live_call, transferred
from tests.orders import flight_refund
from voice.errors import RecognizerFault
from voice.messages import TurnEnded, TurnStarted
from voice.report import Conclusion, HangupCause, Rang, Recordings, Standing
from voice.script.resuming import for_resuming

pytestmark = pytest.mark.unit


async def test_a_prompt_that_vanishes_ends_the_call_as_a_fault_of_ours(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await call.answered()
        await call.we_say("asked")
        for prompt in call.order.prompts.values():
            Path(prompt.path).unlink()
        await call.contact_says("有的")
        report = await call.over()

    assert call.contact.hung_up
    assert (report.cause, report.rang) == (HangupCause.MEDIA_FAULT, Rang.YES)
    assert report.turns[0].heard == "有的"


async def test_an_ear_that_breaks_does_not_leave_a_robot_that_waits_for_ever(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await call.answered()
        await call.we_say("asked")
        call.ear.breaks(RuntimeError("nobody foresaw this"))
        await call.contact_says("有的")
        await call.silence()
        await call.we_say("asked")
        await call.contact_says("有的")
        await call.silence()
        await call.we_say("silent")
        report = await call.over()

    assert len(call.all_of(TurnStarted)) == 3, "each ladder step once"
    assert report.cause is HangupCause.MEDIA_FAULT, "our fault, not his silence"


async def test_an_ear_that_breaks_does_not_cost_the_officer_who_is_on_his_way(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        officer = await call.centre_rings("e1")
        call.ear.breaks(RuntimeError("nobody foresaw this"))
        await call.prompt_ends()
        await call.silence()
        await call.until(lambda: call.contact.playing is not None)  # the hold goes on
        await officer.comes()
        call.contact.hangs_up()
        report = await call.over()

    assert not officer.leg.hung_up or report.conclusion is Conclusion.HANDED_OVER


async def test_a_fault_of_the_recogniser_counts_as_heard_and_not_understood(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await call.answered()
        await call.we_say("asked")
        await call.contact_says(RecognizerFault())
        await call.we_say("asked")
        await call.contact_says("没有")
        await call.we_say("recheck")
        call.contact.hangs_up()
        report = await call.over()

    assert [turn.heard for turn in report.turns] == ["（没听清）", "没有", ""]
    assert report.turns[0].intents == ()


async def test_an_ear_that_breaks_when_it_is_asked_for_the_words_is_silence_from_then_on(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await call.answered()
        await call.we_say("asked")
        await call.contact_says(KeyError("nobody foresaw this"))
        await call.we_say("asked")
        await call.silence()
        await call.we_say("asked")
        call.contact.hangs_up()
        report = await call.over()

    assert report.cause is HangupCause.MEDIA_FAULT


async def test_a_mistake_of_ours_in_the_middle_still_ends_in_a_report(tmp_path: Path) -> None:
    script = flight_refund()
    steps = {**script.steps, "paid_yet": replace(script.steps["paid_yet"], say=("no such sentence",))}
    async with live_call(tmp_path, script=replace(script, steps=steps)) as call:
        await call.answered()
        await call.we_say("asked")
        await call.contact_says("有的")
        report = await call.over()

    assert report.cause is HangupCause.MEDIA_FAULT


async def test_a_line_that_breaks_is_reported_so(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await call.answered()
        await call.we_say("asked", to_the_end=False)
        call.contact.lost()
        report = await call.over()

    assert (report.cause, report.rang) == (HangupCause.MEDIA_FAULT, Rang.YES)


async def test_where_the_talk_stood_is_told_after_every_turn_and_with_the_report(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await call.answered()
        await call.we_say("asked")
        await call.contact_says("有的，昨天接到过")
        await call.we_say("paid_yet")
        await call.contact_says("没有转账")
        await call.we_say("promise", to_the_end=False)
        call.contact.fails(200, q850=41)
        report = await call.over()

    assert report.cause is HangupCause.DROPPED
    assert report.standing == Standing("act", conclusion=Conclusion.WARNED, facts={"transferred": "no"})
    told = [turn.standing for turn in call.all_of(TurnEnded)]
    assert [standing.step for standing in told if standing] == ["warn", "act", "act"]


async def test_a_call_back_goes_on_with_the_talk_that_was_dropped(tmp_path: Path) -> None:
    dropped = Standing("act", ("warn",), Conclusion.NOTHING, {"transferred": "no"})
    script = for_resuming(flight_refund(), dropped)
    async with live_call(tmp_path, script=script, resumes=dropped) as call:
        await call.answered()
        said = await call.we_say("resumed_who")
        await call.contact_says("是我")
        goes_on = await call.we_say("promise")
        await call.contact_says("好的，不会转账，谢谢")
        await call.we_say("promise.promised")
        report = await call.over()

    assert said.startswith("刚才电话断了")
    assert "接下来他会说您权限没开" in goes_on, "the warning was cut short, and is said again"
    assert (report.conclusion, report.facts["transferred"]) == (Conclusion.PROMISED, "no")


async def test_recordings_that_cannot_be_joined_do_not_cost_the_report(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await call.answered()
        await call.we_say("asked", to_the_end=False)
        (tmp_path / "recordings" / "call.wav").mkdir()
        call.contact.hangs_up()
        report = await call.over()
        (tmp_path / "recordings" / "call.wav").rmdir()

    assert report.recordings == Recordings()
    assert (tmp_path / "recordings" / "sent.wav").exists(), "the halves stay"
