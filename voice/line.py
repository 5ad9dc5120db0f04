"""What a telephone line does to speech: A-law, 8 bits a sample; mu-law is only read. Pure arithmetic.

Source: ITU-T G.711, tables 1a and 2a and their decoding; the even bits are inverted on the wire (XOR 0x55). The file's header: RFC 2361
(format 6), with the `fact` chunk that formats other than PCM need.
"""

import struct
from functools import cache

import numpy as np
import numpy.typing as npt


@cache
def _tables() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int16]]:
    """Decode all 256 codes by G.711; encode every 16 bit sample to the nearest of them."""
    decoded = np.zeros(256, np.int16)
    for code in range(256):
        bits = code ^ 0x55
        exponent, mantissa = (bits >> 4) & 7, bits & 15
        magnitude = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
        decoded[code] = magnitude if bits & 0x80 else -magnitude
    order = np.argsort(decoded, kind="stable")
    middles = (decoded[order][1:].astype(int) + decoded[order][:-1].astype(int)) / 2
    encoded = order[np.searchsorted(middles, np.arange(-32768, 32768))].astype(np.uint8)
    return encoded, decoded


def alaw(pcm: bytes) -> bytes:
    """16 bit PCM as it goes over the wire; half the length."""
    encoded, _ = _tables()
    return bytes(encoded[np.frombuffer(pcm, "<i2").astype(int) + 32768].data)


def from_alaw(codes: bytes) -> bytes:
    """What the wire carries as 16 bit PCM; twice the length."""
    _, decoded = _tables()
    return bytes(decoded[np.frombuffer(codes, np.uint8)].astype("<i2").data)


def through_alaw(pcm: bytes) -> bytes:
    """16 bit PCM as the far end hears it; the same length."""
    return from_alaw(alaw(pcm))


def from_mulaw(codes: bytes) -> bytes:
    """The mu-law of other countries' lines as 16 bit PCM; twice the length."""
    bits = ~np.frombuffer(codes, np.uint8)
    exponent, mantissa = (bits >> 4 & 7).astype(np.int32), (bits & 15).astype(np.int32)
    magnitude = (((mantissa << 3) + 0x84) << exponent) - 0x84
    return bytes(np.where(bits & 0x80, -magnitude, magnitude).astype("<i2").data)


def alaw_wav(pcm: bytes, rate: int) -> bytes:
    """16 bit mono PCM as a WAV file that holds what the wire carries."""
    codes = alaw(pcm)
    shape = struct.pack("<HHIIHHH", 6, 1, rate, rate, 1, 8, 0)
    chunks = _chunk(b"fmt ", shape) + _chunk(b"fact", struct.pack("<I", len(codes))) + _chunk(b"data", codes)
    return _chunk(b"RIFF", b"WAVE" + chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
