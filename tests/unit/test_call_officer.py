"""The officer of a call: rung, briefed, bridged; two of them; and everybody who does not come."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fakes.phone import FakePhone
from tests.livecall import CAME, live_call, transferred, turn_of
from tests.orders import brief_in, order_for, ring_order
from voice.messages import NoOfficerFree, OfficerLeg, OfficerStage, StopOfficer, TurnEnded
from voice.officers import OfficerLegs
from voice.ports import Prompt
from voice.report import Conclusion, HangupCause

pytestmark = pytest.mark.unit


async def test_an_officer_is_rung_briefed_bridged_and_the_talk_ends_when_he_leaves(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        wanted = await transferred(call)
        officer = await call.centre_rings("e1")
        await officer.comes()
        bridges, stopped = call.phone.bridges, call.contact.playing is None
        officer.leg.hangs_up()
        await call.we_say("goodbye")
        report = await call.over()

    assert wanted.reason == "transferred"
    assert wanted.facts == {"transferred": "yes", "amount_yuan": "990000"}
    assert officer.leg.plays == [(1, (Path(brief_in(tmp_path / "recordings").path),))]
    assert bridges == [(call.contact, officer.leg)]
    assert stopped, "our hold must not talk into the bridge"
    assert call.stages_of("e1") == CAME
    (part,) = report.officers
    times = [part.answered_at, part.accepted_at, part.bridged_at, part.ended_at]
    assert all(times)
    assert times == sorted(time for time in times if time)
    assert part.brief_heard_to_end
    assert report.conclusion is Conclusion.HANDED_OVER
    assert report.recordings.brief == str(tmp_path / "recordings" / "brief-1.wav")
    assert not officer.leg.listen, "an officer is not recognised"


async def test_what_two_people_say_to_one_another_is_not_our_business(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        officer = await call.centre_rings("e1")
        await officer.comes()
        told, listened = len(call.told), call.ear.heard_samples
        await call.contact_says("我不想活了")
        await call.contact_presses("1")
        assert (len(call.told), call.ear.heard_samples) == (told, listened)
        call.contact.hangs_up()
        report = await call.over()

    assert [turn.step for turn in report.turns] == ["asked", "paid"]
    assert turn_of(report, "paid").digit == ""
    kinds = [type(message) for message in call.told if isinstance(message, TurnEnded | OfficerLeg)]
    assert kinds.index(TurnEnded, 1) < len(kinds) - 2, "the turn is over before the bridge, not with the call"
    assert report.conclusion is Conclusion.HANDED_OVER
    assert call.stages_of("e1") == CAME
    assert report.officers[0].ended_at is not None


async def test_the_contact_hangs_up_while_the_officer_is_rung(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        officer = await call.centre_rings("e1")
        call.contact.hangs_up()
        report = await call.over()

    assert officer.leg.hung_up
    assert call.stages_of("e1") == (OfficerStage.RINGING,), "or the centre would ring the next officer"
    assert report.conclusion is Conclusion.OFFICER_MISSED
    assert report.officers[0].ended_at is not None


async def test_the_contact_hangs_up_while_the_officer_hears_the_brief(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        officer = await call.centre_rings("e1")
        await officer.picks_up()
        call.contact.hangs_up()
        report = await call.over()

    assert officer.leg.hung_up
    assert not report.officers[0].brief_heard_to_end
    assert report.recordings.brief


async def test_the_second_officer_comes_when_the_first_declines(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        first = await call.centre_rings("e1")
        await first.picks_up()
        await first.presses("9")
        second = await call.centre_rings("e2")
        await second.comes()
        second.leg.hangs_up()
        await call.we_say("goodbye")
        report = await call.over()

    assert call.stages_of("e1") == (OfficerStage.RINGING, OfficerStage.DECLINED)
    assert call.stages_of("e2") == CAME
    assert [part.bridged_at is not None for part in report.officers] == [False, True]
    assert report.recordings.brief.endswith("brief-2.wav"), "the brief that was taken up, not the first one"


@pytest.mark.parametrize(("sip_code", "stage"), [(486, OfficerStage.DECLINED), (603, OfficerStage.DECLINED)])
async def test_an_officer_whose_line_refuses_has_declined(tmp_path: Path, sip_code: int, stage: OfficerStage) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        officer = await call.centre_rings("e1")
        officer.leg.fails(sip_code)
        await call.until(lambda: stage in call.stages_of("e1"))
        call.contact.hangs_up()
        await call.over()

    assert call.stages_of("e1") == (OfficerStage.RINGING, stage)


async def test_an_officer_who_does_not_pick_up_in_time_is_let_go(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        officer = await call.centre_rings("e1", ring_seconds=0.01)
        await call.until(lambda: OfficerStage.UNANSWERED in call.stages_of("e1"))
        await call.settled()
        assert officer.leg.hung_up
        call.contact.hangs_up()
        await call.over()


async def test_an_officer_who_does_not_press_the_key_in_time_is_let_go(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        officer = await call.centre_rings("e1", accept_seconds=0.01)
        await officer.picks_up()
        await officer.hears_the_brief()
        await call.until(lambda: OfficerStage.UNANSWERED in call.stages_of("e1"))
        await call.settled()
        assert officer.leg.hung_up
        call.contact.hangs_up()
        await call.over()


async def test_a_repeated_order_rings_once(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        officer = await call.centre_rings("e1")
        call.pump.put(call.ring_order("e1"))
        await call.settled()
        assert len(call.phone.legs) == 2
        officer.leg.fails(486)
        await call.until(lambda: OfficerStage.DECLINED in call.stages_of("e1"))
        call.pump.put(call.ring_order("e1"))
        await call.settled()
        assert len(call.phone.legs) == 2
        call.contact.hangs_up()
        await call.over()


async def test_the_faster_of_two_officers_is_bridged_and_the_other_let_go(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        slow = await call.centre_rings("e1")
        fast = await call.centre_rings("e2")
        await slow.picks_up()
        await slow.hears_the_brief()
        await fast.comes()
        await call.settled()
        assert slow.leg.hung_up
        slow.leg.presses("1")
        fast.leg.hangs_up()
        await call.we_say("goodbye")
        report = await call.over()

    assert call.phone.bridges == [(call.contact, fast.leg)]
    assert call.stages_of("e1") == (OfficerStage.RINGING, OfficerStage.BRIEFED)
    assert [part.bridged_at is not None for part in report.officers] == [False, True]


async def test_two_officers_who_accept_in_the_same_moment_do_not_both_stay(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        one, other = await call.centre_rings("e1"), await call.centre_rings("e2")
        for officer in (one, other):
            await officer.picks_up()
            await officer.hears_the_brief()
        one.leg.presses("1")
        other.leg.presses("1")
        await call.until(lambda: len(call.phone.bridges) == 1)
        await call.settled()
        assert (one.leg.hung_up, other.leg.hung_up) == (False, True)
        one.leg.hangs_up()
        await call.we_say("goodbye")
        await call.over()

    assert call.stages_of("e1") == CAME


async def test_an_officer_who_hangs_up_in_the_moment_of_accepting_did_not_come(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        officer = await call.centre_rings("e1")
        await officer.picks_up()
        await officer.hears_the_brief()
        officer.leg.presses("1")
        officer.leg.hangs_up()
        await call.until(lambda: OfficerStage.DECLINED in call.stages_of("e1"))
        second = await call.centre_rings("e2")
        await second.comes()
        call.contact.hangs_up()
        report = await call.over()

    assert call.phone.bridges == [(call.contact, second.leg)]
    assert report.conclusion is Conclusion.HANDED_OVER


async def test_an_officer_whose_brief_cannot_be_played_is_let_go_and_the_next_one_wanted(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        officer = await call.centre_rings("e1", brief=Prompt("机票", str(tmp_path / "absent.wav"), 10))
        officer.leg.answers()
        await call.until(lambda: OfficerStage.UNANSWERED in call.stages_of("e1"))
        await call.settled()
        assert officer.leg.hung_up
        second = await call.centre_rings("e2")
        await second.comes()
        call.contact.hangs_up()
        report = await call.over()

    assert report.conclusion is Conclusion.HANDED_OVER


async def test_an_officer_whom_the_centre_stops_is_hung_up(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        officer = await call.centre_rings("e1")
        call.pump.put(StopOfficer("e1"))
        call.pump.put(StopOfficer("nobody of ours"))
        await call.until(lambda: OfficerStage.UNANSWERED in call.stages_of("e1"))
        await call.settled()
        assert officer.leg.hung_up
        call.contact.hangs_up()
        await call.over()


async def test_an_officer_is_not_rung_for_a_talk_that_wants_none(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await call.answered()
        await call.we_say("asked", to_the_end=False)
        call.pump.put(call.ring_order("e1"))
        await call.settled()
        assert len(call.phone.legs) == 1
        call.contact.hangs_up()
        await call.over()


async def test_when_no_officer_is_free_the_person_is_told_what_to_do(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        call.pump.put(NoOfficerFree())
        said = await call.we_say("officer_missed")
        report = await call.over()

    assert "幺幺零" in said
    assert (report.cause, report.conclusion) == (HangupCause.NORMAL, Conclusion.OFFICER_MISSED)


async def test_nobody_has_failed_to_come_while_somebody_is_being_rung(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await transferred(call)
        officer = await call.centre_rings("e1")
        call.pump.put(NoOfficerFree())
        await call.settled()
        assert call.contact.playing is not None, "the hold goes on"
        officer.leg.fails(486)
        await call.we_say("officer_missed")
        report = await call.over()

    assert report.conclusion is Conclusion.OFFICER_MISSED


async def test_the_report_waits_for_the_end_of_every_officers_leg(tmp_path: Path) -> None:
    phone, order = FakePhone(), order_for(tmp_path)
    legs = OfficerLegs(order, phone, lambda _: None, lambda _: None, lambda: datetime.now(UTC))
    legs.ring(ring_order("e1", brief_in(tmp_path)))
    phone.leg.fails(486)
    await asyncio.sleep(0)  # the first has gone; the second is still being rung
    legs.ring(ring_order("e2", brief_in(tmp_path)))

    await legs.settle()

    assert all(part.ended_at for part in legs.parts())
