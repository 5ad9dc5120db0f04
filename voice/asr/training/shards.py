"""Training data on disk: utterances as features, their units, and where in them the speech is.

    python -m voice.asr.training.shards DIRECTORY FIRST LAST

Rule: a shard depends on its number and on nothing else, so any number of processes may make them in any order.
"""

import random
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voice.asr.training.evaluation_set import forbidden_sentences
from voice.asr.training.features import Features, mfcc
from voice.asr.training.phoneline import FAIR, FOUL, any_line
from voice.asr.training.sentences import Sentence, training_sentence
from voice.asr.training.speaking import OURS, Samples, Speaker, train_variants
from voice.asr.training.units import UNIT_ID

UTTERANCES = 1000  # of a shard
FAIR_SHARDS = 40  # those with higher numbers are spoken on worse lines, for the second course
LONGEST = 700  # frames; longer ones would make their whole batch longer


@dataclass(frozen=True, slots=True)
class Utterance:
    features: Features
    units: NDArray[np.int64]
    begins: int  # frames
    ends: int


def file_of(directory: Path, number: int) -> Path:
    return directory / f"shard-{number:03}.npz"


def make(directory: Path, number: int) -> None:
    """Write one shard; it appears whole or not at all."""
    chance, noise_chance = random.Random(f"shard {number}"), np.random.default_rng([20260101, number])
    speaker, forbidden = Speaker(), forbidden_sentences()
    made: list[Utterance] = []
    babble = _babble(speaker, chance, forbidden)
    while len(made) < UTTERANCES:
        sentence = training_sentence(chance, forbidden)
        speech = _spoken(speaker, sentence, chance)
        if len(speech) == 0:
            continue
        line = any_line(speech, babble, FAIR if number < FAIR_SHARDS else FOUL, noise_chance)
        features = mfcc(line.samples)
        units = np.array([UNIT_ID[unit] for unit in sentence.units])
        if len(features) <= LONGEST and len(features) // 3 > len(units) + 4:
            made.append(Utterance(features, units, line.begins // 80, line.ends // 80))
    _save(file_of(directory, number), made)


def load(file: Path) -> list[Utterance]:
    with np.load(file) as saved:
        features, units, spans = saved["features"].astype(np.float32), saved["units"], saved["spans"]
        ends, unit_ends = np.cumsum(saved["lengths"]), np.cumsum(saved["unit_lengths"])
    parts = zip(np.split(features, ends[:-1]), np.split(units, unit_ends[:-1]), spans, strict=True)
    return [Utterance(part, spoken, int(span[0]), int(span[1])) for part, spoken, span in parts]


def _save(file: Path, made: list[Utterance]) -> None:
    part = file.with_suffix(".part.npz")
    np.savez(
        part,
        features=np.concatenate([one.features for one in made]).astype(np.float16),
        lengths=np.array([len(one.features) for one in made]),
        units=np.concatenate([one.units for one in made]),
        unit_lengths=np.array([len(one.units) for one in made]),
        spans=np.array([(one.begins, one.ends) for one in made]),
    )
    part.rename(file)


def _spoken(speaker: Speaker, sentence: Sentence, chance: random.Random) -> Samples:
    variant = chance.choice(OURS if chance.random() < 0.15 else train_variants())
    return speaker.say(
        sentence.hanzi if chance.random() < 0.7 else "",
        sentence.syllables,
        variant=variant,
        wpm=chance.randint(110, 230),
        pitch=chance.randint(15, 85),
        intonation=chance.randint(30, 70),
    )


def _babble(speaker: Speaker, chance: random.Random, forbidden: frozenset[str]) -> Samples:
    """Three people at once, without end."""
    voices = []
    for _ in range(3):
        said = [_spoken(speaker, training_sentence(chance, forbidden), chance) for _ in range(12)]
        voices.append(np.concatenate(said))
    length = min(map(len, voices))
    return np.asarray(sum(voice[:length] for voice in voices), np.float32)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for wanted in range(int(sys.argv[2]), int(sys.argv[3])):
        if not file_of(target, wanted).exists():
            make(target, wanted)
