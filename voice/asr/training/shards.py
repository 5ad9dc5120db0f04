"""Training data on disk: clean speech and its units. The line it is heard on is drawn anew in every pass.

    python -m voice.asr.training.shards DIRECTORY NUMBER

Rule: a shard depends on its number and on nothing else, so any number of processes may make them in any order; but each
process makes one, because espeak-ng's voices remember what they have said.
"""

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from voice.asr.training.evaluation_set import forbidden_sentences
from voice.asr.training.features import Features, mfcc
from voice.asr.training.phoneline import Weather, any_line
from voice.asr.training.sentences import Sentence, training_sentence
from voice.asr.training.speaking import OURS, Samples, Speaker, train_variants
from voice.asr.training.units import UNIT_ID

UTTERANCES = 1000  # of a shard
LONGEST = 700  # frames; longer ones would make their whole batch longer

Units = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spoken:
    """One clean sentence."""

    samples: Samples
    units: Units


@dataclass(frozen=True, slots=True)
class Utterance:
    """The same as it arrives over some line."""

    features: Features
    units: Units
    begins: int  # frames
    ends: int


def file_of(directory: Path, number: int) -> Path:
    return directory / f"shard-{number:03}.npz"


def make(directory: Path, number: int, utterances: int = UTTERANCES) -> None:
    """Write one shard; it appears whole or not at all."""
    chance, speaker, forbidden = random.Random(f"shard {number}"), Speaker(), forbidden_sentences()
    made: list[Spoken] = []
    while len(made) < utterances:
        sentence = training_sentence(chance, forbidden)
        samples = _said(speaker, sentence, chance)
        if len(samples):
            made.append(Spoken(samples, np.array([UNIT_ID[unit] for unit in sentence.units])))
    _save(file_of(directory, number), made)


def load(file: Path) -> list[Spoken]:
    with np.load(file) as saved:
        samples, units = saved["samples"].astype(np.float32), saved["units"]
        ends, unit_ends = np.cumsum(saved["lengths"]), np.cumsum(saved["unit_lengths"])
    parts = zip(np.split(samples, ends[:-1]), np.split(units, unit_ends[:-1]), strict=True)
    return [Spoken(part, spoken) for part, spoken in parts]


def over_the_line(spoken: Sequence[Spoken], weather: Weather, chance: Generator) -> list[Utterance]:
    """Each on a line of its own, with the others in the background; without what is too long or too quick to learn from."""
    voices = [one.samples for one in spoken]
    made: list[Utterance] = []
    for one in spoken:
        line = any_line(one.samples, voices, weather, chance)
        features = mfcc(line.samples)
        if len(features) <= LONGEST and len(features) // 3 > len(one.units) + 4:
            made.append(Utterance(features, one.units, line.begins // 80, line.ends // 80))
    return made


def _save(file: Path, made: list[Spoken]) -> None:
    part = file.with_suffix(".part.npz")
    np.savez(
        part,
        samples=np.round(np.concatenate([one.samples for one in made])).astype(np.int16),
        lengths=np.array([len(one.samples) for one in made]),
        units=np.concatenate([one.units for one in made]),
        unit_lengths=np.array([len(one.units) for one in made]),
    )
    part.rename(file)


def _said(speaker: Speaker, sentence: Sentence, chance: random.Random) -> Samples:
    variant = chance.choice(OURS if chance.random() < 0.15 else train_variants())
    return speaker.say(
        sentence.hanzi if chance.random() < 0.7 else "",
        sentence.syllables,
        variant=variant,
        wpm=chance.randint(110, 230),
        pitch=chance.randint(15, 85),
        intonation=chance.randint(30, 70),
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
