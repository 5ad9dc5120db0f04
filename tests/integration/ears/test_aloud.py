"""A few replies spoken, sent down a line, heard and understood; a recording heard with its times."""

import wave
from pathlib import Path

import pytest

from voice.asr.catalogue import BUNDLED
from voice.asr.recognizer import load_model
from voice.errors import RecordingLost
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import open_synthesizer
from voice.understanding import understand
from voice.workers.aloud import read_recording, spoken_and_heard, utterances

pytestmark = pytest.mark.integration

REPLIES = {
    "我刚刚转了九十九万": "transferred",
    "没有接到过": "deny",
    "转人工": "want_human",
    "我下了他的App": "app_or_screen_share",
}


async def test_what_is_spoken_is_heard_and_understood() -> None:
    async with open_synthesizer(SpeechSettings()) as synthesizer:
        heard = [text async for text in spoken_and_heard(list(REPLIES), load_model(BUNDLED), synthesizer)]

    assert [understand(text).top for text in heard] == list(REPLIES.values())


async def test_a_recording_of_two_replies_is_heard_as_two(tmp_path: Path) -> None:
    path = tmp_path / "two.wav"
    async with open_synthesizer(SpeechSettings()) as synthesizer:
        await synthesizer.say("没有接到过", tmp_path / "one.wav")
    with wave.open(str(tmp_path / "one.wav"), "rb") as one, wave.open(str(path), "wb") as two:
        two.setparams(one.getparams())
        pcm = one.readframes(one.getnframes())
        two.writeframes(pcm + bytes(2 * 22050 * 2) + pcm)

    heard = await utterances(read_recording(path), load_model(BUNDLED))

    assert [one.transcript.text for one in heard] == ["没有接到过", "没有接到过"]
    assert heard[0].ended < heard[1].began
    believed = [text for _, text in heard[0].believed]
    assert believed[-1] == "没有接到过"
    assert len(believed) > 1  # it grew while it was spoken
    assert [at for at, _ in heard[0].believed] == sorted({at for at, _ in heard[0].believed})


def test_a_file_that_is_no_recording_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.wav").write_text("no sound in here")

    with pytest.raises(RecordingLost, match="is no WAV file; save it as WAV, PCM 16 bit"):
        read_recording(tmp_path / "notes.wav")
