"""A recorded sentence is checked before it is published, and sounds as loud as the voice."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.recordings import Floats, sentence, syllables, write
from voice.errors import RecordedSentenceUnfit
from voice.ports import SAMPLE_RATE
from voice.script.source import Place
from voice.tts.recorded import SPEECH_RMS, for_the_line, listened, sound_of
from voice.tts.telephone import PEAK

pytestmark = pytest.mark.unit

PLACE = Place("scripts/generic.yaml", 7, 5)


def codes(path: Path, text: str = "བཀྲ་ཤིས་བདེ་ལེགས།") -> list[str]:
    return [finding.code for finding in listened(path, sentence(path.name, text), 180, PLACE)]


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_what_recorders_write_is_good_as_it_is(tmp_path: Path, width: int, channels: int) -> None:
    noise = 0.004 if width == 1 else 0.0005
    path = write(tmp_path / "a.wav", syllables(noise=noise), width=width, channels=channels)

    assert codes(path) == []
    assert sound_of(path).seconds == pytest.approx(3.0)


def clipped(samples: Floats) -> Floats:
    return np.clip(samples * 5, -1, 1)


def quiet(samples: Floats) -> Floats:
    return samples * 0.01


def silent(samples: Floats) -> Floats:
    return samples * 0


def noisy(samples: Floats) -> Floats:
    return samples + np.random.default_rng(3).normal(0, 0.1, len(samples))


def interrupted(samples: Floats) -> Floats:
    return np.concatenate((samples, samples[:1], np.zeros(2 * 44_100), samples))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (clipped, "recording-clipped"),
        (quiet, "recording-quiet"),
        (silent, "recording-silent"),
        (noisy, "recording-noisy"),
        (interrupted, "recording-pauses"),
    ],
)
def test_what_nobody_would_understand_is_found(tmp_path: Path, spoil: Callable[[Floats], Floats], code: str) -> None:
    path = write(tmp_path / "a.wav", spoil(syllables()))

    assert code in codes(path)


def test_a_finding_names_the_file_and_what_to_do(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", syllables() * 0.01)

    (finding,) = listened(path, sentence("a.wav"), 180, PLACE)

    assert str(finding) == (
        "scripts/generic.yaml:7:5: recording-quiet: 'a.wav' is too quiet to be made louder; "
        "record it anew, nearer to the microphone"
    )


@pytest.mark.parametrize("seconds", [0.1, 30.0])
def test_one_file_holds_one_sentence(tmp_path: Path, seconds: float) -> None:
    without_the_room = syllables(seconds)[22_050:-22_050]

    assert "recording-length" in codes(write(tmp_path / "a.wav", without_the_room))


def test_another_sentence_than_the_text_is_suspected(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", syllables(1.0))

    assert codes(path, "您好，我是反诈骗中心智能助手，通话有录音，我不让您转账，不问验证码，请您听我说完。") == [
        "recording-other-length"
    ]
    assert codes(path, "您好，这里是反诈骗中心。") == []


def test_a_recording_says_the_same_in_every_call(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", syllables())

    assert codes(path, "{surname}先生您好。") == ["recording-varies"]


def test_a_file_that_is_no_wav_is_found_with_what_to_save(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"ID3 this is another format")

    (finding,) = listened(tmp_path / "a.wav", sentence("a.wav"), 180, PLACE)

    assert finding.code == "recording-unreadable"
    assert "save it as WAV, PCM 16 bit, mono, 16 kHz or more" in finding.message


def test_a_file_from_before_the_telephone_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", syllables(rate=4000), rate=4000)

    with pytest.raises(RecordedSentenceUnfit, match="4000 Hz"):
        sound_of(path)


@pytest.mark.parametrize("peak", [0.05, 0.4, 0.95])
def test_every_recording_is_as_loud_as_the_voice_and_its_silence_is_cut(tmp_path: Path, peak: float) -> None:
    samples = for_the_line(sound_of(write(tmp_path / "a.wav", syllables(peak=peak))))

    frames = np.sqrt(np.mean(samples[: len(samples) // 160 * 160].reshape(-1, 160).astype(float) ** 2, axis=1))
    spoken = frames[frames > frames.max() * 0.1]
    assert np.sqrt(np.mean(spoken**2)) == pytest.approx(SPEECH_RMS, rel=0.1)
    assert np.abs(samples).max() <= PEAK
    assert len(samples) / SAMPLE_RATE == pytest.approx(2.1, abs=0.15)  # two seconds, a little air around
