"""What the model is judged by: sentences of two files that no pattern may contain, each in voices that were never trained.

Rule 1: settings are chosen on DEV. TEST is read for the report only.
Rule 2: both are sentences of the tests of understanding ("tune" and "held"), written by others than the patterns here.
Rule 3: other people write the same short sentences. What a reply or a script of ours holds but for one character is not counted.
"""

from functools import cache
from pathlib import Path
from typing import Literal

from voice.asr.training.lexicon import cut
from voice.asr.training.texts import replies, scripted

CASES = Path(__file__).parents[3] / "tests" / "unit" / "understanding_cases.tsv"
Part = Literal["dev", "test"]
LONG = 5  # characters; nobody can teach 没有 without saying it


@cache
def cases(part: Part) -> tuple[tuple[str, str], ...]:
    """(intent, sentence); only sentences in hanzi that our pronunciations cover."""
    wanted = {"dev": "tune", "test": "held"}[part]
    rows = (line.split("\t") for line in CASES.read_text(encoding="utf-8").splitlines() if line[:1].isalpha())
    return tuple((row[1], row[2]) for row in rows if row[0] == wanted and _readable(row[2]))


@cache
def counted(part: Part) -> tuple[tuple[str, str], ...]:
    """The long ones that no text of ours holds, or nearly."""
    texts = (*replies(), *scripted())
    known = {nearly for text in texts for nearly in _nearly(text)}
    return tuple(
        (intent, sentence)
        for intent, sentence in cases(part)
        if len(sentence) >= LONG and known.isdisjoint(_nearly(sentence)) and not any(sentence in text for text in texts)
    )


@cache
def forbidden_sentences() -> frozenset[str]:
    """The long ones of both, to the letter."""
    return frozenset(text for part in ("dev", "test") for _, text in cases(part) if len(text) >= LONG)


def _nearly(text: str) -> set[str]:
    """The text, and the text without one of its characters: what differs in one character has one of these in common."""
    return {text} | {text[:place] + text[place + 1 :] for place in range(len(text))}


def _readable(text: str) -> bool:
    try:
        cut(text)
    except ValueError:
        return False
    return True
