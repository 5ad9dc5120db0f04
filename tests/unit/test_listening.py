"""The ear's own loop: which turn a reply and a silence belong to, and an ear that fails."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.fakes.ear import FakeEar
from voice.dialogue.turntaking import TurnRules
from voice.errors import RecognizerFault
from voice.listening import GARBLED, EarLost, HeardSomething, Listener, ReplyHeard, SilenceHeard, SpeechBegan

pytestmark = pytest.mark.unit

PER_MS = 8


class Line:
    """A listener and the sound that comes to it."""

    def __init__(self) -> None:
        self.ear = FakeEar()
        self.posted: list[HeardSomething] = []
        self.listener = Listener(self.ear, TurnRules(), self.posted.append)
        self.at = 0

    async def silence(self, ms: int) -> None:
        await self._sound(b"\0\0", ms)

    async def voice(self, ms: int) -> None:
        await self._sound(b"\x10\x20", ms)

    async def _sound(self, sample: bytes, ms: int) -> None:
        for _ in range(ms // 60):
            self.listener.audio(sample * 60 * PER_MS, self.at)
            self.at += 60 * PER_MS
        await self.settled()

    async def settled(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    line = Line()
    running = asyncio.create_task(line.listener.run())
    yield line
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_reply_belongs_to_the_turn_in_which_it_began(line: Line) -> None:
    line.ear.will_hear("有的")
    line.listener.begin_turn(1)
    await line.voice(300)
    line.listener.begin_turn(2)
    await line.voice(300)
    await line.silence(900)

    began, reply = line.posted
    assert began == SpeechBegan(1)
    assert isinstance(reply, ReplyHeard)
    assert (reply.turn, reply.transcript.text, reply.began, reply.ended) == (1, "有的", 0, 600 * PER_MS)


async def test_a_silence_belongs_to_the_turn_that_asked_for_it(line: Line) -> None:
    line.listener.begin_turn(1)
    line.listener.listen(1, line.at, 1000 * PER_MS)
    await line.silence(600)
    line.listener.begin_turn(2)  # a key was pressed; nobody asked for silence again
    await line.silence(600)

    assert line.posted == [SilenceHeard(1)]


async def test_nothing_is_heard_while_two_people_talk(line: Line) -> None:
    line.listener.begin_turn(1)
    line.listener.listen(1, 0, 1000 * PER_MS)
    line.listener.deafen()
    await line.voice(600)
    await line.silence(3000)

    assert line.posted == []


async def test_a_recogniser_that_fails_on_one_utterance_hears_the_next(line: Line) -> None:
    line.ear.will_hear(RecognizerFault(), "没有")
    for _ in range(2):
        await line.voice(600)
        await line.silence(900)

    texts = [heard.transcript for heard in line.posted if isinstance(heard, ReplyHeard)]
    assert texts[0] is GARBLED
    assert texts[1].text == "没有"
    assert EarLost() not in line.posted


async def test_an_ear_that_fails_for_good_leaves_a_clock_that_goes_on(line: Line) -> None:
    line.listener.begin_turn(1)
    line.ear.will_hear("有")
    await line.voice(300)
    line.ear.breaks(RuntimeError("nobody foresaw this"))
    await line.voice(300)
    await line.silence(300)
    line.listener.listen(1, line.at, 1000 * PER_MS)
    await line.voice(1200)

    kinds = [type(heard) for heard in line.posted]
    assert kinds == [SpeechBegan, EarLost, ReplyHeard, SilenceHeard]
    reply = line.posted[2]
    assert isinstance(reply, ReplyHeard)
    assert reply.transcript.text == "", "half an utterance nobody can finish is a cough"
