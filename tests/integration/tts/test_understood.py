"""What the voices say is understood on the telephone: rendered, sent through A-law, recognised with the bundled model.

Syllables are compared, because homophones are the language model's matter.
"""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import soxr
from pypinyin import lazy_pinyin

from tests.fakes.line import noise, silence, through_alaw
from voice.asr.catalogue import BUNDLED
from voice.asr.recognizer import LoadedModel, VoskRecognizer, load_model
from voice.tts.prompts import PromptCache, _read
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import Synthesizer, open_synthesizer
from voice.tts.voices import CITIZENS, OFFICER

pytestmark = pytest.mark.integration

# Of the flight-refund talk.
PROMPTS = (
    "你好，这里是反诈中心。",
    "是不是有人说航班取消，要给你退款？",
    "航空公司退款，不会让你共享屏幕。",
    "请你先不要下载软件，不要点链接。",
    "你今天转过钱吗？",
    "他有没有要你的银行卡号和密码？",
    "请你打航空公司电话问一下。",
    "我们马上让民警给你打电话。",
    "刚转九十九万，退改签，人在线上。",
)
# What simulated people say.
REPLIES = (
    "没有接到过",
    "我就是",
    "已经转账了",
    "我刚刚转了九十九万",
    "他让我共享屏幕",
    "你是骗子吧",
    "好的谢谢你",
    "我知道了",
    "我在开车",
    "再见",
)


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    return load_model(BUNDLED)


@pytest.fixture
async def synthesizer() -> AsyncIterator[Synthesizer]:
    async with open_synthesizer(SpeechSettings()) as synthesizer:
        yield synthesizer


async def _recognised(model: LoadedModel, pcm: bytes) -> str:
    recognizer = VoskRecognizer(model)
    line = through_alaw(noise(2400, 8) + pcm + silence(4000))
    for at in range(0, len(line), 1600):
        await recognizer.feed(line[at : at + 1600])
    heard = await recognizer.finish()
    recognizer.close()
    return heard.text


def _wrong(said: str, heard: str) -> tuple[int, int]:
    """Syllables that did not come back, and syllables said."""
    wanted, got = (lazy_pinyin("".join(c for c in t if "一" <= c <= "鿿")) for t in (said, heard))
    return _distance(wanted, got), len(wanted)


def _distance(one: Sequence[str], other: Sequence[str]) -> int:
    row = list(range(len(other) + 1))
    for i, x in enumerate(one, 1):
        corner, row[0] = row[0], i
        for j, y in enumerate(other, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (x != y))
    return row[-1]


@pytest.mark.parametrize("rate_wpm", [160, 180])
async def test_nine_of_ten_syllables_of_our_prompts_come_back(
    model: LoadedModel, synthesizer: Synthesizer, tmp_path: Path, rate_wpm: int
) -> None:
    cache = PromptCache(tmp_path, synthesizer, SpeechSettings())
    wrong = said = 0
    for text, prompt in (await cache.render(PROMPTS, rate_wpm)).items():
        heard = await _recognised(model, _read(Path(prompt.path))[0].tobytes())
        lost, syllables = _wrong(text, heard)
        assert lost <= syllables / 3, (text, heard)
        wrong, said = wrong + lost, said + syllables

    assert wrong <= said / 10


@pytest.mark.parametrize("voice", [*CITIZENS, OFFICER])
async def test_simulated_people_are_heard_almost_word_for_word(
    model: LoadedModel, synthesizer: Synthesizer, tmp_path: Path, voice: str
) -> None:
    wrong = said = 0
    for text in REPLIES:
        path = tmp_path / "reply.wav"
        await synthesizer.say(text, path, voice=voice, rate_wpm=170)
        samples, rate = _read(path)
        pcm = soxr.resample(samples, rate, 8000).tobytes()
        lost, syllables = _wrong(text, await _recognised(model, pcm))
        wrong, said = wrong + lost, said + syllables

    assert wrong <= said / 20
