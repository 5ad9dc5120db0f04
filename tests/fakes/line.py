"""What a telephone line does to speech: A-law (G.711) and noise. Integer samples in, integer samples out."""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]


def _tables() -> tuple[NDArray[np.uint8], Samples]:
    """Decode all 256 codes by G.711, then encode by the nearest one below in magnitude."""
    decoded = np.zeros(256, np.int16)
    for code in range(256):
        bits = code ^ 0x55
        exponent, mantissa = (bits >> 4) & 7, bits & 15
        magnitude = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
        decoded[code] = magnitude if bits & 0x80 else -magnitude
    order = np.argsort(decoded, kind="stable")
    middles = (decoded[order][1:].astype(int) + decoded[order][:-1].astype(int)) / 2
    values = np.arange(-32768, 32768)
    encoded = order[np.searchsorted(middles, values)].astype(np.uint8)
    return encoded, decoded


_ENCODE, _DECODE = _tables()


def through_alaw(pcm: bytes) -> bytes:
    samples = np.frombuffer(pcm, "<i2").astype(int)
    return bytes(_DECODE[_ENCODE[samples + 32768]].astype("<i2").data)


def noise(samples: int, rms: float, seed: int = 1) -> bytes:
    """White noise of this effective level."""
    values = np.random.default_rng(seed).normal(0.0, rms, samples)
    return np.clip(values, -32768, 32767).astype("<i2").tobytes()


def silence(samples: int) -> bytes:
    return bytes(2 * samples)


def mixed(one: bytes, other: bytes) -> bytes:
    first, second = np.frombuffer(one, "<i2").astype(int), np.frombuffer(other, "<i2").astype(int)
    length = min(len(first), len(second))
    return bytes(np.clip(first[:length] + second[:length], -32768, 32767).astype("<i2").data)
