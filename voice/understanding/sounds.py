"""Writing by sound: characters that sound alike, without tone, become one letter. Pure after import.

Rule 1: a text and a pattern that are spelled here compare by sound; a character without a known sound stays itself.
Rule 2: a recogniser writes in pinyin what it has no word for. Such a syllable has a sound and no character, so it can be meant by
sound only: 死 is not read out of a noise that was heard as si.
"""

import json
import re
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("sounds.json")
_FIRST_LETTER = 0xE000  # private use: never in a text, never special in a pattern


# What recognisers and many speakers do not keep apart. Order matters: zh before z would never be seen again.
_FOLDS = (
    (r"^zh", "z"),
    (r"^ch", "c"),
    (r"^sh", "s"),
    (r"^n(?=[aiouv]|en|ei)", "l"),  # n and l are one in Sichuan; but never 呢 and 了: "转账呢" is not "转账了"
    (r"^hu$", "fu"),
    (r"ing$", "in"),
    (r"eng$", "en"),
)
_LATIN = re.compile(r"\b[a-z]+\b", re.ASCII)
_WORDS = frozenset({"ai"})  # people say it, and the rules know it


def folded(syllable: str) -> str:
    """The sound of a toneless syllable, for which people who mix up others' sounds have one."""
    for pattern, sound in _FOLDS:
        syllable = re.sub(pattern, sound, syllable)
    return syllable


@cache
def _sounds() -> dict[str, str]:
    """Sound -> all characters that sound so."""
    sounds: dict[str, str] = json.loads(TABLE.read_text(encoding="utf-8"))
    return sounds


@cache
def _letter_of_sound() -> dict[str, str]:
    return {sound: chr(_FIRST_LETTER + place) for place, sound in enumerate(_sounds())}


@cache
def _letters() -> dict[int, str]:
    return {ord(character): letter for sound, letter in _letter_of_sound().items() for character in _sounds()[sound]}


def spelled(text: str) -> str:
    """The text, or the pattern, with every known character as the letter of its sound. Its length does not change."""
    return text.translate(_letters())


def without_pinyin(text: str) -> str:
    """The text with every syllable that is written in pinyin as the letter of its sound."""

    def letter(found: re.Match[str]) -> str:
        latin = found.group()
        return latin if latin in _WORDS else _letter_of_sound().get(folded(latin), latin)

    return _LATIN.sub(letter, text)


def with_pinyin(text: str) -> str:
    """The letters of sounds written so that people can read them."""
    return text.translate({ord(letter): f" {sound} " for sound, letter in _letter_of_sound().items()})


def has_sound(character: str) -> bool:
    """Whether the table knows how a character sounds."""
    return ord(character) in _letters()
