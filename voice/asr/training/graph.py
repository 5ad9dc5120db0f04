"""The decoding graph: sounds to words (HCL) and words to sentences (G), and the phones they are spelled with. Pure.

CTC spelled as Kaldi phones of one state. Arcs are "reordered" as Kaldi's graphs are: the exit of a phone is taken when it is
entered, its self-loop follows. Every word is a chain of its own with its label on the first arc, so Vosk composes both while it
decodes, without look-ahead.

Rule: phone 1 is the blank between words and counts as silence, phone 2 the blank inside a word. Both must be silence for the
end-pointer (`endpoint.silence-phones=1:2`), or a half-said word waits for ever (finding).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from voice.asr.training.fst import Fst
from voice.asr.training.units import UNIT_ID, UNITS

Pronunciation = tuple[str, ...]

SILENCE, INNER_BLANK = 1, 2
_POSITIONS = {"B": "begin", "I": "internal", "E": "end", "S": "singleton"}
BEGIN, END = "<s>", "</s>"


@dataclass(frozen=True, slots=True)
class Phones:
    """Every unit in four positions of a word; network outputs and kinds of phone 1, 2, ..."""

    number: Mapping[str, int]
    pdfs: tuple[int, ...]
    kinds: tuple[str, ...]


def phones() -> Phones:
    names = [f"{unit}_{position}" for unit in UNITS[1:] for position in _POSITIONS]
    return Phones(
        number={name: 3 + place for place, name in enumerate(names)},
        pdfs=(0, 0, *(UNIT_ID[unit] for unit in UNITS[1:] for _ in _POSITIONS)),
        kinds=("nonword", "internal", *(kind for _ in UNITS[1:] for kind in _POSITIONS.values())),
    )


def sounds_to_words(
    table: Phones,
    numbers: Mapping[str, int],
    lexicon: Mapping[str, Sequence[Pronunciation]],
    *,
    costs: Mapping[str, float],
    unknown: str,
    unknown_cost: float,
) -> Fst:
    """HCL. `costs` makes a word dearer whatever stands before it; `unknown` is any two units or more, each at `unknown_cost`."""
    graph = Fst()
    start, silence, hub = graph.state(), graph.state(), graph.state()
    graph.ends = {start: 0.0, silence: 0.0}
    graph.arc(start, _enter(SILENCE), 0, silence)
    graph.arc(silence, _stay(SILENCE), 0, silence)
    graph.arc(start, 0, 0, hub)
    graph.arc(silence, 0, 0, hub)
    for word, number in numbers.items():
        for pronunciation in lexicon.get(word, ()):
            _word(graph, table, (hub, start), pronunciation, number=number, cost=costs.get(word, 0.0))
    _unknown(graph, table, (hub, start), numbers[unknown], unknown_cost)
    return graph


def _word(
    graph: Fst, table: Phones, ends: tuple[int, int], pronunciation: Pronunciation, *, number: int, cost: float
) -> None:
    here, last_unit, blank = ends[0], "", None
    for place, unit in enumerate(pronunciation):
        first, last = place == 0, place == len(pronunciation) - 1
        position = "S" if first and last else "B" if first else "E" if last else "I"
        phone = table.number[f"{unit}_{position}"]
        state = graph.state()
        if unit != last_unit:  # twice the same unit needs a blank between
            graph.arc(here, _enter(phone), number if first else 0, state, cost if first else 0.0)
        if blank is not None:
            graph.arc(blank, _enter(phone), 0, state)
        graph.arc(state, _stay(phone), 0, state)
        here, last_unit, blank = state, unit, None
        if not last:
            blank = graph.state()
            graph.arc(state, _enter(INNER_BLANK), 0, blank)
            graph.arc(blank, _stay(INNER_BLANK), 0, blank)
    graph.arc(here, 0, 0, ends[1])


def _unknown(graph: Fst, table: Phones, ends: tuple[int, int], number: int, cost: float) -> None:
    inside, blank = graph.state(), graph.state()
    graph.arc(blank, _stay(INNER_BLANK), 0, blank)
    graph.arc(inside, _enter(INNER_BLANK), 0, blank)
    graph.arc(blank, 0, 0, inside)
    for unit in UNITS[1:]:
        for position, start, to, label in (
            ("B", ends[0], inside, number),
            ("I", inside, inside, 0),
            ("E", inside, ends[1], 0),
        ):
            phone, state = table.number[f"{unit}_{position}"], graph.state()
            graph.arc(start, _enter(phone), label, state, cost)
            graph.arc(state, _stay(phone), 0, state)
            graph.arc(state, 0, 0, to)


def words_to_sentences(
    numbers: Mapping[str, int],
    sentences: Iterable[Sequence[str]],
    floors: Mapping[str, float],
    *,
    discount: float = 0.5,
    least: int = 2,
) -> Fst:
    """G: a trigram with back-off. `floors`: what a word counts before anybody has said it; words without one are not in it.

    A trigram that was said fewer than `least` times is left to the bigrams.
    """
    histories = _counted(sentences, floors, least)
    singles = Counter[str]()
    for history, followers in histories.items():
        if len(history) == 1:
            singles.update(followers)
    weights = {word: singles[word] + floor for word, floor in floors.items()} | {END: float(singles[END])}
    total = sum(weights.values())
    graph = Fst()
    states = {history: graph.state() for history in ((BEGIN,), *(one for one in histories if one != (BEGIN,)))}
    states[()] = graph.state()
    for word, weight in weights.items():
        _step(graph, numbers, states, (), (word, weight / total))
    for history, followers in histories.items():
        seen, left = followers.total(), 1.0
        for word, times in followers.items():
            if len(history) == 1 or times >= least:
                share = (times - discount) / seen
                _step(graph, numbers, states, history, (word, share))
                left -= share
        graph.arc(states[history], 0, 0, states[history[1:]], -math.log(left))
    return graph


def _counted(
    sentences: Iterable[Sequence[str]], floors: Mapping[str, float], least: int
) -> dict[tuple[str, ...], Counter[str]]:
    """What follows each word, and each pair of words after which something was said `least` times."""
    counted: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        whole = (BEGIN, *sentence, END)
        for place, word in enumerate(whole[1:], 1):
            for length in (1, 2):
                if length <= place and (word == END or word in floors):
                    counted[whole[place - length : place]][word] += 1
    return {
        history: followers
        for history, followers in counted.items()
        if len(history) == 1 or max(followers.values()) >= least
    }


def _step(
    graph: Fst,
    numbers: Mapping[str, int],
    states: Mapping[tuple[str, ...], int],
    history: tuple[str, ...],
    follower: tuple[str, float],
) -> None:
    word, cost = follower[0], -math.log(follower[1])
    if word == END:
        graph.ends[states[history]] = cost
        return
    longest = ((*history, word)[-2:], (word,), ())
    graph.arc(
        states[history], numbers[word], numbers[word], next(states[known] for known in longest if known in states), cost
    )


def _enter(phone: int) -> int:
    return 2 * phone


def _stay(phone: int) -> int:
    return 2 * phone - 1
