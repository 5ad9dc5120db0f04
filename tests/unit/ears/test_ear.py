"""The ear over a scripted recogniser: what it feeds, what it reports, and when."""

import pytest

from tests.fakes.line import silence
from tests.fakes.recognizer import FakeRecognizer
from tests.fakes.speaker import speaker
from voice.asr.ear import Ear, EarRules
from voice.dialogue.hearing import Hearing, Partial, SilentFor, SpeechStarted
from voice.errors import RecognizerFault
from voice.ports import Transcript

pytestmark = pytest.mark.unit

SECOND = 8000
CHUNK = 1600


@pytest.fixture(scope="module")
def sentence() -> bytes:
    with speaker() as voice:
        return voice.say("没有接到过")


async def hear(ear: Ear, pcm: bytes, first_sample: int = 0) -> list[Hearing]:
    reports: list[Hearing] = []
    for at in range(0, len(pcm), CHUNK):
        reports += await ear.hear(pcm[at : at + CHUNK], first_sample + at // 2)
    return reports


async def test_silence_is_counted_and_costs_no_recognition() -> None:
    recognizer = FakeRecognizer()
    reports = await hear(Ear(recognizer), silence(3 * SECOND))
    assert reports == [SilentFor(at, at) for at in range(800, 3 * SECOND + 1, 800)]
    assert recognizer.fed == []


async def test_speech_is_fed_with_what_came_just_before_it_and_a_tail(sentence: bytes) -> None:
    recognizer = FakeRecognizer(["没有接到过"])
    await hear(Ear(recognizer), silence(2 * SECOND) + sentence + silence(2 * SECOND))
    fed = b"".join(recognizer.fed)
    begins = fed.find(sentence)
    assert begins >= 2 * 2000  # at least 250 ms before the first sample of the sentence
    assert begins <= 2 * 2800
    assert len(fed) - begins - len(sentence) <= 2 * 8 * 800


async def test_a_start_then_partials_then_growing_silence_are_reported(sentence: bytes) -> None:
    reports = await hear(Ear(FakeRecognizer(["没有接到过"])), silence(2 * SECOND) + sentence + silence(SECOND))
    started = [report for report in reports if isinstance(report, SpeechStarted)]
    assert len(started) == 1
    assert abs(started[0].at - 2 * SECOND) < 400
    partials = [report for report in reports if isinstance(report, Partial)]
    assert partials[-1].text == "没有接到过"
    last = reports[-1]
    assert isinstance(last, SilentFor)
    assert abs(last.at - last.samples - (2 * SECOND + len(sentence) // 2)) < 800


async def test_a_complete_answer_is_marked_so(sentence: bytes) -> None:
    ear = Ear(FakeRecognizer(["没有接到过"]), complete=lambda text: text == "没有接到过")
    partials = [
        one for one in await hear(ear, silence(SECOND) + sentence + silence(SECOND)) if isinstance(one, Partial)
    ]
    assert [one.text == "没有接到过" for one in partials] == [one.complete for one in partials]
    assert partials[-1].complete


async def test_the_next_utterance_is_another_one(sentence: bytes) -> None:
    recognizer = FakeRecognizer(["没有", "转了"])
    ear = Ear(recognizer)
    turn = silence(SECOND) + sentence + silence(SECOND)
    await hear(ear, turn)
    assert (await ear.take()).text == "没有"
    reports = await hear(ear, turn, len(turn) // 2)
    assert [report for report in reports if isinstance(report, SpeechStarted)]
    assert (await ear.take()).text == "转了"
    assert sum(utterance.count(sentence) for utterance in recognizer.utterances) == 2


async def test_who_speaks_on_after_a_forced_end_is_heard_on_without_losing_or_doubling_a_sample(
    sentence: bytes,
) -> None:
    recognizer = FakeRecognizer(["没有", "接到"])
    ear = Ear(recognizer)
    half = len(sentence) // 2 // 2 * 2
    head = silence(SECOND) + sentence[:half]
    await hear(ear, head)
    await ear.take()
    reports = await hear(ear, sentence[half:] + silence(SECOND), len(head) // 2)
    await ear.take()
    assert SpeechStarted(len(head) // 2) in reports
    assert sentence in b"".join(recognizer.utterances)


async def test_speech_that_resumes_after_the_tail_belongs_to_the_same_utterance(sentence: bytes) -> None:
    recognizer = FakeRecognizer(["没有没有"])
    ear = Ear(recognizer)
    reports = await hear(ear, silence(SECOND) + sentence + silence(SECOND) + sentence + silence(SECOND))
    assert len([report for report in reports if isinstance(report, SpeechStarted)]) == 1
    await ear.take()
    assert recognizer.utterances[0].count(sentence) == 2


async def test_an_utterance_that_nobody_takes_is_forgotten(sentence: bytes) -> None:
    recognizer = FakeRecognizer(["没有", "转了"])
    ear = Ear(recognizer)
    turn = silence(SECOND) + sentence + silence(5 * SECOND)
    await hear(ear, turn)
    reports = await hear(ear, turn, len(turn) // 2)
    assert [report for report in reports if isinstance(report, SpeechStarted)]


class _Failing(FakeRecognizer):
    async def feed(self, pcm: bytes) -> str:
        raise RecognizerFault

    async def finish(self) -> Transcript:
        raise RecognizerFault


async def test_a_fault_of_the_recogniser_costs_words_and_not_the_clock(sentence: bytes) -> None:
    ear = Ear(_Failing())
    reports = await hear(ear, silence(SECOND) + sentence + silence(SECOND))
    assert isinstance(reports[-1], SilentFor)
    assert {report.text for report in reports if isinstance(report, Partial)} == {""}
    with pytest.raises(RecognizerFault):
        await ear.take()


async def test_every_chunk_moves_the_clock(sentence: bytes) -> None:
    ear = Ear(FakeRecognizer(["没有"]), EarRules())
    pcm = silence(SECOND) + sentence + silence(SECOND)
    for at in range(0, len(pcm), 320):
        reports = await ear.hear(pcm[at : at + 320], at // 2)
        last = reports[-1]
        assert isinstance(last, Partial | SilentFor)
        assert last.at == min(at + 320, len(pcm)) // 2
