"""Measures models on what none of them was trained on, through the real recogniser, and prints one table.

    python -m voice.asr.training.evaluate [--dev] [--count N] MODEL [MODEL]

Rule 1: every utterance passes A-law; noise and loss are the same for every model.
Rule 2: errors are of toneless syllables, the thing that the model claims to hear; words are the language model's matter, and
        what they are worth is counted by understanding.
"""

import argparse
import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from voice.asr.recognizer import LoadedModel, VoskRecognizer, load_model
from voice.asr.training.evaluation_set import Part, counted
from voice.asr.training.lexicon import plain, readings
from voice.asr.training.phoneline import Line, Samples, this_line
from voice.asr.training.sentences import from_text
from voice.asr.training.speaking import DEV_VARIANTS, TEST_VARIANTS, Speaker
from voice.asr.training.train import distance
from voice.asr.training.units import all_syllables
from voice.ports import Transcript
from voice.understanding import understand

LINES = {
    "clean": Line(None),
    "20 dB noise": Line(20.0),
    "10 dB noise": Line(10.0),
    "10 dB music, a noise no training has": Line(10.0, music=True),
    "5 % packets lost": Line(None, loss=0.05),
}
BABBLERS = 6


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence in one voice, clean."""

    intent: str
    text: str
    syllables: tuple[str, ...]
    samples: Samples


@dataclass(slots=True)
class Score:
    wrong: int = 0
    syllables: int = 0
    exact: int = 0
    understood: int = 0
    sentences: int = 0

    def add(self, spoken: Spoken, heard: Transcript) -> None:
        self.wrong += distance(spoken.syllables, heard_syllables(heard))
        self.syllables += len(spoken.syllables)
        self.exact += heard.text == spoken.text
        self.understood += meaning(heard.text) == spoken.intent
        self.sentences += 1


def spoken(part: Part, count: int) -> Iterator[Spoken]:
    """Sentences of the part in turn, each in another of its voices."""
    chance, speaker = random.Random(f"evaluation {part}"), Speaker()
    variants = TEST_VARIANTS if part == "test" else DEV_VARIANTS
    sentences = [*counted(part)]
    chance.shuffle(sentences)
    for number in range(count):
        intent, text = sentences[number % len(sentences)]
        sentence = from_text(text)
        wpm, pitch = chance.randint(130, 200), chance.randint(30, 70)
        variant = variants[(number + number // len(sentences)) % len(variants)]
        samples = speaker.say(text, sentence.syllables, variant=variant, wpm=wpm, pitch=pitch)
        yield Spoken(intent, text, plain(sentence.syllables), samples)


def meaning(text: str) -> str:
    """The most urgent intent of a reply."""
    found = understand(text).intents
    return found[0].intent if found else ""


def heard_syllables(heard: Transcript) -> tuple[str, ...]:
    return plain([syllable for word in heard.words for syllable in _syllables(word.text)])


def _syllables(word: str) -> Sequence[str]:
    return (word,) if word in all_syllables() else readings(word)[0]


async def recognised(model: LoadedModel, samples: Samples) -> Transcript:
    recognizer = VoskRecognizer(model)
    pcm = np.clip(samples, -32768, 32767).astype("<i2").tobytes()
    try:
        for at in range(0, len(pcm), 1600):
            await recognizer.feed(pcm[at : at + 1600])
        return await recognizer.finish()
    finally:
        recognizer.close()


def scores(models: Sequence[LoadedModel], part: Part, count: int) -> dict[tuple[str, int], Score]:
    """By the line's name and the model's place."""
    said = list(spoken(part, count))
    babble = _babble(said)
    result = {(name, place): Score() for name in LINES for place in range(len(models))}
    for number, one in enumerate(track(said, "evaluating")):
        for name, line in LINES.items():
            samples = this_line(one.samples, line, babble, np.random.default_rng([number, len(name)]))
            for place, model in enumerate(models):
                result[name, place].add(one, asyncio.run(recognised(model, samples)))
    return result


def _babble(said: Sequence[Spoken]) -> Samples:
    """Six people at once. One alone would be a second speaker, whom the recogniser is right to hear."""
    rows = [np.concatenate([one.samples for one in said[place::BABBLERS]]) for place in range(BABBLERS)]
    length = min(map(len, rows))
    return np.asarray(sum(row[:length] for row in rows), np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--dev", action="store_true", help="the set that settings may be chosen on")
    parser.add_argument("--count", type=int, default=300)
    options = parser.parse_args()
    part: Part = "dev" if options.dev else "test"
    found = scores([load_model(path) for path in options.models], part, options.count)
    table = Table(title=f"{part} set, {options.count} sentences, voices never trained on")
    for column in ("line", "model", "syllables wrong", "sentences exact", "understood"):
        table.add_column(column)
    for (line, place), score in found.items():
        shares = (score.wrong / score.syllables, score.exact / score.sentences, score.understood / score.sentences)
        table.add_row(line, options.models[place].name, *(f"{share:.1%}" for share in shares))
    Console().print(table)
    in_writing = [meaning(text) == intent for intent, text in counted(part)]
    Console().print(f"understood in writing: {sum(in_writing) / len(in_writing):.1%}")


if __name__ == "__main__":
    main()
