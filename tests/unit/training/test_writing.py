"""What the decoder reads is written right: pinyin units, transducers, Kaldi's files, the graph."""

import struct
from pathlib import Path

import numpy as np
import pytest

from voice.asr.training.fst import Fst
from voice.asr.training.graph import phones, sounds_to_words, words_to_sentences
from voice.asr.training.kaldi import write_final_mdl
from voice.asr.training.network import Affine
from voice.asr.training.units import UNITS, all_syllables, units_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("syllable", "units"),
    [
        ("zhuan3", ("zh", "uan")),
        ("shi4", ("sh", "ir")),
        ("si4", ("s", "iz")),
        ("xiong2", ("x", "iong")),
        ("qu4", ("q", "v")),
        ("lüe4", ("l", "ve")),
        ("jun1", ("j", "vn")),
        ("liu2", ("l", "iou")),
        ("wei4", ("uei",)),
        ("yuan2", ("van",)),
        ("er2", ("er",)),
        ("ang2", ("ang",)),
    ],
)
def test_a_syllable_is_its_initial_and_final(syllable: str, units: tuple[str, ...]) -> None:
    assert units_of(syllable) == units


@pytest.mark.parametrize("no_syllable", ["", "hm", "zh", "ok", "you1a", "iang", "vn"])
def test_what_is_no_syllable_is_refused(no_syllable: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        units_of(no_syllable)


def test_every_syllable_of_mandarin_sounds_different() -> None:
    sounds = [units_of(syllable) for syllable in all_syllables()]

    assert len(sounds) >= 395
    assert len(set(sounds)) == len(sounds)


def test_a_transducer_can_be_read_back(tmp_path: Path) -> None:
    made = Fst()
    start, end = made.state(), made.state()
    made.arc(start, 7, 2, end, 0.5)
    made.arc(start, 3, 0, start, 1.5)
    made.ends[end] = 0.25
    made.write(tmp_path / "fst", "input")
    read = (tmp_path / "fst").read_bytes()

    magic, length = struct.unpack_from("<ii", read)
    assert (magic, read[8 : 8 + length]) == (2125659606, b"const")
    header = 4 + 4 + 5 + 4 + 8
    assert struct.unpack_from("<iiQqqq", read, header)[3:] == (0, 2, 2)
    states = header + 40
    assert struct.unpack_from("<fIIII", read, states) == (float("inf"), 0, 2, 0, 1)
    assert struct.unpack_from("<fIIII", read, states + 20) == (0.25, 2, 0, 0, 0)
    assert [struct.unpack_from("<iifi", read, states + 40 + 16 * arc) for arc in (0, 1)] == [
        (3, 0, 1.5, 0),
        (7, 2, 0.5, 1),
    ]


def test_an_acoustic_model_holds_what_kaldi_looks_for(tmp_path: Path) -> None:
    weights = np.arange(12, dtype=np.float32).reshape(2, 6)
    layer = Affine((-1, 0, 1), weights, np.array([0.5, 1.5], np.float32), relu=False)
    write_final_mdl(tmp_path / "final.mdl", (0, 0, 1), [layer], np.array([3.0, 0.0], np.float32))
    read = (tmp_path / "final.mdl").read_bytes()

    assert read.startswith(b"\0B<TransitionModel> <Topology> ")
    matrix = read.index(b"<LinearParams> CM2 ") + len(b"<LinearParams> CM2 ")
    least, span, rows, columns = struct.unpack_from("<ffii", read, matrix)
    assert (rows, columns) == (2, 6)
    numbers = np.frombuffer(read, "<u2", 12, matrix + 16).reshape(2, 6)
    assert least + numbers * (span / 65535) == pytest.approx(weights, abs=1e-4)
    assert b"input=Append(Offset(input, -1), input, Offset(input, 1))" in read
    priors = read.index(b"<Priors> FV ") + len(b"<Priors> FV ") + 5
    assert np.frombuffer(read, "<f4", 2, priors) == pytest.approx(np.exp([3.0, 0.0]))


NUMBERS = {"<eps>": 0, "[unk]": 1, "转": 2, "安": 3}
LEXICON = {"转": (("zh", "uan"),), "安": (("an",),)}


def _accepts(graph: Fst, sounds: list[str]) -> list[int]:
    """The words of one path through the graph that enters just these phones, without the blanks."""
    table = phones()
    names = {2 * number: name for name, number in table.number.items()}

    def walk(state: int, at: int, words: list[int], depth: int) -> list[int] | None:
        if at == len(sounds) and state in graph.ends:
            return words
        for arc in graph.arcs[state] if depth else ():
            said = names.get(arc.input, "") if arc.input else ""
            if arc.input and (at == len(sounds) or said != sounds[at]):
                continue
            found = walk(arc.to, at + bool(arc.input), words + [arc.output] * bool(arc.output), depth - 1)
            if found is not None:
                return found
        return None

    return walk(0, 0, [], 12) or []


def test_a_word_is_its_sounds_in_their_places() -> None:
    graph = sounds_to_words(phones(), NUMBERS, LEXICON, costs={}, unknown="[unk]", unknown_cost=6.0)

    assert _accepts(graph, ["zh_B", "uan_E", "an_S"]) == [2, 3]
    assert _accepts(graph, ["b_B", "an_E"]) == [1]


def test_every_history_of_the_trigram_is_a_distribution() -> None:
    sentences = [("转", "安"), ("转",), ("安", "安", "转"), ("安", "安", "转"), ("转", "转", "安", "转")]
    graph = words_to_sentences(NUMBERS, sentences, {"转": 1.0, "安": 1.0}, least=2)

    assert len(graph.arcs) > 5  # pairs of words are histories, too
    for state, arcs in enumerate(graph.arcs):
        mass = sum(float(np.exp(-arc.cost)) for arc in arcs) + float(np.exp(-graph.ends.get(state, np.inf)))
        assert mass == pytest.approx(1.0)


def test_there_is_a_phone_for_every_unit_in_every_place() -> None:
    table = phones()

    assert len(table.pdfs) == len(table.kinds) == 2 + 4 * (len(UNITS) - 1)
    assert table.pdfs[table.number["uan_E"] - 1] == UNITS.index("uan")
    assert table.kinds[table.number["uan_E"] - 1] == "end"
