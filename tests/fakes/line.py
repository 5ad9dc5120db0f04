"""What a telephone line does to speech: A-law (the product's own) and noise. Integer samples in, integer samples out."""

import numpy as np

from voice.line import through_alaw

__all__ = ["mixed", "noise", "silence", "through_alaw"]


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
