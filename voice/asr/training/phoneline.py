"""A telephone line for clean speech: another tempo, tilt, band, noise, level, A-law, lost packets. Chance comes in as an argument.

Rule: samples are floats in the range of 16 bit at 8 kHz, before and after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from voice.asr.training.noises import any_noise, coloured, music

Samples = NDArray[np.float32]

RATE = 8000
PACKET = RATE // 50  # 20 ms


@dataclass(frozen=True, slots=True)
class Line:
    """How bad a line of the evaluation is."""

    snr_db: float | None  # None: no noise
    loss: float = 0.0  # share of packets
    music: bool = False  # instead of the noises of every day


@dataclass(frozen=True, slots=True)
class Heard:
    """What arrives, and which samples hold the speech."""

    samples: Samples
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Weather:
    """What lines are like in one pass of the training."""

    noisy: float  # share of lines
    often: tuple[float, float]  # signal-to-noise ratios in dB: two of three noisy lines are between these
    seldom: tuple[float, float]
    losing: float  # share of lines


FAIR = Weather(noisy=0.8, often=(10.0, 42.0), seldom=(4.0, 20.0), losing=0.3)
FOUL = Weather(noisy=0.9, often=(2.0, 17.0), seldom=(12.0, 40.0), losing=0.4)


def any_line(speech: Samples, voices: Sequence[Samples], weather: Weather, chance: Generator) -> Heard:
    """For training: everything drawn; `voices` are who else may be heard."""
    speech = stretched(speech, float(chance.uniform(0.85, 1.18)))
    before, tail = (int(RATE * chance.uniform(*span)) for span in ((0.08, 0.8), (0.12, 0.8)))
    tail += -(before + len(speech) + tail) % 400  # no large prime factor: the filter would cost ten times as much
    samples = np.concatenate([np.zeros(before, np.float32), speech, np.zeros(tail, np.float32)])
    if chance.random() < 0.7:
        samples = filtered(samples, _curve(len(samples), chance))
    if chance.random() < weather.noisy:
        span = weather.often if chance.random() < 0.67 else weather.seldom
        samples = samples + any_noise(len(samples), voices, chance) * _gain(speech, float(chance.uniform(*span)))
    samples = levelled(samples, float(10 ** chance.uniform(2.9, 4.5)))
    if chance.random() < 0.85:
        samples = alaw(samples)
    if chance.random() < weather.losing:
        samples = with_loss(samples, float(chance.uniform(0.01, 0.1)), chance)
    return Heard(np.round(samples), before, before + len(speech))


def this_line(speech: Samples, line: Line, babble: Samples, chance: Generator) -> Samples:
    """For the evaluation: a given line, always A-law, a little silence around the speech."""
    samples = np.concatenate([np.zeros(2400, np.float32), speech, np.zeros(4000, np.float32)])
    if line.snr_db is not None:
        heard = music(len(samples), chance) if line.music else noise(len(samples), babble, chance)
        samples = samples + heard * _gain(speech, line.snr_db)
    samples = alaw(levelled(samples, 8000.0))
    return np.round(with_loss(samples, line.loss, chance) if line.loss else samples)


def stretched(samples: Samples, factor: float) -> Samples:
    """Above 1: shorter and higher."""
    places = np.arange(int(len(samples) / factor)) * factor
    return np.asarray(np.interp(places, np.arange(len(samples)), samples), np.float32)


def filtered(samples: Samples, curve: NDArray[np.float64]) -> Samples:
    return np.asarray(np.fft.irfft(np.fft.rfft(samples) * curve, len(samples)), np.float32)


def levelled(samples: Samples, peak: float) -> Samples:
    return np.asarray(samples * (peak / (float(np.abs(samples).max(initial=0.0)) + 1e-6)), np.float32)


def noise(count: int, babble: Samples, chance: Generator) -> Samples:
    """For the evaluation, of effective value 1: hiss, two rumbles, rumble with a hum, or other people, one as often as the other."""
    kind = chance.integers(5)
    if kind == 4 and len(babble) > count:
        start = chance.integers(0, len(babble) - count)
        samples = babble[start : start + count]
    else:
        samples = coloured(count, (0.0, 0.5, 1.0, 1.0)[kind % 4], chance)
        if kind == 3:
            tone = np.sin(2 * np.pi * chance.uniform(90, 130) / RATE * np.arange(count))
            samples = np.asarray(samples + tone, np.float32)
    return np.asarray(samples / (samples.std() + 1e-6), np.float32)


def with_loss(samples: Samples, share: float, chance: Generator) -> Samples:
    """Lost packets come in small bunches; what plays instead is silence or the last packet once more, softer."""
    samples = samples.copy()
    repeated = chance.random() < 0.5
    lost = np.flatnonzero(chance.random(len(samples) // PACKET) < share / 1.3)
    for first in lost:
        for packet in range(first, first + 1 + int(chance.random() < 0.3)):
            place = slice(packet * PACKET, (packet + 1) * PACKET)
            before = samples[(packet - 1) * PACKET : packet * PACKET]
            if len(samples[place]) < PACKET:
                continue
            samples[place] = before * 0.7 if repeated and len(before) == PACKET else 0.0
    return samples


def alaw(samples: Samples) -> Samples:
    """To G.711 A-law and back."""
    places = np.clip(np.round(samples), -32768, 32767).astype(np.int32) + 32768
    return np.asarray(_alaw_table()[places], np.float32)


@cache
def _alaw_table() -> Samples:
    value = np.arange(-32768, 32768)
    magnitude = np.minimum(np.abs(value), 32767) >> 3
    step = np.where(magnitude < 64, 2, 2 ** (np.log2(np.maximum(magnitude, 64)).astype(int) - 4))
    return (np.where(value < 0, -8, 8) * (magnitude // step * step + step / 2)).astype(np.float32)


def _gain(speech: Samples, snr_db: float) -> np.float32:
    return np.float32(np.sqrt(np.mean(np.square(speech)) + 1e-9) * 10 ** (-snr_db / 20))


def _curve(count: int, chance: Generator) -> NDArray[np.float64]:
    """A tilt around 1 kHz and a soft band-pass, as handsets and lines have."""
    hertz = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20.0)
    tilt = 10 ** (chance.uniform(-5, 5) / 20 * np.log2(hertz / 1000))
    low, high = chance.uniform(80, 380), chance.uniform(3100, 3900)
    return np.asarray(np.clip(tilt, 0.03, 6.0) / np.sqrt((1 + (low / hertz) ** 4) * (1 + (hertz / high) ** 16)))
