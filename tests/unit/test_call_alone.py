"""A call's orders from the centre, its time, and a centre that is gone."""

from pathlib import Path

import pytest

from tests.livecall import later, live_call, transferred, turn_of
from tests.orders import fallback_in
from voice.inbox import DaemonGone
from voice.messages import (
    EndCall,
    OfficerStage,
)
from voice.report import Conclusion, HangupCause

pytestmark = pytest.mark.unit


async def test_an_order_to_end_is_carried_out_politely(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await call.answered()
        await call.we_say("asked", to_the_end=False)
        call.pump.put(EndCall())
        await call.we_say("goodbye")
        report = await call.over()

    assert report.cause is HangupCause.ENDED_BY_ORDER


async def test_an_order_to_end_lets_the_officer_go_and_rings_no_other(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        officer = await call.centre_rings("e1")
        call.pump.put(EndCall())
        await call.we_say("goodbye", to_the_end=False)
        assert officer.leg.hung_up
        call.pump.put(call.ring_order("e2"))
        await call.settled()
        assert len(call.phone.legs) == 2
        await call.prompt_ends()
        report = await call.over()

    assert call.stages_of("e1") == (OfficerStage.RINGING,)
    assert report.conclusion is Conclusion.OFFICER_MISSED


async def test_when_the_time_is_up_we_say_goodbye(tmp_path: Path) -> None:
    async with live_call(tmp_path, max_call_seconds=0.05) as call:
        await call.answered()
        await call.we_say("asked", to_the_end=False)
        await call.we_say("goodbye")
        report = await call.over()

    assert (report.cause, report.conclusion) == (HangupCause.NORMAL, Conclusion.UNHEARD)


async def test_a_goodbye_that_never_ends_does_not_hold_the_line(tmp_path: Path) -> None:
    async with live_call(tmp_path, goodbye_seconds=0.05, max_call_seconds=0.05) as call:
        await call.answered()
        await call.we_say("asked", to_the_end=False)
        await call.we_say("goodbye", to_the_end=False)
        report = await call.over()

    assert call.contact.hung_up
    assert not turn_of(report, "goodbye").said_to_end


async def test_a_bridged_talk_may_last(tmp_path: Path) -> None:
    async with live_call(tmp_path, goodbye_seconds=0.01, max_call_seconds=0.2) as call:
        await transferred(call)
        officer = await call.centre_rings("e1")
        await officer.comes()
        await later(0.22)
        assert not call.contact.hung_up
        officer.leg.hangs_up()
        await call.we_say("goodbye")
        report = await call.over()

    assert report.conclusion is Conclusion.HANDED_OVER


async def test_without_a_centre_the_talk_goes_on(tmp_path: Path) -> None:
    async with live_call(tmp_path, fallback=fallback_in(tmp_path)) as call:
        await call.answered()
        call.pump.put(DaemonGone())
        await call.we_say("asked")
        await call.contact_says("没有")
        await call.we_say("recheck")
        await call.contact_says("没有")
        await call.we_say("denied")
        report = await call.over()

    assert report.conclusion is Conclusion.DENIES
    assert len(call.phone.legs) == 1


@pytest.mark.parametrize("when", ["before an officer is wanted", "while one is awaited"])
async def test_without_a_centre_the_fall_back_officer_is_rung(tmp_path: Path, when: str) -> None:
    async with live_call(tmp_path, fallback=fallback_in(tmp_path)) as call:
        if when.startswith("before"):
            call.pump.put(DaemonGone())
        await transferred(call)
        if when.startswith("while"):
            assert len(call.phone.legs) == 1
            call.pump.put(DaemonGone())
        officer = await call.officer_rung("attempt-1-fallback")
        assert (officer.leg.uri, officer.leg.call_id) == ("sip:fallback@127.0.0.1", "call-1-fallback")
        await officer.comes()
        officer.leg.hangs_up()
        await call.we_say("goodbye")
        report = await call.over()

    assert report.conclusion is Conclusion.HANDED_OVER
    assert [part.escalation for part in report.officers] == ["attempt-1-fallback"]


async def test_the_fall_back_officer_is_rung_exactly_once_and_then_nobody_came(tmp_path: Path) -> None:
    async with live_call(tmp_path, fallback=fallback_in(tmp_path)) as call:
        await transferred(call)
        call.pump.put(DaemonGone())
        officer = await call.officer_rung("attempt-1-fallback")
        call.pump.put(DaemonGone())
        await call.settled()
        officer.leg.fails(486)
        await call.we_say("officer_missed", to_the_end=False)
        call.pump.put(DaemonGone())
        await call.settled()
        await call.prompt_ends()
        report = await call.over()

    assert len(call.phone.legs) == 2
    assert report.conclusion is Conclusion.OFFICER_MISSED


async def test_an_officer_whom_the_centre_has_rung_already_is_not_rung_again_as_the_fall_back(tmp_path: Path) -> None:
    fallback = fallback_in(tmp_path)
    async with live_call(tmp_path, fallback=fallback) as call:
        await transferred(call)
        officer = await call.centre_rings("e1", uri=fallback.uri)
        officer.leg.fails(486)
        call.pump.put(DaemonGone())
        await call.we_say("officer_missed")
        report = await call.over()

    assert len(call.phone.legs) == 2
    assert report.conclusion is Conclusion.OFFICER_MISSED


async def test_without_a_centre_and_a_fall_back_nobody_comes(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        call.pump.put(DaemonGone())
        await call.we_say("officer_missed")
        report = await call.over()

    assert report.conclusion is Conclusion.OFFICER_MISSED


async def test_an_officer_who_is_on_his_way_still_comes_when_the_centre_is_gone(tmp_path: Path) -> None:
    async with live_call(tmp_path, fallback=fallback_in(tmp_path)) as call:
        await transferred(call)
        officer = await call.centre_rings("e1")
        call.pump.put(DaemonGone())
        await officer.comes()
        officer.leg.hangs_up()
        await call.we_say("goodbye", to_the_end=False)
        call.pump.put(DaemonGone())
        await call.settled()
        await call.prompt_ends()
        report = await call.over()

    assert len(call.phone.legs) == 2, "nobody is rung after the officer has been there"
    assert report.conclusion is Conclusion.HANDED_OVER


async def test_a_silent_centre_is_waited_for_no_longer_than_agreed(tmp_path: Path) -> None:
    async with live_call(tmp_path, officer_wait_seconds=0.02, fallback=fallback_in(tmp_path)) as call:
        await transferred(call)
        officer = await call.officer_rung("attempt-1-fallback")
        await officer.comes()
        call.contact.hangs_up()
        report = await call.over()

    assert report.conclusion is Conclusion.HANDED_OVER


async def test_a_silent_centre_and_no_fall_back_end_in_advice(tmp_path: Path) -> None:
    async with live_call(tmp_path, officer_wait_seconds=0.02) as call:
        await transferred(call)
        await call.we_say("officer_missed")
        report = await call.over()

    assert report.conclusion is Conclusion.OFFICER_MISSED


async def test_a_fall_back_that_cannot_be_dialled_did_not_come(tmp_path: Path) -> None:
    async with live_call(tmp_path, fallback=fallback_in(tmp_path)) as call:
        await transferred(call)
        call.phone.closed = True
        call.pump.put(DaemonGone())
        await call.we_say("officer_missed")
        report = await call.over()

    (part,) = report.officers
    assert (part.answered_at, part.ended_at) == (None, None)
