"""A telephone line for clean speech: another tempo, tilt, band, noise, level, A-law, lost packets. Chance comes in as an argument.

Rule: samples are floats in the range of 16 bit at 8 kHz, before and after.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE = 8000
PACKET = RATE // 50  # 20 ms


@dataclass(frozen=True, slots=True)
class Line:
    """How bad the line is. None: leave it out. Without a value here it is drawn."""

    snr_db: float | None
    loss: float = 0.0  # share of packets


@dataclass(frozen=True, slots=True)
class Heard:
    """What arrives, and which samples hold the speech."""

    samples: Samples
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Weather:
    """What lines are like in one part of the training: how many are noisy, between which signal-to-noise ratios, how many lose."""

    noisy: float
    worst_db: float
    best_db: float
    losing: float


FAIR = Weather(noisy=0.78, worst_db=4.0, best_db=42.0, losing=0.3)
FOUL = Weather(noisy=0.92, worst_db=2.0, best_db=26.0, losing=0.4)


def any_line(speech: Samples, babble: Samples, weather: Weather, chance: Generator) -> Heard:
    """For training: everything drawn."""
    speech = stretched(speech, float(chance.uniform(0.85, 1.18)))
    before, tail = (int(RATE * chance.uniform(*span)) for span in ((0.08, 0.8), (0.12, 0.8)))
    samples = np.concatenate([np.zeros(before, np.float32), speech, np.zeros(tail, np.float32)])
    if chance.random() < 0.7:
        samples = filtered(samples, _curve(len(samples), chance))
    if chance.random() < weather.noisy:
        snr_db = float(chance.uniform(weather.worst_db, weather.best_db))
        samples = samples + noise(len(samples), babble, chance) * _gain(speech, snr_db)
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
        samples = samples + noise(len(samples), babble, chance) * _gain(speech, line.snr_db)
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
    """Of effective value 1: hiss, rumble, hum or other people."""
    kind = chance.integers(5)
    samples: NDArray[Any]
    if kind == 4 and len(babble) > count:
        start = chance.integers(0, len(babble) - count)
        samples = babble[start : start + count]
    else:
        slope = (0.0, 0.5, 1.0, 1.0)[kind % 4]
        spectrum = np.fft.rfft(chance.standard_normal(count))
        samples = np.fft.irfft(spectrum / np.maximum(np.arange(len(spectrum)), count / 80.0) ** slope, count)
        if kind == 3:
            hum = np.sin(2 * np.pi * chance.uniform(90, 130) / RATE * np.arange(count))
            samples = samples / (samples.std() + 1e-9) + hum
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
