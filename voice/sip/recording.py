"""The WAV files of a call after the library has written them.

Rule 1: a recording is evidence: what a crashed process left behind, header unfinished, is still read.
Rule 2: the result appears under its name only when it is complete.

Without numpy on purpose: every call worker has this file, and numpy would cost each of them megabytes and a slower start.
"""

import os
import struct
import sys
import wave
from array import array
from pathlib import Path

from voice.errors import RecordingLost
from voice.ports import SAMPLE_BYTES, SAMPLE_RATE


def is_closed(path: Path) -> bool:
    """True when the header is finished: the library writes the lengths last. A vanished file is as closed as can be."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError:
        return True
    return len(head) == 8 and struct.unpack("<I", head[4:])[0] != 0  # noqa: PLR2004


def read_mono(path: Path) -> "array[int]":
    """The samples of an 8 kHz mono recording, whatever its header claims about its length."""
    samples = array("h")
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return samples
    start, length = _data_chunk(raw)
    samples.frombytes(raw[start : start + length // SAMPLE_BYTES * SAMPLE_BYTES])
    return _native(samples)


def _native(samples: "array[int]") -> "array[int]":
    """WAV is little-endian; the same swap leads there and back."""
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _data_chunk(raw: bytes) -> tuple[int, int]:
    """Start and length of the samples. A length of 0, or past the end of the file, is a header never finished."""
    offset = 12
    while offset + 8 <= len(raw):
        name, size = raw[offset : offset + 4], struct.unpack("<I", raw[offset + 4 : offset + 8])[0]
        offset += 8
        if name == b"data":
            left = len(raw) - offset
            return offset, size if 0 < size <= left else left
        offset += size + size % 2
    return len(raw), 0


def merge_stereo(sent: Path, heard: Path, out: Path) -> None:
    """Left: all that the far end was sent; right: all that it sent. The shorter one is padded with silence."""
    if not sent.exists() and not heard.exists():
        raise RecordingLost
    left, right = read_mono(sent), read_mono(heard)
    both = array("h", bytes(2 * SAMPLE_BYTES * max(len(left), len(right))))
    both[0 : 2 * len(left) : 2] = left
    both[1 : 2 * len(right) : 2] = right
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as file, wave.open(file, "wb") as wav:
            wav.setparams((2, SAMPLE_BYTES, SAMPLE_RATE, len(both) // 2, "NONE", ""))
            wav.writeframes(_native(both).tobytes())
        os.replace(part, out)  # noqa: PTH105
    except OSError as error:
        part.unlink(missing_ok=True)
        raise RecordingLost from error
