"""WAV files as people bring them: PCM of 8 to 32 bits, floats, and the A-law and mu-law of telephone systems.

Rule: whatever is wrong with a file is told with its name and what to do; a file whose end is missing is read as far as it goes.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.errors import RecordingLost
from voice.line import from_alaw, from_mulaw

Samples = npt.NDArray[np.float32]

_SHAPE = struct.Struct("<HHIIHH")  # kind, channels, samples a second, two that follow from the others, bits
_SUBTYPE_AT = 24  # in the longer shape of the kind "extensible"
_PCM, _FLOAT, _ALAW, _MULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE  # RFC 2361
SAVE_AS = "save it as WAV, PCM 16 bit"


@dataclass(frozen=True, slots=True)
class Sound:
    """What a file holds: one row a moment, one column a channel, as loud as 16 bits say it."""

    samples: Samples
    rate: int


def read_wav(path: Path) -> Sound:
    """Raises RecordingLost."""
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise RecordingLost(f"{path}: cannot be read: {fault.strerror}") from None
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise RecordingLost(f"{path}: is no WAV file; {SAVE_AS}")
    chunks = _chunks(content)
    shape = chunks.get(b"fmt ", b"")
    if len(shape) < _SHAPE.size or b"data" not in chunks:
        raise RecordingLost(f"{path}: is a WAV file without sound; record it again")
    kind, channels, rate, _, _, bits = _SHAPE.unpack_from(shape)
    if kind == _EXTENSIBLE:
        kind = int.from_bytes(shape[_SUBTYPE_AT : _SUBTYPE_AT + 2], "little")
    samples = _decoded(chunks[b"data"], kind, bits)
    if samples is None or not channels or not rate:
        raise RecordingLost(f"{path}: holds sound of kind {kind} with {bits} bits, which nobody here reads; {SAVE_AS}")
    whole = samples.size // channels * channels
    return Sound(samples[:whole].reshape(-1, channels), rate)


def _chunks(content: bytes) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(content):
        name, (size,) = content[at : at + 4], struct.unpack_from("<I", content, at + 4)
        found.setdefault(name, content[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    return found


def _decoded(data: bytes, kind: int, bits: int) -> Samples | None:
    if (kind, bits) == (_ALAW, 8):
        return _wide(from_alaw(data))
    if (kind, bits) == (_MULAW, 8):
        return _wide(from_mulaw(data))
    if (kind, bits) == (_PCM, 8):
        return (np.frombuffer(data, np.uint8).astype(np.float32) - np.float32(128)) * np.float32(256)
    if (kind, bits) == (_PCM, 16):
        return _wide(data)
    if (kind, bits) == (_PCM, 24):  # the upper 16 bits are what a telephone has
        return _wide(np.frombuffer(_whole(data, 3), np.uint8).reshape(-1, 3)[:, 1:].tobytes())
    if (kind, bits) == (_PCM, 32):
        return np.frombuffer(_whole(data, 4), "<i4").astype(np.float32) / np.float32(65536)
    if (kind, bits) == (_FLOAT, 32):
        floats = np.frombuffer(_whole(data, 4), "<f4").astype(np.float32)
        return np.where(np.isfinite(floats), floats * np.float32(32767), np.float32(0)).astype(np.float32)
    return None


def _wide(pcm: bytes) -> Samples:
    return np.frombuffer(_whole(pcm, 2), "<i2").astype(np.float32)


def _whole(data: bytes, width: int) -> bytes:
    """Without the piece of a sample with which a file may break off."""
    return data[: len(data) // width * width]
