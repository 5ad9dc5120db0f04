"""Puts a model directory together as Vosk reads it: the trained network, the graphs, the settings.

    python -m voice.asr.training.build TARGET [CHECKPOINT]

Without a checkpoint the acoustic model that lies in TARGET stays, and only graphs and settings are made anew: seconds, no
training.
"""

import argparse
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voice.asr.training.evaluation_set import forbidden_sentences
from voice.asr.training.features import MFCC_CONF
from voice.asr.training.graph import Phones, Pronunciation, phones, sounds_to_words, words_to_sentences
from voice.asr.training.kaldi import write_final_mdl
from voice.asr.training.lexicon import characters, cut, pronunciations, vocabulary
from voice.asr.training.network import Network
from voice.asr.training.sentences import amount, moment, of_every_pattern
from voice.asr.training.texts import replies, scripted
from voice.asr.training.units import UNITS, all_syllables, units_of

UNKNOWN = "[unk]"
MODEL_CONF = """--min-active=200
--max-active=3000
--beam={beam}
--lattice-beam=6.0
--acoustic-scale={acoustic_scale}
--frame-subsampling-factor=3
--frames-per-chunk=12
--endpoint.silence-phones=1:2
--endpoint.rule1.min-trailing-silence=5.0
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.8
--endpoint.rule4.min-trailing-silence=1.5
"""


@dataclass(frozen=True, slots=True)
class Tuning:
    """Chosen on the dev set (docs/decisions)."""

    blank_penalty: float = 3.0  # the decisive one (finding): CTC believes in the blank too much
    acoustic_scale: float = 2.0
    beam: float = 13.0
    unknown_cost: float = 6.0  # of each sound of a word outside everything
    syllable_cost: float = 1.5  # of each syllable that no word explains
    word_floor: float = 1.0  # what a word counts that no pattern holds
    syllable_floor: float = 6.0
    character_floor: float = 0.005
    sentences: int = 240  # of every pattern
    replies: int = 8  # times that each written reply counts
    least: int = 16  # times that three words follow one another before that is remembered


def build(target: Path, checkpoint: Path | None, tuning: Tuning | None = None) -> None:
    tuning = tuning or Tuning()
    for folder in ("am", "conf", "graph/phones"):
        (target / folder).mkdir(parents=True, exist_ok=True)
    table = phones()
    if checkpoint:
        priors = np.zeros(len(UNITS), np.float32)
        priors[0] = tuning.blank_penalty
        write_final_mdl(target / "am/final.mdl", table.pdfs, Network.load(checkpoint).exported(), priors)
    _graphs(target / "graph", table, tuning)
    (target / "conf/mfcc.conf").write_text(MFCC_CONF)
    (target / "conf/model.conf").write_text(MODEL_CONF.format(beam=tuning.beam, acoustic_scale=tuning.acoustic_scale))


def _graphs(folder: Path, table: Phones, tuning: Tuning) -> None:
    lexicon = _lexicon()
    numbers = {"<eps>": 0, UNKNOWN: 1} | {word: place for place, word in enumerate(lexicon, 2)}
    costs = dict.fromkeys(all_syllables(), tuning.syllable_cost)
    floors = (
        dict.fromkeys(vocabulary(), tuning.word_floor)
        | dict.fromkeys(characters(), tuning.character_floor)
        | dict.fromkeys(all_syllables(), tuning.syllable_floor)
    )
    hcl = sounds_to_words(table, numbers, lexicon, costs=costs, unknown=UNKNOWN, unknown_cost=tuning.unknown_cost)
    hcl.write(folder / "HCLr.fst", "output")
    words_to_sentences(numbers, _sentences(tuning), floors, least=tuning.least).write(folder / "Gr.fst", "input")
    (folder / "words.txt").write_text(
        "".join(f"{word} {number}\n" for word, number in numbers.items()), encoding="utf-8"
    )
    kinds = "".join(f"{phone} {kind}\n" for phone, kind in enumerate(table.kinds, 1))
    (folder / "phones/word_boundary.int").write_text(kinds)
    (folder / "disambig_tid.int").write_text(f"{2 * len(table.pdfs) + 1}\n")  # none is in use; the file has to exist


def _lexicon() -> Mapping[str, tuple[Pronunciation, ...]]:
    """Words, the other characters that our texts are written with, and every syllable under its own name."""
    return {word: pronunciations(word) for word in (*vocabulary(), *characters())} | {
        syllable: (units_of(syllable),) for syllable in all_syllables()
    }


def _sentences(tuning: Tuning) -> list[tuple[str, ...]]:
    chance, forbidden = random.Random("language model"), forbidden_sentences()
    made = [cut(text) for text in of_every_pattern(tuning.sentences, forbidden)]
    made += [cut(text) for text in replies() if text not in forbidden] * tuning.replies
    # One reply is often two sentences: what follows a sentence is said, too.
    made += [
        (*one, *other) for one, other in chance.sample(list(zip(made, reversed(made), strict=True)), len(made) // 4)
    ]
    made += [cut(text) for text in scripted() if text not in forbidden]
    made += [cut(amount(chance)) for _ in range(10 * tuning.sentences)]
    return made + [cut(moment(chance)) for _ in range(4 * tuning.sentences)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("checkpoint", type=Path, nargs="?")
    parser.add_argument(
        "--tuning", type=json.loads, default={}, help="other values than Tuning's, as JSON, to try them"
    )
    options = parser.parse_args()
    build(options.target, options.checkpoint, Tuning(**options.tuning))


if __name__ == "__main__":
    main()
