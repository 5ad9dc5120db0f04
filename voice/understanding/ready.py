"""A knowledge made ready for matching: compiled once, each part when it is first needed. Pure."""

import re
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache

from voice.understanding.intents import INTENTS
from voice.understanding.knowledge import Knowledge
from voice.understanding.mentions import Mentions
from voice.understanding.model import SLOTS
from voice.understanding.phrases import PhraseBook
from voice.understanding.rules import Reader
from voice.understanding.sounds import spelled

_VERSIONS = 4  # in one process: the shipped one, the published one, and what an admin is writing


class Ready:
    """The compiled forms of one knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.silences = {intent: frozenset(others) for intent, others in knowledge.silences.items()}

    def signed(self, plain: str) -> frozenset[str]:
        """The intents of whose topic a normalised reply holds a word. An intent without signs needs none."""
        return frozenset(intent for intent in INTENTS if intent not in self._signs or self._signs[intent].search(plain))

    @cached_property
    def _signs(self) -> Mapping[str, re.Pattern[str]]:
        return {intent: re.compile("|".join(map(re.escape, signs))) for intent, signs in self._knowledge.signs.items()}

    @cached_property
    def rules(self) -> Reader:
        return Reader(self._knowledge.patterns.topics, self._knowledge.patterns.classes)

    @cached_property
    def rules_by_sound(self) -> Reader:
        patterns = self._knowledge.patterns
        return Reader(patterns.topics, {**patterns.classes, **patterns.classes_by_sound}, spelled)

    @cached_property
    def phrases(self) -> PhraseBook:
        return PhraseBook(self._knowledge.phrases)

    @cached_property
    def phrases_by_sound(self) -> PhraseBook:
        return PhraseBook(self._knowledge.phrases, spelled)

    @cached_property
    def mentions(self) -> Mapping[str, Mentions]:
        """Of every slot that has wordings."""
        return {slot: Mentions(self._knowledge.slots.get(slot, {})) for slot in SLOTS}

    @cached_property
    def short_answers(self) -> tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...]:
        return tuple((each.name, re.compile(each.pattern), each.means) for each in self._knowledge.short_answers)

    @cached_property
    def complete(self) -> re.Pattern[str]:
        return re.compile(self._knowledge.complete)

    def warm_up(self) -> None:
        """Compile now what every reply needs."""
        _ = (self.rules, self.phrases, self.mentions, self.short_answers, self.complete, self._signs)

    def rarely_needed(self) -> tuple[Callable[[], object], ...]:
        """Compile what only some replies need: those of which the characters say nothing."""
        sounds = (each.warm_up for each in self.mentions.values())
        return (lambda: self.rules_by_sound, lambda: self.phrases_by_sound, *sounds)


@lru_cache(maxsize=_VERSIONS)
def ready(knowledge: Knowledge) -> Ready:
    return Ready(knowledge)
