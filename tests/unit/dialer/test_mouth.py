"""A script as sound: what was recorded is played, the rest is spoken, and the transcript keeps the text of both."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from dialer.versions.mouth import Mouth
from tests.fakes.prompts import FakePrompts
from tests.recordings import syllables, write
from tests.smallscript import SCRIPT
from voice.errors import RecordedSentenceLost
from voice.script.model import Script, Sentence
from voice.tts.keeping import RecordedSentences

pytestmark = pytest.mark.unit

TIBETAN = "བཀྲ་ཤིས་བདེ་ལེགས།"
SPOKEN = {name: Sentence(name, "您好，请您听我说。") for name in SCRIPT.sentences}


@pytest.fixture
def mouth(tmp_path: Path) -> Mouth:
    return Mouth(FakePrompts(tmp_path / "prompts"), RecordedSentences(tmp_path / "recorded", tmp_path))


def with_opening(text: str, content: bytes) -> Script:
    recorded = Sentence("opening.1", text, recording="hello.wav", recording_sha256=hashlib.sha256(content).hexdigest())
    return replace(SCRIPT, sentences={**SPOKEN, "opening.1": recorded})


async def test_a_recorded_sentence_is_played_and_the_others_are_spoken(mouth: Mouth, tmp_path: Path) -> None:
    recording = write(tmp_path / "hello.wav", syllables())

    prompts = await mouth.of(with_opening(TIBETAN, recording.read_bytes()))

    assert prompts.keys() == SCRIPT.sentences.keys()
    assert (prompts["opening.1"].text, Path(prompts["opening.1"].path).parent.name) == (TIBETAN, "recorded")
    assert Path(prompts["asked.1"].path).parent.name == "prompts"


async def test_a_lost_recording_is_said_by_the_voice(mouth: Mouth) -> None:
    prompts = await mouth.of(with_opening("您好。", b"lost"))

    assert Path(prompts["opening.1"].path).parent.name == "prompts"


async def test_a_lost_recording_that_the_voice_cannot_say_is_told(mouth: Mouth) -> None:
    with pytest.raises(RecordedSentenceLost, match=r"'hello\.wav'"):
        await mouth.of(with_opening(TIBETAN, b"lost"))
