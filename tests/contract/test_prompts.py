"""What whoever plays prompts may rely on, over the fake and the real holder of the port."""

import asyncio
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.prompts import FakePrompts
from voice.errors import SpeechDown, Unspeakable
from voice.ports import Prompt, Prompts
from voice.tts.prompts import PromptCache
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import open_synthesizer

pytestmark = pytest.mark.contract

HELLO = "您好，这里是反诈骗中心。"
LONGER = "请您马上停止转账，不要提供验证码，我们的民警会给您打电话。"


@dataclass
class Rig:
    prompts: Prompts
    break_speech: Callable[[], Prompts]  # the same folder, and nobody there to speak


@asynccontextmanager
async def _real(directory: Path) -> AsyncIterator[Rig]:
    async with AsyncExitStack() as stack:
        settings = SpeechSettings()
        synthesizer = await stack.enter_async_context(open_synthesizer(settings))
        # Fails in start_seconds: no process becomes ready in no time.
        mute = await stack.enter_async_context(open_synthesizer(SpeechSettings(start_seconds=0)))
        cache = PromptCache(directory, synthesizer, settings)
        yield Rig(cache, lambda: PromptCache(directory, mute, settings))


@asynccontextmanager
async def _fake(directory: Path) -> AsyncIterator[Rig]:
    prompts = FakePrompts(directory)

    def break_speech() -> Prompts:
        prompts.down = True
        return prompts

    yield Rig(prompts, break_speech)


@pytest.fixture(params=[_fake, _real], ids=["fake", "real"])
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    async with request.param(tmp_path / "prompts") as rig:
        yield rig


def _samples(prompt: Prompt) -> np.ndarray:
    with wave.open(prompt.path, "rb") as audio:
        assert (audio.getnchannels(), audio.getsampwidth(), audio.getframerate()) == (1, 2, 8000)
        return np.frombuffer(audio.readframes(audio.getnframes()), "<i2").astype(float)


async def test_every_sentence_gets_a_telephone_prompt_of_its_own(rig: Rig) -> None:
    rendered = await rig.prompts.render([HELLO, LONGER])

    assert set(rendered) == {HELLO, LONGER}
    assert [rendered[t].text for t in (HELLO, LONGER)] == [HELLO, LONGER]
    assert rendered[HELLO].path != rendered[LONGER].path
    for prompt in rendered.values():
        samples = _samples(prompt)
        assert prompt.ms == samples.size * 1000 // 8000
        assert 0.49 < np.max(np.abs(samples)) / 32768 < 0.51
        assert np.sqrt(np.mean(samples**2)) > 655


async def test_the_length_is_that_of_speech(rig: Rig) -> None:
    rendered = await rig.prompts.render([HELLO, LONGER])

    assert 2000 < rendered[HELLO].ms < 5000
    assert 5000 < rendered[LONGER].ms < 12000


async def test_a_faster_rate_makes_another_and_shorter_prompt(rig: Rig) -> None:
    slow = (await rig.prompts.render([LONGER], 130))[LONGER]
    fast = (await rig.prompts.render([LONGER], 200))[LONGER]

    assert slow.path != fast.path
    assert slow.ms > fast.ms * 1.2


async def test_asking_again_gives_the_same_prompt(rig: Rig) -> None:
    first = await rig.prompts.render([HELLO])
    again = await rig.prompts.render([HELLO, HELLO])

    assert first == again


async def test_many_may_ask_for_the_same_sentence_at_once(rig: Rig) -> None:
    answers = await asyncio.gather(*(rig.prompts.render([HELLO, LONGER]) for _ in range(5)))

    assert all(answer == answers[0] for answer in answers)


async def test_no_sentences_are_no_prompts(rig: Rig) -> None:
    assert await rig.prompts.render([]) == {}


async def test_names_of_files_tell_nothing(rig: Rig) -> None:
    prompt = (await rig.prompts.render([HELLO]))[HELLO]

    name = Path(prompt.path).name
    assert name.isascii()
    assert len(name) == 64 + len(".wav")


@pytest.mark.parametrize(
    ("sentence", "stranger"),
    [("请拨打96110。", "9"), ("不要下载App。", "A"), ("ང་ཚོ", "ང"), ("转了５万。", "５"), ("您好😀", "😀")],
)
async def test_what_the_voice_cannot_read_is_refused_by_name(rig: Rig, sentence: str, stranger: str) -> None:
    with pytest.raises(Unspeakable, match=stranger):
        await rig.prompts.render([HELLO, sentence])


@pytest.mark.parametrize("sentence", ["", "  ", "。", "……"])
async def test_a_sentence_without_words_is_refused(rig: Rig, sentence: str) -> None:
    with pytest.raises(Unspeakable):
        await rig.prompts.render([sentence])


async def test_with_speech_down_old_sentences_still_come_and_new_ones_are_refused(rig: Rig) -> None:
    before = await rig.prompts.render([HELLO])
    mute = rig.break_speech()

    assert await mute.render([HELLO]) == before
    with pytest.raises(SpeechDown):
        await mute.render([LONGER])
