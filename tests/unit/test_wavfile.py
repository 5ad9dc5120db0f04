"""Recordings as telephone systems, microphones and sound editors write them."""

import struct
from pathlib import Path

import numpy as np
import pytest

from voice.errors import RecordingLost
from voice.line import alaw, alaw_wav
from voice.workers.wavfile import read_wav

pytestmark = pytest.mark.unit

RATE = 8000
TONE = np.round(np.sin(np.arange(RATE) * 2 * np.pi * 440 / RATE) * 12_000)
PCM16 = TONE.astype("<i2").tobytes()


def wav(kind: int, bits: int, data: bytes, *, channels: int = 1, more: bytes = b"") -> bytes:
    frame = bits // 8 * channels
    shape = struct.pack("<HHIIHH", kind, channels, RATE, RATE * frame, frame, bits) + more
    chunks = b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        for name, content in ((b"fmt ", shape), (b"LIST", b"made"), (b"data", data))
    )
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


EXTENSION = struct.pack("<HHIH", 22, 16, 0, 1) + bytes(14)
WIDE = [
    ("PCM 16 bit", wav(1, 16, PCM16), 1),
    ("PCM 16 bit, extensible", wav(0xFFFE, 16, PCM16, more=EXTENSION), 1),
    ("PCM 8 bit", wav(1, 8, (TONE / 256 + 128).astype(np.uint8).tobytes()), 256),
    ("PCM 24 bit", wav(1, 24, (TONE.astype("<i4") * 256).view(np.uint8).reshape(-1, 4)[:, :3].tobytes()), 1),
    ("PCM 32 bit", wav(1, 32, (TONE.astype("<i4") * 65536).tobytes()), 1),
    ("float", wav(3, 32, (TONE / 32767).astype("<f4").tobytes()), 1),
    ("A-law", wav(6, 8, alaw(PCM16)), 300),
    ("A-law as `quanzu scripts say` writes it", alaw_wav(PCM16, RATE), 300),
]


@pytest.mark.parametrize(("_name", "content", "most_off"), WIDE, ids=[name for name, _, _ in WIDE])
def test_the_same_tone_comes_out_of_every_kind_of_file(
    tmp_path: Path, _name: str, content: bytes, most_off: float
) -> None:
    (tmp_path / "tone.wav").write_bytes(content)
    sound = read_wav(tmp_path / "tone.wav")

    assert (sound.rate, sound.samples.shape) == (RATE, (RATE, 1))
    assert np.abs(sound.samples[:, 0] - TONE).max() <= most_off


def test_mu_law_is_read_by_the_values_of_its_standard(tmp_path: Path) -> None:
    (tmp_path / "codes.wav").write_bytes(wav(7, 8, bytes([0x80, 0x8F, 0xBF, 0xFF, 0x7F, 0x00])))

    assert read_wav(tmp_path / "codes.wav").samples[:, 0].tolist() == [32124, 16764, 1980, 0, 0, -32124]


def test_both_sides_of_a_call_stay_apart_and_a_torn_end_is_left_out(tmp_path: Path) -> None:
    both = np.column_stack((TONE, -TONE)).astype("<i2").tobytes()
    (tmp_path / "call.wav").write_bytes(wav(1, 16, both, channels=2)[:-3])
    sound = read_wav(tmp_path / "call.wav")

    assert sound.samples.shape == (RATE - 1, 2)
    assert (sound.samples[:, 0] == -sound.samples[:, 1]).all()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is no WAV file; save it as WAV, PCM 16 bit"),
        (b"ID3 this is an mp3", "is no WAV file; save it as WAV, PCM 16 bit"),
        (wav(1, 16, PCM16)[:20], "is a WAV file without sound"),
        (wav(2, 4, b"1234"), "kind 2 with 4 bits, which nobody here reads; save it as WAV, PCM 16 bit"),
        (wav(1, 16, PCM16, channels=0), "which nobody here reads"),
    ],
    ids=["empty", "an mp3", "only a heading", "ADPCM", "no channel"],
)
def test_what_is_no_recording_is_told_with_what_to_do(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "it.wav").write_bytes(content)

    with pytest.raises(RecordingLost, match=rf"it\.wav: .*{told}"):
        read_wav(tmp_path / "it.wav")
