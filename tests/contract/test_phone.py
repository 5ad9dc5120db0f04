"""The promises of a Phone, kept by the fake one and by the real one.

The real one rings a second real telephone in another process; the far end is played by the same words in both cases.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

from tests.fakes.phone import FakePhone
from tests.sipp import until
from tests.telephone import Told, level_of, pcm, read_wav, write_tone
from voice.errors import PhoneFault
from voice.ports import Leg, LegAnswered, LegDigit, LegEnded, LegHeard, LegPlayed, LegRinging, Phone, Trunk
from voice.report import HangupCause, Rang
from voice.sip.endpoint import SipSettings, open_phone

pytestmark = pytest.mark.contract

TRUNK = Trunk()
ROOT = Path(__file__).parents[2]


class Far(Protocol):
    """Whoever is rung."""

    uri: str

    async def invited(self) -> str: ...
    async def ring(self) -> None: ...
    async def answer(self) -> None: ...
    async def refuse(self, sip_code: int) -> None: ...
    async def say(self, tone: Path) -> None: ...
    async def press(self, digits: str) -> None: ...
    async def hang_up(self) -> None: ...
    async def let_it_play(self) -> None: ...


class Line:
    """A telephone and the one whom it rings."""

    def __init__(self, phone: Phone, far: Far, folder: Path) -> None:
        self.phone = phone
        self.far = far
        self.folder = folder
        self.told = Told()

    def dial(self, *, listen: bool = True, recorded: bool = False) -> Leg:
        sent, heard = (self.folder / "sent.wav", self.folder / "heard.wav") if recorded else (None, None)
        return self.phone.dial(
            self.far.uri, TRUNK, "call-1", self.told.tell, listen=listen, record_sent=sent, record_heard=heard
        )

    async def talk(self, *, listen: bool = True, recorded: bool = False) -> Leg:
        """Dial and be answered."""
        leg = self.dial(listen=listen, recorded=recorded)
        await self.far.invited()
        await self.far.answer()
        await self.told.answered()
        return leg


class FakeFar:
    """The words of the far end, done by the fake leg's own methods."""

    uri = "sip:13800138000@127.0.0.1"

    def __init__(self, phone: FakePhone) -> None:
        self.phone = phone

    async def invited(self) -> str:
        return (await self.phone.dialled()).call_id

    async def ring(self) -> None:
        self.phone.leg.rings()

    async def answer(self) -> None:
        self.phone.leg.answers()
        self.phone.leg.is_silent(60)

    async def refuse(self, sip_code: int) -> None:
        self.phone.leg.fails(sip_code)

    async def say(self, tone: Path) -> None:
        self.phone.leg.says(read_wav(tone)[0].astype(np.int16).tobytes())

    async def press(self, digits: str) -> None:
        self.phone.leg.presses(digits)

    async def hang_up(self) -> None:
        self.phone.leg.hangs_up()

    async def let_it_play(self) -> None:
        self.phone.leg.plays_out()


class RealFar:
    """The words of the far end, done by the other process."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, folder: Path) -> None:
        self.uri = f"sip:13800138000@127.0.0.1:{port}"
        self._process = process
        self._folder = folder

    async def invited(self) -> str:
        return await self._news("invited")

    async def ring(self) -> None:
        self._order("ring")

    async def answer(self) -> None:
        self._order("answer", self._folder / "far_sent.wav", self._folder / "far_heard.wav")

    async def refuse(self, sip_code: int) -> None:
        self._order("refuse", sip_code)

    async def say(self, tone: Path) -> None:
        self._order("play", tone)

    async def press(self, digits: str) -> None:
        self._order("press", digits)

    async def hang_up(self) -> None:
        self._order("hang_up")

    async def let_it_play(self) -> None:
        """It plays by itself."""

    def _order(self, *words: object) -> None:
        assert self._process.stdin
        self._process.stdin.write((" ".join(map(str, words)) + "\n").encode())

    async def _news(self, kind: str) -> str:
        assert self._process.stdout
        async with asyncio.timeout(10):
            while line := (await self._process.stdout.readline()).decode().split():
                if line[0] == kind:
                    return line[1]
        raise AssertionError(f"the far end ended without {kind}")

    async def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        assert await asyncio.wait_for(self._process.wait(), 10) == 0, "the far end left cleanly"


async def real_far(folder: Path) -> RealFar:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.farend"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    port = int((await process.stdout.readline()).split()[1])
    return RealFar(process, port, folder)


@pytest.fixture(params=["fake", "real"])
async def line(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Line]:
    if request.param == "fake":
        phone = FakePhone()
        yield Line(phone, FakeFar(phone), tmp_path)
        return
    far = await real_far(tmp_path)
    real = open_phone(SipSettings(), asyncio.get_running_loop())
    try:
        yield Line(real, far, tmp_path)
    finally:
        await real.close()
        await far.close()


@pytest.fixture
def prompt(tmp_path: Path) -> Path:
    return write_tone(tmp_path / "prompt.wav", 440, 0.2)


async def test_a_call_is_told_from_the_first_ring_to_its_end(line: Line) -> None:
    leg = line.dial()
    assert await line.far.invited() == "call-1"
    await line.far.ring()
    await line.told.first(LegRinging)
    await line.far.answer()
    await line.told.answered()
    leg.hang_up()
    ended = await line.told.ended()
    assert ended == LegEnded(HangupCause.NORMAL, 200, by_far_end=False, rang=Rang.YES)
    assert line.told.events == [LegRinging(180), LegAnswered(), ended]
    assert line.told.order[-1] is LegEnded


async def test_nothing_is_told_before_the_order_that_caused_it_has_returned(line: Line, prompt: Path) -> None:
    leg = await line.talk()
    before = len(line.told.order)
    leg.play(1, [prompt])
    leg.hang_up()
    assert len(line.told.order) == before
    await line.told.ended()


async def test_a_busy_far_end_ends_the_leg_at_once(line: Line) -> None:
    line.dial()
    await line.far.invited()
    await line.far.refuse(486)
    assert await line.told.ended() == LegEnded(HangupCause.BUSY, 486, by_far_end=True, rang=Rang.YES)


async def test_hanging_up_while_it_rings_is_no_answer(line: Line) -> None:
    leg = line.dial()
    await line.far.invited()
    await line.far.ring()
    await line.told.first(LegRinging)
    leg.hang_up()
    assert await line.told.ended() == LegEnded(HangupCause.NO_ANSWER, 487, by_far_end=False, rang=Rang.YES)


async def test_the_far_end_hangs_up(line: Line) -> None:
    await line.talk()
    await line.far.hang_up()
    assert await line.told.ended() == LegEnded(HangupCause.NORMAL, 200, by_far_end=True, rang=Rang.YES)


async def test_what_is_heard_is_gap_free_from_the_answer_on(line: Line, tmp_path: Path) -> None:
    leg = await line.talk()
    await line.far.say(write_tone(tmp_path / "voice.wav", 1000, 1))
    heard = await line.told.heard_samples(8000)
    assert level_of(pcm(heard)[4000:7200], 1000) > 5000
    position = 0
    for part in line.told.heard:
        assert part.first_sample == position
        position += len(part.pcm) // 2
    assert line.told.order.index(LegAnswered) < line.told.order.index(LegHeard)
    assert leg.sample_clock() >= position
    leg.hang_up()
    await line.told.ended()


async def test_a_leg_nobody_listens_to_keeps_its_clock_and_stays_quiet(line: Line, tmp_path: Path) -> None:
    leg = await line.talk(listen=False)
    await line.far.say(write_tone(tmp_path / "voice.wav", 1000, 0.5))
    await line.far.press("5")
    await line.told.first(LegDigit)
    await until(lambda: leg.sample_clock() > 0)
    assert line.told.heard == []


async def test_digits_come_one_by_one_in_order(line: Line) -> None:
    await line.talk()
    await line.far.press("1#")
    await line.told.until(lambda: len(line.told.all_of(LegDigit)) == 2)
    assert line.told.all_of(LegDigit) == [LegDigit("1"), LegDigit("#")]


async def test_a_prompt_of_several_files_is_told_once_when_all_were_played(line: Line, prompt: Path) -> None:
    leg = await line.talk()
    leg.play(7, [prompt, prompt])
    await line.far.let_it_play()
    await line.told.first(LegPlayed)
    leg.hang_up()
    await line.told.ended()
    assert line.told.all_of(LegPlayed) == [LegPlayed(7)]


async def test_a_stopped_prompt_is_never_told_as_played(line: Line, prompt: Path) -> None:
    leg = await line.talk()
    leg.play(1, [prompt])
    leg.stop_playing()
    leg.play(2, [prompt])
    await line.far.let_it_play()
    await line.told.first(LegPlayed)
    assert line.told.all_of(LegPlayed) == [LegPlayed(2)]


async def test_a_new_prompt_replaces_the_one_that_plays(line: Line, prompt: Path, tmp_path: Path) -> None:
    leg = await line.talk()
    leg.play(1, [write_tone(tmp_path / "long.wav", 440, 5)])
    leg.play(2, [prompt])
    await line.far.let_it_play()
    await line.told.first(LegPlayed)
    assert line.told.all_of(LegPlayed) == [LegPlayed(2)]


async def test_a_prompt_that_is_not_there_is_refused_at_once(line: Line, tmp_path: Path) -> None:
    leg = await line.talk()
    with pytest.raises(PhoneFault):
        leg.play(1, [tmp_path / "absent.wav"])


async def test_the_recordings_are_there_when_the_end_is_told(line: Line, prompt: Path) -> None:
    lengths: list[int] = []
    line.told.at_end = lambda: lengths.extend(
        len(read_wav(line.folder / name)[0]) for name in ("sent.wav", "heard.wav")
    )
    leg = await line.talk(recorded=True)
    leg.play(1, [prompt])
    await line.far.let_it_play()
    await line.told.first(LegPlayed)
    leg.hang_up()
    await line.told.ended()
    assert min(lengths) > 0
    assert abs(lengths[0] - lengths[1]) <= 160


async def test_the_end_is_told_once_however_often_we_hang_up(line: Line, prompt: Path) -> None:
    leg = await line.talk()
    leg.hang_up()
    leg.hang_up()
    await line.told.ended()
    leg.hang_up()
    leg.play(1, [prompt])
    leg.stop_playing()
    await line.phone.close()
    assert line.told.order.count(LegEnded) == 1
    assert line.told.order[-1] is LegEnded


async def test_closing_the_telephone_ends_every_leg_and_refuses_new_ones(line: Line) -> None:
    await line.talk()
    await line.phone.close()
    assert line.told.all_of(LegEnded) == [LegEnded(HangupCause.NORMAL, 200, by_far_end=False, rang=Rang.YES)]
    with pytest.raises(PhoneFault):
        line.dial()


async def test_the_ninth_trunk_is_refused_before_it_can_do_harm(line: Line) -> None:
    for number in range(8):
        line.phone.dial(line.far.uri, Trunk(user=f"line{number}"), f"c{number}", lambda _: None)
    with pytest.raises(PhoneFault):
        line.phone.dial(line.far.uri, Trunk(user="line8"), "c8", lambda _: None)
    line.phone.dial(line.far.uri, Trunk(user="line7"), "c9", lambda _: None)


async def test_a_recording_must_be_named_as_what_it_is(line: Line, tmp_path: Path) -> None:
    with pytest.raises(PhoneFault):
        line.phone.dial(line.far.uri, TRUNK, "c", lambda _: None, record_sent=tmp_path / "sent.mp3")


async def test_legs_that_end_in_a_bridge_harm_nobody(line: Line) -> None:
    contact = await line.talk()
    other = Told()
    officer = line.phone.dial(line.far.uri, TRUNK, "call-2", other.tell)
    line.phone.bridge(contact, officer)
    contact.hang_up()
    officer.hang_up()
    await line.told.ended()
    await other.ended()
    line.phone.bridge(contact, officer)
    officer.hang_up()
    await line.phone.close()
    assert other.order.count(LegEnded) == 1
