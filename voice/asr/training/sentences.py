"""Sentences to train with: drawn from patterns, written replies, word lists and plain syllables. Chance comes in as an argument.

Rule: sentences that the evaluation says are never drawn (`forbidden`).
"""

import random
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from voice.asr.training.lexicon import cut, said, vocabulary
from voice.asr.training.texts import replies
from voice.asr.training.units import all_syllables, spelled

PATTERNS = Path(__file__).with_name("sentences.txt")
_CHOICE = re.compile(r"\{([^{}]*)\}")
_CLASS = re.compile(r"<([A-Z_]+)>")
_DIGITS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What to say: hanzi (empty: bare syllables), its words, its syllables with tones."""

    hanzi: str
    words: tuple[str, ...]
    syllables: tuple[str, ...]

    @property
    def units(self) -> tuple[str, ...]:
        return spelled(self.syllables)


def from_text(text: str) -> Sentence:
    words = cut(text)
    return Sentence("".join(words), words, said(words))


@cache
def _patterns() -> tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]:
    classes: dict[str, tuple[str, ...]] = {}
    patterns: list[str] = []
    for line in PATTERNS.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, equals, members = line.partition(" = ")
        if equals:
            classes[name] = tuple(member.strip() for member in members.split("|"))
        else:
            patterns.append(line)
    return tuple(patterns), classes


def drawn(chance: random.Random, forbidden: Collection[str] = ()) -> str:
    """One sentence from the patterns."""
    patterns, _ = _patterns()
    while True:
        text = filled(chance.choice(patterns), chance)
        if text and text not in forbidden:
            return text


def of_every_pattern(times: int, forbidden: Collection[str] = ()) -> list[str]:
    """So many sentences of each pattern; another pattern more or less does not change what the others give."""
    patterns, _ = _patterns()
    made = [
        filled(pattern, chance) for pattern in patterns for chance in [random.Random(pattern)] for _ in range(times)
    ]
    return [text for text in made if text and text not in forbidden]


def filled(pattern: str, chance: random.Random) -> str:
    _, classes = _patterns()

    def member(found: re.Match[str]) -> str:
        return amount(chance) if found[1] == "AMOUNT" else chance.choice(classes[found[1]])

    while _CHOICE.search(pattern):
        pattern = _CHOICE.sub(lambda found: chance.choice(found[1].split("|")), pattern)
    return _CLASS.sub(member, pattern)


def amount(chance: random.Random) -> str:
    """A sum as people say it."""
    digit, two, many = chance.choice(_DIGITS), chance.choice("一两三四五六七八九"), chance.choice(_DIGITS[1:])
    last = chance.choice(_DIGITS)
    core = chance.choice((
        two + "千", two + "万", two + "百", two + "万" + digit, two + "千" + digit, two + "千" + digit + "百", many + "十万",
        two + "万" + two + "千", "十" + digit + "万", "十" + digit, many + "十", many + "十" + digit + "万", many + "十" + digit,
        many + "百" + digit + "十", two + "百" + last + "十" + digit + "万", "十几万", "几万", "几千", "好几万", "几百", "二十来万",
        digit + "万" + last + "千" + digit + "百", digit + "千零" + last + "十", "一百" + last + "十" + digit, digit + "百万",
    ))  # fmt: skip
    return core + chance.choice(("", "", "", "块", "块钱", "元"))


def moment(chance: random.Random) -> str:
    """A time as people say it, or digits read out."""
    hour = chance.choice(("一", "两", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"))
    kind = chance.randrange(4)
    if kind == 0:
        return "".join(chance.choice("零幺一二三四五六七八九") for _ in range(chance.randint(3, 8)))
    day = chance.choice(("", "今天", "明天", "后天", "昨天", "周五", "星期三"))
    part = chance.choice(("", "上午", "下午", "晚上", "早上", "中午"))
    return day + part + hour + "点" + chance.choice(("", "半", "以后", "左右", "十分", "之前", "一刻"))


def random_words(chance: random.Random) -> str:
    return "".join(chance.choice(vocabulary()) for _ in range(chance.randint(1, 5)))


def random_syllables(chance: random.Random) -> Sentence:
    """Sounds without sense, so that every syllable is heard beside every other."""
    table = all_syllables()
    plain = chance.choices(_names(), k=chance.randint(1, 7))
    return Sentence("", (), tuple(chance.choice(table[name]) for name in plain))


@cache
def _names() -> Sequence[str]:
    return tuple(all_syllables())


def training_sentence(chance: random.Random, forbidden: Collection[str] = ()) -> Sentence:
    """One of every kind in its share."""
    kind = chance.random()
    if kind < 0.24:
        return random_syllables(chance)
    if kind < 0.46:
        text = random_words(chance)
    elif kind < 0.53:
        text = amount(chance)
    elif kind < 0.58:
        text = moment(chance)
    elif kind < 0.76:
        text = chance.choice(replies())
    else:
        text = drawn(chance, forbidden)
        if chance.random() < 0.2:
            text += drawn(chance, forbidden)
    return training_sentence(chance, forbidden) if text in forbidden else from_text(text)
