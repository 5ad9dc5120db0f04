"""What else is heard on a telephone line: hiss, hum, streets, other people, crackle, music. Chance comes in as an argument.

Rule 1: every noise has effective value 1; how loud it is belongs to the line.
Rule 2: `music` is for the evaluation alone: a noise that no training has heard.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE = 8000
MOST_PEOPLE = 8


def any_noise(count: int, voices: Sequence[Samples], chance: Generator) -> Samples:
    """For training: one kind, or two at once."""
    made = _one(count, voices, chance)
    if chance.random() < 0.25:
        made = made + np.float32(chance.uniform(0.2, 1.0)) * _one(count, voices, chance)
    return _even(made)


def coloured(count: int, slope: float, chance: Generator) -> Samples:
    """0: white, 1: every octave 6 dB softer than the one below, from 80 Hz on."""
    length = _handy(count)
    spectrum = np.fft.rfft(chance.standard_normal(length))
    return _even(np.fft.irfft(spectrum / np.maximum(np.arange(len(spectrum)), length / 80.0) ** slope, length)[:count])


def hum(count: int, chance: Generator) -> Samples:
    """Mains, with the overtones of a bad power supply, over soft hiss."""
    times = np.arange(count) / RATE
    ground = chance.uniform(45, 130)
    tones = [
        chance.uniform(0.2, 1.0) / number**0.7 * np.sin(2 * np.pi * (ground * number * times + chance.random()))
        for number in range(1, int(chance.integers(2, 12)))
    ]
    return _even(sum(tones) + np.float32(chance.uniform(0.1, 1.0)) * coloured(count, chance.uniform(0, 1), chance))


def street(count: int, chance: Generator) -> Samples:
    """Coloured noise with resonances that swells and fades, as what passes by does."""
    length = _handy(count)
    spectrum = np.fft.rfft(chance.standard_normal(length))
    hertz = np.maximum(np.fft.rfftfreq(length, 1 / RATE), 40.0)
    shape = hertz ** -chance.uniform(0.2, 1.2)
    for _ in range(int(chance.integers(1, 5))):
        centre, width = chance.uniform(80, 3400), chance.uniform(40, 500)
        shape = shape * (1 + chance.uniform(1, 8) / (1 + ((hertz - centre) / width) ** 2))
    knots = np.arange(0, count + RATE, max(400, int(RATE / chance.uniform(0.3, 4))))
    swell = np.interp(np.arange(count), knots, 10 ** (chance.uniform(-12, 6, len(knots)) / 20))
    return _even(np.fft.irfft(spectrum * shape, length)[:count] * swell)


def crackle(count: int, chance: Generator) -> Samples:
    """Clicks of a bad contact over hiss."""
    clicks = np.zeros(count, np.float32)
    places = chance.integers(0, count, max(1, int(count / RATE * chance.uniform(2, 40))))
    clicks[places] = chance.standard_normal(len(places)) * chance.uniform(5, 40)
    clicks = np.convolve(clicks, np.exp(-np.arange(40) / chance.uniform(1, 12)), "same")
    return _even(clicks + coloured(count, chance.uniform(0, 1), chance))


def people(count: int, voices: Sequence[Samples], number: int, chance: Generator) -> Samples:
    """So many at once, without end."""
    total = np.zeros(count, np.float32)
    for _ in range(number):
        said: list[Samples] = []
        while sum(map(len, said)) < count:
            said.append(_even(voices[int(chance.integers(len(voices)))]))
        total += np.roll(np.concatenate(said)[:count], int(chance.integers(count))) * np.float32(chance.uniform(0.5, 1))
    return _even(total)


def music(count: int, chance: Generator) -> Samples:
    """Chords that change about three times a second, struck and fading."""
    total, length = np.zeros(count, np.float32), RATE // 3
    times = np.arange(length) / RATE
    for start in range(0, count, length):
        notes = 220 * 2 ** (chance.choice([0, 2, 4, 5, 7, 9, 11, 12, 14, 16], 3, replace=False) / 12)
        chord = sum(
            np.sin(2 * np.pi * note * times * overtone) / overtone for note in notes for overtone in range(1, 5)
        )
        total[start : start + length] = (chord * np.exp(-3 * times))[: count - start]
    return _even(total)


def _one(count: int, voices: Sequence[Samples], chance: Generator) -> Samples:
    kinds: tuple[Callable[[], Samples], ...] = (
        lambda: coloured(count, chance.uniform(0, 0.4), chance),
        lambda: coloured(count, chance.uniform(0.3, 1.3), chance),
        lambda: hum(count, chance),
        lambda: street(count, chance),
        lambda: crackle(count, chance),
        lambda: people(count, voices, int(chance.integers(2, MOST_PEOPLE)), chance),
        lambda: people(count, voices, int(chance.integers(1, MOST_PEOPLE)), chance),
    )
    return kinds[int(chance.integers(len(kinds)))]()


def _handy(count: int) -> int:
    """At least so many, and quick to transform: a length with a large prime factor costs ten times as much."""
    return count + -count % 1024


def _even(samples: NDArray[Any]) -> Samples:
    return np.asarray(samples / (samples.std() + 1e-6), np.float32)
