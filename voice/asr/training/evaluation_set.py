"""What the model is judged by: sentences of two files that no pattern may contain, each in voices that were never trained.

Rule 1: settings are chosen on DEV. TEST is read for the report only.
Rule 2: both are sentences of the tests of understanding ("tune" and "held"), written by others than the patterns here.
"""

from functools import cache
from pathlib import Path
from typing import Literal

from voice.asr.training.lexicon import cut

CASES = Path(__file__).parents[3] / "tests" / "unit" / "understanding_cases.tsv"
Part = Literal["dev", "test"]


@cache
def cases(part: Part) -> tuple[tuple[str, str], ...]:
    """(intent, sentence); only sentences in hanzi that our pronunciations cover."""
    wanted = {"dev": "tune", "test": "held"}[part]
    rows = (line.split("\t") for line in CASES.read_text(encoding="utf-8").splitlines() if line[:1].isalpha())
    return tuple((row[1], row[2]) for row in rows if row[0] == wanted and _readable(row[2]))


@cache
def forbidden_sentences() -> frozenset[str]:
    """Longer than four characters: nobody can teach 没有 without saying it."""
    return frozenset(text for part in ("dev", "test") for _, text in cases(part) if len(text) > 4)


def _readable(text: str) -> bool:
    try:
        cut(text)
    except ValueError:
        return False
    return True
