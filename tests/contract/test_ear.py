"""What a listener may rely on, over the fake ear and the real one."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.fakes.ear import FakeEar
from tests.fakes.recognizer import FakeRecognizer
from voice.asr.ear import Ear as RealEar
from voice.dialogue.hearing import Hearing, Partial, SilentFor, SpeechStarted
from voice.listening import Ear
from voice.ports import SAMPLE_BYTES, SAMPLE_RATE, Transcript

pytestmark = pytest.mark.contract

CHUNK = 480  # samples: 60 ms, as a leg delivers them


def real(*words: str) -> Ear:
    return RealEar(FakeRecognizer(words))


def fake(*words: str) -> Ear:
    ear = FakeEar()
    ear.will_hear(*words)
    return ear


@pytest.fixture(params=[fake, real], ids=["fake", "real"])
def ear_for(request: pytest.FixtureRequest) -> Callable[..., Ear]:
    made: Callable[..., Ear] = request.param
    return made


class Line:
    """Audio for one ear, in order."""

    def __init__(self, ear: Ear) -> None:
        self.ear = ear
        self.at = 0
        self.chunks: list[tuple[Hearing, ...]] = []

    async def silence(self, ms: int) -> None:
        await self._send(np.zeros(ms * SAMPLE_RATE // 1000))

    async def voice(self, ms: int) -> None:
        time = np.arange(ms * SAMPLE_RATE // 1000) / SAMPLE_RATE
        await self._send(6000 * np.sin(2 * np.pi * 200 * time))

    async def _send(self, samples: np.ndarray) -> None:
        pcm = samples.astype("<i2").tobytes()
        for start in range(0, len(pcm), CHUNK * SAMPLE_BYTES):
            part = pcm[start : start + CHUNK * SAMPLE_BYTES]
            self.chunks.append(tuple(await self.ear.hear(part, self.at)))
            self.at += len(part) // SAMPLE_BYTES

    def all_of(self, kind: type[Hearing]) -> list[Hearing]:
        return [hearing for chunk in self.chunks for hearing in chunk if isinstance(hearing, kind)]


async def test_every_portion_of_audio_gives_a_report_and_the_clock_never_goes_back(ear_for: Callable[..., Ear]) -> None:
    line = Line(ear_for("没有接到过"))
    await line.silence(600)
    await line.voice(1200)
    await line.silence(900)

    assert all(line.chunks)
    clock = [report.at for chunk in line.chunks for report in chunk if isinstance(report, Partial | SilentFor)]
    assert clock == sorted(clock)
    assert line.at - clock[-1] < CHUNK


async def test_silence_grows_from_the_last_sound(ear_for: Callable[..., Ear]) -> None:
    line = Line(ear_for())
    await line.silence(1200)

    last = line.chunks[-1][-1]
    assert isinstance(last, SilentFor)
    assert last.samples == last.at


async def test_an_utterance_starts_once_and_its_words_are_known_before_it_is_taken(ear_for: Callable[..., Ear]) -> None:
    line = Line(ear_for("没有接到过"))
    await line.silence(600)
    await line.voice(1500)
    await line.silence(600)

    (start,) = line.all_of(SpeechStarted)
    assert abs(start.at - 600 * 8) <= CHUNK
    last = line.all_of(Partial)[-1]
    assert isinstance(last, Partial)
    assert last.text == "没有接到过"
    silent = line.chunks[-1][-1]
    assert isinstance(silent, SilentFor)
    assert abs(silent.at - silent.samples - 2100 * 8) <= CHUNK
    assert (await line.ear.take()).text == "没有接到过"


async def test_what_follows_a_taken_utterance_is_another_one(ear_for: Callable[..., Ear]) -> None:
    line = Line(ear_for("有的", "转了"))
    for words in ("有的", "转了"):
        await line.voice(1200)
        await line.silence(700)
        assert (await line.ear.take()).text == words
        taken = line.at
        await line.silence(300)
        silent = line.chunks[-1][-1]
        assert isinstance(silent, SilentFor)
        assert silent.samples <= silent.at - taken + CHUNK

    assert len(line.all_of(SpeechStarted)) == 2


async def test_nothing_is_taken_when_nothing_was_said(ear_for: Callable[..., Ear]) -> None:
    line = Line(ear_for("没有"))
    await line.silence(500)

    assert await line.ear.take() == Transcript("")
