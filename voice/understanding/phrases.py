"""Phrases: plain words of an admin that mean an intent wherever they are said. Pure.

Rule 1: the longer phrase wins, whoever owns it: 没转成功 takes its words away from 转成功.
Rule 2: a phrase directly behind 没, 要是 ... or directly before 吗 is not meant; which words do so is knowledge too.
Rule 3: a phrase is the admin's word and stands beside whatever was learned. Being most of a reply it leaves only what is urgent
        beside it; being the whole reply it decides alone.
Rule 4: by sound it is only read when nothing was found by characters, and what two intents' phrases sound like nobody means.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from voice.understanding.intents import INTENTS, URGENT
from voice.understanding.judging import BY_SOUND, BY_SOUND_AT_MOST
from voice.understanding.knowledge import Phrases
from voice.understanding.model import IntentMatch
from voice.understanding.rules import Found

STRENGTH = 0.9
_MOST = 0.8  # of the reply
_URGENCY = {intent: rank for rank, intent in enumerate(INTENTS)}


class PhraseBook:
    """All phrases of one knowledge. `spell` writes them in another alphabet (sounds)."""

    def __init__(self, phrases: Phrases, spell: Callable[[str], str] = lambda text: text) -> None:
        self._owners = _unambiguous((spell(phrase), intent) for phrase, intent in phrases.owners.items())
        self._lengths = sorted({len(phrase) for phrase in self._owners}, reverse=True)
        self._before = tuple(map(spell, phrases.unmeant_before))
        self._after = tuple(map(spell, phrases.unmeant_after))

    def read(self, text: str) -> list[Found]:
        """The phrases that are meant, from left to right."""
        found, start = [], 0
        while start < len(text):
            room = len(text) - start
            length = next((n for n in self._lengths if n <= room and text[start : start + n] in self._owners), 0)
            end = start + length
            if length and not (text.endswith(self._before, 0, start) or text.startswith(self._after, end)):
                found.append(Found(self._owners[text[start:end]], STRENGTH, "phrase", start, end))
            start = end if length else start + 1
        return found


def _unambiguous(owned: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    owners: dict[str, str] = {}
    for phrase, intent in owned:
        owners[phrase] = intent if owners.get(phrase, intent) == intent else ""
    return {phrase: intent for phrase, intent in owners.items() if intent}


def by_sound(found: Iterable[Found], length: int) -> list[Found]:
    """Those that are most of the reply; a few syllables in a long one sound like too many things."""
    return [
        Found(one.intent, BY_SOUND_AT_MOST, f"{one.rule} by sound", one.start, one.end)
        for one in found
        if one.end - one.start >= _MOST * length
    ]


def with_phrases(others: Sequence[IntentMatch], found: Sequence[Found], plain: str) -> tuple[IntentMatch, ...]:
    """What was understood otherwise, and the phrases: in urgency order."""
    if not found:
        return tuple(others)
    said = {
        one.intent: IntentMatch(one.intent, one.strength, f"{one.rule}: {plain[one.start : one.end]}") for one in found
    }
    kept = {match.intent: match for match in others if _stays(match, said, _share(found, plain))}
    for intent, match in said.items():
        if intent not in kept or kept[intent].confidence < match.confidence:
            kept[intent] = match
    return tuple(sorted(kept.values(), key=lambda match: _URGENCY[match.intent]))


def _stays(match: IntentMatch, said: Mapping[str, IntentMatch], share: float) -> bool:
    if share >= 1.0:
        return match.intent in said
    return share < _MOST or match.intent in said or match.intent in URGENT or match.intent == "amount"


def _share(found: Sequence[Found], plain: str) -> float:
    """Of the reply that is known by its characters."""
    return sum(one.end - one.start for one in found if not one.rule.endswith(BY_SOUND.rstrip(": "))) / len(plain)
