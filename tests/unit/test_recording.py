"""Two mono recordings become one, also when their writer died."""

import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from voice.errors import RecordingLost
from voice.sip.recording import is_closed, merge_stereo, read_mono

pytestmark = pytest.mark.unit

ONE = np.arange(1, 801, dtype=np.int16)
OTHER = np.full(500, -7, dtype=np.int16)


def write(path: Path, samples: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(samples.astype("<i2").tobytes())
    return path


def unfinish(path: Path) -> None:
    """What a killed process leaves: the samples, and a header without lengths."""
    raw = bytearray(path.read_bytes())
    raw[4:8] = raw[40:44] = struct.pack("<I", 0)
    path.write_bytes(raw)


def stereo(path: Path) -> tuple[np.ndarray, np.ndarray]:
    with wave.open(str(path), "rb") as wav:
        assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) == (2, 2, 8000)
        both = np.frombuffer(wav.readframes(wav.getnframes()), "<i2").reshape(-1, 2)
    return both[:, 0], both[:, 1]


def test_sent_is_left_heard_is_right_and_the_shorter_is_padded(tmp_path: Path) -> None:
    merge_stereo(write(tmp_path / "s.wav", ONE), write(tmp_path / "h.wav", OTHER), tmp_path / "out.wav")
    left, right = stereo(tmp_path / "out.wav")
    assert (left == ONE).all()
    assert (right[:500] == -7).all()
    assert not right[500:].any()
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_what_a_killed_process_left_is_read_to_the_last_whole_sample(tmp_path: Path) -> None:
    path = write(tmp_path / "s.wav", ONE)
    assert is_closed(path)
    unfinish(path)
    assert not is_closed(path)
    path.write_bytes(path.read_bytes()[:-1])
    assert (read_mono(path) == ONE[:-1]).all()


def test_a_header_without_samples_and_a_file_cut_in_its_header_are_silence(tmp_path: Path) -> None:
    path = write(tmp_path / "s.wav", ONE[:0])
    assert len(read_mono(path)) == 0
    path.write_bytes(path.read_bytes()[:20])
    assert len(read_mono(path)) == 0


def test_one_side_alone_is_still_a_recording(tmp_path: Path) -> None:
    merge_stereo(tmp_path / "none.wav", write(tmp_path / "h.wav", OTHER), tmp_path / "out.wav")
    left, right = stereo(tmp_path / "out.wav")
    assert not left.any()
    assert (right == -7).all()


def test_without_either_side_there_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(RecordingLost):
        merge_stereo(tmp_path / "none.wav", tmp_path / "neither.wav", tmp_path / "out.wav")


def test_a_directory_that_is_not_there_is_our_error(tmp_path: Path) -> None:
    one = write(tmp_path / "s.wav", ONE)
    with pytest.raises(RecordingLost):
        merge_stereo(one, one, tmp_path / "absent" / "out.wav")
