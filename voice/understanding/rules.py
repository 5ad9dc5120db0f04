"""What a rule of understanding is, and how rules are read. Pure.

Rule 1: a topic is a list of rules in which an earlier one takes its words away from the later ones. So negations and
questions stand first ("没转", "转了吗") and cannot be found again as "转了". Topics do not see one another.
Rule 2: a rule without an intent only takes words away.
Rule 3: patterns are regular expressions over normalised text with <NAMES> for word classes; every Chinese character in
them also stands for its sound when a text is matched by sound.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

TAKEN = "\x00"  # in the place of a character that an earlier rule has taken

_ANY = re.compile(r"(?<!\\)\.")
_NAME = re.compile(r"<([A-Z_]+)>")


@dataclass(frozen=True, slots=True)
class Rule:
    """These wordings mean this intent."""

    intent: str  # empty: the words mean nothing, and nobody else may take them
    patterns: tuple[str, ...]
    strength: float = 0.9
    keeps: bool = False  # the words stay for the later rules of the topic


def rule(intent: str, *patterns: str, strength: float = 0.9, keeps: bool = False) -> Rule:
    """For tables that are written in Python."""
    return Rule(intent, patterns, strength, keeps)


@dataclass(frozen=True, slots=True)
class Topic:
    """Rules that share their words, in order."""

    name: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A rule that matched, and where."""

    intent: str
    strength: float
    rule: str  # "money.7"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: Rule
    name: str
    regex: re.Pattern[str]


class Reader:
    """All topics, compiled once. `spell` writes the characters of patterns in another alphabet (sounds)."""

    def __init__(
        self, topics: Iterable[Topic], classes: Mapping[str, str], spell: Callable[[str], str] = lambda text: text
    ) -> None:
        self._topics = tuple(
            tuple(
                _Compiled(one, f"{topic.name}.{number}", re.compile(spell(expanded("|".join(one.patterns), classes))))
                for number, one in enumerate(topic.rules, 1)
            )
            for topic in topics
        )

    def read(self, text: str) -> list[Found]:
        """Every rule that matches, topic by topic."""
        return [found for topic in self._topics for found in _read_topic(topic, text)]


def _read_topic(topic: tuple[_Compiled, ...], text: str) -> Iterable[Found]:
    left = text
    for one in topic:
        for match in one.regex.finditer(left):
            start, end = match.span()
            if start == end:
                continue
            if one.rule.intent:
                yield Found(one.rule.intent, one.rule.strength, one.name, start, end)
            if not one.rule.keeps:
                left = left[:start] + TAKEN * (end - start) + left[end:]


def classes_named(pattern: str) -> list[str]:
    """The word classes that a pattern names."""
    return _NAME.findall(pattern)


def expanded(pattern: str, classes: Mapping[str, str]) -> str:
    """The regular expression that a pattern stands for. Its classes exist and do not hold themselves."""
    while (wider := _NAME.sub(lambda name: f"(?:{classes[name[1]]})", pattern)) != pattern:
        pattern = wider
    return _ANY.sub(f"[^{TAKEN}]", pattern)  # a gap never reaches over words that were taken
