"""The pump of a conversation: whole talks over a telephone without a network, and everything before the answer."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest

from tests.fakes.phone import FakePhone
from tests.livecall import later, live_call, turn_of
from tests.orders import flight_refund, prompts_in
from voice.messages import (
    EndCall,
    LegProgress,
    Progress,
)
from voice.ports import Prompt
from voice.report import Conclusion, HangupCause, Rang, Recordings

pytestmark = pytest.mark.unit


# --- whole conversations ------------------------------------------------------------------------------------------------


async def test_somebody_listens_and_promises(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        (await call.rung()).rings()
        await call.answered()
        said = await call.we_say("asked")
        await call.contact_says("有的，昨天接到过")
        await call.we_say("paid_yet")
        await call.contact_says("没有转账")
        await call.we_say("promise")
        await call.contact_says("好的，不会转账，谢谢")
        await call.we_say("promise.promised")
        report = await call.over()

    assert said.startswith("您好，我是拉萨市反诈骗中心")
    assert (report.cause, report.conclusion, report.rang, report.sip_code) == (
        *(HangupCause.NORMAL, Conclusion.PROMISED, Rang.YES),
        200,
    )
    assert dict(report.facts).items() >= {"transferred": "no", "promised": "yes"}.items()
    assert [turn.step for turn in report.turns] == ["asked", "paid_yet", "promise", "promise.promised"]
    assert [turn.heard for turn in report.turns] == ["有的，昨天接到过", "没有转账", "好的，不会转账，谢谢", ""]
    assert all(turn.said_to_end for turn in report.turns)
    assert report.turns[2].intents[0] == "will_stop"
    assert report.turns[2].confidence == pytest.approx(0.9)
    assert report.turns[2].rule
    assert [progress.progress for progress in call.all_of(LegProgress)] == [
        Progress.INVITING,
        Progress.RINGING,
        Progress.ANSWERED,
    ]
    assert report.recordings == Recordings(stereo=str(tmp_path / "recordings" / "call.wav"))
    assert not (tmp_path / "recordings" / "sent.wav").exists()


async def test_the_gap_is_from_the_end_of_his_words_to_the_first_of_ours(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await call.answered()
        await call.we_say("asked")
        await call.contact_says("有的，昨天接到过")
        await call.we_say("paid_yet")
        await call.silence()
        await call.we_say("paid_yet")
        call.contact.hangs_up()
        report = await call.over()

    first, second, third = report.turns
    assert first.reply_gap_ms is not None
    assert 400 <= first.reply_gap_ms <= 1300
    assert (second.heard, second.reply_gap_ms, third.reply_gap_ms) == ("", None, None)
    assert first.started_ms < second.started_ms < third.started_ms


async def test_his_own_hello_begins_the_talk_and_is_on_file(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        (await call.rung()).answers()
        await call.settled()
        await call.contact_says("喂，你好")
        await call.we_say("asked")
        call.contact.hangs_up()
        report = await call.over()

    assert [(turn.turn, turn.step, turn.heard) for turn in report.turns] == [
        (0, "greeting", "喂，你好"),
        (1, "asked", ""),
    ]


async def test_what_is_said_while_we_speak_is_heard_with_the_question_we_are_asking(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await call.answered()
        await call.we_say("asked", to_the_end=False)
        await call.contact_says("我正在转账")
        await call.wanted()
        await call.we_say("stop_now", to_the_end=False)
        call.contact.hangs_up()
        report = await call.over()

    assert call.contact.stops == 1
    asked = turn_of(report, "asked")
    assert not asked.said_to_end
    assert asked.intents[0] == "transferring_now"
    assert report.conclusion is Conclusion.OFFICER_MISSED


async def test_who_answers_before_we_have_ended_answers_what_we_are_asking(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await call.answered()
        await call.we_say("asked", to_the_end=False)
        await call.contact_says("我知道")  # means something as an answer to this question only
        call.contact.hangs_up()
        report = await call.over()

    assert turn_of(report, "asked").intents == ("affirm",)


async def test_somebody_who_says_nothing_is_told_so_and_was_not_heard(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await call.answered()
        await call.we_say("asked")
        await call.silence()
        await call.we_say("asked")
        await call.silence()
        await call.we_say("silent")
        report = await call.over()

    assert (report.cause, report.conclusion) == (HangupCause.NORMAL, Conclusion.UNHEARD)


async def test_a_digit_is_on_file_with_its_turn(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await call.answered()
        await call.we_say("asked")
        await call.contact_presses("1")
        assert (await call.wanted()).reason == "want_human"
        await call.we_say("ask_officer", to_the_end=False)
        call.contact.hangs_up()
        report = await call.over()

    assert turn_of(report, "asked").digit == "1"


# --- before the answer --------------------------------------------------------------------------------------------------


async def test_inviting_is_told_before_the_telephone_is_asked_to_dial(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        await call.rung()
        call.contact.fails(486)
        await call.over()

    (inviting,) = [n for n, told in enumerate(call.told) if isinstance(told, LegProgress)]
    assert call.all_of(LegProgress)[0].progress is Progress.INVITING
    assert call.legs_when_told[inviting] == 0


@pytest.mark.parametrize(
    ("sip_code", "cause", "rang"),
    [
        (486, HangupCause.BUSY, Rang.YES),
        (603, HangupCause.REJECTED, Rang.YES),
        (404, HangupCause.VACANT_NUMBER, Rang.MAYBE),
        (503, HangupCause.CONGESTION, Rang.MAYBE),
        (407, HangupCause.TRUNK_FAULT, Rang.NEVER),
    ],
)
async def test_a_refusal_is_reported_as_the_network_put_it(
    tmp_path: Path, sip_code: int, cause: HangupCause, rang: Rang
) -> None:
    async with live_call(tmp_path) as call:
        (await call.rung()).fails(sip_code)
        report = await call.over()

    assert (report.cause, report.sip_code, report.conclusion) == (cause, sip_code, Conclusion.NOTHING)
    assert report.rang is rang
    assert (report.answered_at, report.turns, report.recordings) == (None, (), Recordings())
    assert isinstance(report.dialled_at, datetime)


async def test_nobody_answers_and_we_stop_ringing(tmp_path: Path) -> None:
    async with live_call(tmp_path, ring_seconds=0.01) as call:
        (await call.rung()).rings()
        report = await call.over()

    assert call.contact.hung_up
    assert (report.cause, report.sip_code, report.rang) == (HangupCause.NO_ANSWER, 487, Rang.YES)


async def test_the_ringing_time_means_nothing_once_somebody_has_answered(tmp_path: Path) -> None:
    async with live_call(tmp_path, ring_seconds=0.05) as call:
        await call.answered()
        await asyncio.wait_for(later(0.06), 1)
        await call.we_say("asked")
        assert not call.contact.hung_up
        call.contact.hangs_up()
        report = await call.over()

    assert report.cause is HangupCause.NORMAL


async def test_an_order_to_end_before_the_answer_stops_the_ringing(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        (await call.rung()).rings()
        call.pump.put(EndCall())
        report = await call.over()

    assert (report.cause, report.rang, report.conclusion) == (
        HangupCause.ENDED_BY_ORDER,
        Rang.YES,
        Conclusion.NOTHING,
    )


async def test_an_order_to_end_that_comes_before_the_dial_is_not_lost(tmp_path: Path) -> None:
    async with live_call(tmp_path) as call:
        call.pump.put(EndCall())
        report = await call.over()

    assert report.cause is HangupCause.ENDED_BY_ORDER


async def test_a_telephone_that_cannot_dial_rings_nobody(tmp_path: Path) -> None:
    phone = FakePhone()
    phone.closed = True
    async with live_call(tmp_path, phone) as call:
        report = await call.over()

    assert (report.cause, report.rang) == (HangupCause.NEVER_DIALLED, Rang.NEVER)


@pytest.mark.parametrize("gone", ["the file", "the entry"])
async def test_nobody_is_rung_when_a_prompt_is_missing(tmp_path: Path, gone: str) -> None:
    prompts = dict(prompts_in(tmp_path / "prompts", flight_refund()))
    sentence, prompt = prompts.popitem()
    if gone == "the file":
        prompts[sentence] = Prompt(prompt.text, str(tmp_path / "absent.wav"), 10)
    async with live_call(tmp_path, prompts=prompts) as call:
        report = await call.over()

    assert report.cause is HangupCause.NEVER_DIALLED
    assert call.all_of(LegProgress) == []
