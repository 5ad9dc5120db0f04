"""The bundled model through the real recogniser: what it hears in voices that it was not trained with, and in ours."""

import re
from collections.abc import Iterator

import pytest

from tests.fakes.line import mixed, noise, silence, through_alaw
from tests.fakes.speaker import Speaker, speaker
from voice.asr.catalogue import BUNDLED
from voice.asr.preload import model
from voice.asr.recognizer import VoskRecognizer
from voice.asr.training.build import UNKNOWN
from voice.asr.training.lexicon import characters, cut, vocabulary
from voice.asr.training.speaking import OURS, TEST_VARIANTS
from voice.asr.training.texts import scripted
from voice.asr.training.units import all_syllables
from voice.phones import wordings
from voice.ports import Transcript
from voice.tts.voices import CITIZENS, OFFICER, ROBOT
from voice.understanding import understand

pytestmark = pytest.mark.integration

UNSEEN = ("sit/cmn+f4", "sit/cmn+michael", "sit/cmn+linda")
TURNS = [turn for turn in vars(wordings).values() if isinstance(turn, wordings.Turn)]
WORDINGS = sorted({wording for turn in TURNS for wording in turn.wordings})


@pytest.fixture(scope="module")
def voice() -> Iterator[Speaker]:
    with speaker() as speaking:
        yield speaking


async def heard(pcm: bytes) -> Transcript:
    recognizer = VoskRecognizer(model())
    line = through_alaw(mixed(silence(2400) + pcm + silence(4000), noise(6400 + len(pcm) // 2, 20)))
    for at in range(0, len(line), 1600):
        await recognizer.feed(line[at : at + 1600])
    transcript = await recognizer.finish()
    recognizer.close()
    return transcript


def test_it_is_small() -> None:
    assert sum(file.stat().st_size for file in BUNDLED.rglob("*") if file.is_file()) <= 6_000_000


def test_its_graphs_hold_the_words_of_the_list() -> None:
    listed = {*vocabulary(), *characters(), *all_syllables(), "<eps>", UNKNOWN}
    held = {line.split()[0] for line in (BUNDLED / "graph/words.txt").read_text(encoding="utf-8").splitlines()}

    assert listed - held == set(), "run `make graph`"


def test_what_the_call_scripts_are_written_with_can_be_heard() -> None:
    held = {line.split()[0] for line in (BUNDLED / "graph/words.txt").read_text(encoding="utf-8").splitlines()}

    assert [phrase for phrase in scripted() if not held.issuperset(cut(phrase))] == [], "run `make graph`"


def test_the_voices_of_the_product_are_trained_and_those_of_the_evaluation_are_not() -> None:
    ours = {name.partition("+")[2] for name in (ROBOT, OFFICER, *CITIZENS)}

    assert ours <= set(OURS)
    assert not ours & set(TEST_VARIANTS)


@pytest.mark.parametrize("name", UNSEEN)
@pytest.mark.parametrize(
    "text", ["我没有接到过这种电话", "他让我下载了一个会议软件", "晚上八点以后再打来", "你们是哪个派出所的"]
)
async def test_a_sentence_in_a_voice_never_heard_comes_back_word_for_word(voice: Speaker, name: str, text: str) -> None:
    assert (await heard(voice.say(text, name))).text == text


@pytest.mark.parametrize("text", ["没得这个事", "我不晓得他是啥子人", "那咋个办嘛", "要得我不转了"])
async def test_sichuan_words_are_words(voice: Speaker, text: str) -> None:
    assert (await heard(voice.say(text, UNSEEN[0]))).text == text


@pytest.mark.parametrize("number", range(len(WORDINGS)))
async def test_every_wording_of_the_simulated_people_is_understood_as_it_is_written(
    voice: Speaker, number: int
) -> None:
    said = re.sub("[，。？！]", " ", WORDINGS[number])
    name = (*CITIZENS, OFFICER)[number % 4]
    transcript = await heard(voice.say(said, name, wpm=(150, 170)[number % 2]))
    meant = understand(said)

    assert understand(transcript.text).names() == meant.names(), transcript.text
    assert understand(transcript.text).amount_yuan == meant.amount_yuan


@pytest.mark.parametrize(("text", "sound"), [("我买了一个柠檬", "ning"), ("我要喷漆", "pen"), ("一个螃蟹", "pang")])
async def test_what_is_no_word_comes_out_as_its_sound(voice: Speaker, text: str, sound: str) -> None:
    assert sound in (await heard(voice.say(text, UNSEEN[0]))).text


async def test_words_have_their_times_and_confidence(voice: Speaker) -> None:
    transcript = await heard(voice.say("是的 他让我转账", UNSEEN[0]))

    assert "".join(word.text for word in transcript.words) == transcript.text == "是的他让我转账"
    starts = [word.start_ms for word in transcript.words]
    assert starts == sorted(starts)
    assert starts[0] >= 150
    assert transcript.confidence > 0.8
