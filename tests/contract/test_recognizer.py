"""What every Recognizer promises, over the fake and over Vosk with the bundled model."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.fakes.line import silence, through_alaw
from tests.fakes.recognizer import FakeRecognizer
from tests.fakes.speaker import speaker
from voice.asr.preload import model
from voice.asr.recognizer import VoskRecognizer
from voice.errors import RecognizerFault
from voice.ports import Recognizer

pytestmark = pytest.mark.contract

TEXTS = ("没有接到过", "转了九十九万")
CHUNK = 1600


@dataclass(frozen=True)
class Case:
    recognizer: Recognizer
    utterances: tuple[bytes, ...]  # the audio of TEXTS


@pytest.fixture(scope="module")
def spoken() -> tuple[bytes, ...]:
    with speaker() as voice:
        return tuple(through_alaw(silence(2400) + voice.say(text) + silence(4800)) for text in TEXTS)


@pytest.fixture(params=["fake", "vosk"])
def case(request: pytest.FixtureRequest, spoken: tuple[bytes, ...]) -> Iterator[Case]:
    recognizer: Recognizer = FakeRecognizer(TEXTS) if request.param == "fake" else VoskRecognizer(model())
    yield Case(recognizer, spoken)
    recognizer.close()


async def feed(recognizer: Recognizer, pcm: bytes) -> str:
    believed = ""
    for at in range(0, len(pcm), CHUNK):
        believed = await recognizer.feed(pcm[at : at + CHUNK])
    return believed


async def test_without_audio_there_are_no_words(case: Case) -> None:
    transcript = await case.recognizer.finish()
    assert transcript.text == ""
    assert transcript.words == ()
    assert transcript.confidence == 0.0


async def test_an_utterance_comes_back_as_text_without_spaces(case: Case) -> None:
    await feed(case.recognizer, case.utterances[0])
    assert (await case.recognizer.finish()).text == TEXTS[0]


async def test_what_is_believed_at_the_end_is_the_transcript(case: Case) -> None:
    believed = await feed(case.recognizer, case.utterances[0])
    assert believed == (await case.recognizer.finish()).text


async def test_the_words_are_the_text_in_the_order_of_their_times(case: Case) -> None:
    await feed(case.recognizer, case.utterances[0])
    transcript = await case.recognizer.finish()
    assert "".join(word.text for word in transcript.words) == transcript.text
    times = [time for word in transcript.words for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert times[-1] <= len(case.utterances[0]) / 16
    assert all(0 < word.confidence <= 1 for word in transcript.words)
    assert 0 < transcript.confidence <= 1


async def test_nothing_of_an_utterance_is_left_in_the_next(case: Case) -> None:
    for pcm, text in zip(case.utterances, TEXTS, strict=True):
        await feed(case.recognizer, pcm)
        assert (await case.recognizer.finish()).text == text


async def test_finishing_twice_gives_the_words_once(case: Case) -> None:
    await feed(case.recognizer, case.utterances[0])
    await case.recognizer.finish()
    assert (await case.recognizer.finish()).text == ""


async def test_a_closed_recogniser_refuses(case: Case) -> None:
    await feed(case.recognizer, case.utterances[0])
    case.recognizer.close()
    with pytest.raises(RecognizerFault):
        await case.recognizer.feed(case.utterances[0])
    with pytest.raises(RecognizerFault):
        await case.recognizer.finish()
