"""A line that breaks in mid-talk, against SIPp: told from a person who hangs up, and from one who only listens."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cued import Cued, CuedCall, cued
from tests.telephone import Told
from voice.ports import LegEnded, Trunk
from voice.report import HangupCause, Rang
from voice.sip.endpoint import PjsuaPhone, SipSettings, open_phone
from voice.sip.flow import GONE_SECONDS, STEADY_SECONDS

pytestmark = pytest.mark.integration
NUMBER = "13800138000"
SECOND = 8000  # samples


@pytest.fixture
async def phone() -> AsyncIterator[PjsuaPhone]:
    phone = open_phone(SipSettings(), asyncio.get_running_loop())
    yield phone
    await phone.close()


async def answered(phone: PjsuaPhone, citizen: Cued, told: Told) -> CuedCall:
    phone.dial(citizen.uri(NUMBER), Trunk(), "dropped", told.tell)
    call = await citizen.invited(NUMBER)
    call.rings()
    await call.answers()
    await told.answered()
    return call


async def test_audio_that_came_steadily_and_stops_ends_the_call_as_dropped(phone: PjsuaPhone, tmp_path: Path) -> None:
    told = Told()
    async with cued(tmp_path) as citizen:
        call = await answered(phone, citizen, told)
        await told.heard_samples(int(STEADY_SECONDS + 2) * SECOND)
        call.falls_silent()
        ended = await told.ended(seconds=GONE_SECONDS + 4)
        await call.is_ended()

    assert (ended.cause, ended.rang, ended.by_far_end) == (HangupCause.DROPPED, Rang.YES, False)


async def test_audio_that_stops_before_it_was_seen_to_be_steady_ends_nothing(phone: PjsuaPhone, tmp_path: Path) -> None:
    """A telephone that suppresses silence: he said "喂" and listens."""
    told = Told()
    async with cued(tmp_path) as citizen:
        call = await answered(phone, citizen, told)
        await told.heard_samples(2 * SECOND)
        call.falls_silent()
        await told.until(lambda: sum(len(part.pcm) for part in told.heard) >= 2 * int(GONE_SECONDS + 5) * SECOND, 20)
        assert told.all_of(LegEnded) == []
        call.hangs_up()
        assert (await told.ended()).cause is HangupCause.NORMAL


@pytest.mark.parametrize(
    ("q850", "cause"), [(16, HangupCause.NORMAL), (31, HangupCause.NORMAL), (41, HangupCause.DROPPED)]
)
async def test_the_cause_in_the_bye_tells_who_ended_the_call(
    phone: PjsuaPhone, tmp_path: Path, q850: int, cause: HangupCause
) -> None:
    told = Told()
    async with cued(tmp_path) as citizen:
        call = await answered(phone, citizen, told)
        await told.heard_samples(SECOND)
        call.hangs_up(q850)
        ended = await told.ended()

    assert (ended.cause, ended.sip_code, ended.by_far_end) == (cause, 200, True)
