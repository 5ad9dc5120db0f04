"""From an utterance to what it meant. Pure: the same text and the same question always give the same answer.

Rule 1: every intent comes with its evidence: the rule's name and the words that it took.
Rule 2: intents come in urgency order; a short answer ("好", "没有") means something only by the question and beside nothing
stronger.
Rule 3: what is not recognised is not guessed: no match is an answer that the script knows how to treat.
Rule 4: rules see what can be said in a rule (negations, questions, sums); the learned table knows the many other wordings. `judging`
joins them.
"""

from collections.abc import Collection, Iterable
from functools import cache

from voice.understanding.amounts import find_sums
from voice.understanding.features import weighted
from voice.understanding.intents import INTENTS
from voice.understanding.judging import explained, judged
from voice.understanding.learned import Weights, probabilities, weights
from voice.understanding.model import IntentMatch, Understood
from voice.understanding.rules import Found, Reader
from voice.understanding.shortly import bare_answer
from voice.understanding.sounds import spelled, with_pinyin
from voice.understanding.table import CLASSES, CLASSES_BY_SOUND, TOPICS
from voice.understanding.weighing import weighed
from voice.understanding.wording import normalised

_URGENCY = {intent: rank for rank, intent in enumerate(INTENTS)}
_BY_SOUND = 0.7  # a match by sound only is worth so much of a match by characters
_PART_BY_SOUND = 0.6  # of the reply; a few syllables in a long one sound like too many things
_EXPECTED = 0.05


@cache
def _reader() -> Reader:
    return Reader(TOPICS, CLASSES)


@cache
def _sound_reader() -> Reader:
    return Reader(TOPICS, CLASSES_BY_SOUND, spelled)


def warm_up() -> None:
    """Compile all rules and read the learned table now, in a moment when nobody waits."""
    _reader()
    _sound_reader()
    weights()


def understand(text: str, expects: Collection[str] = ()) -> Understood:
    """What this reply meant. expects: the intents that the question lists; they settle what a short answer means."""
    return understand_with(weights(), text, expects)


def understand_with(table: Weights, text: str, expects: Collection[str] = ()) -> Understood:
    """The same with another learned table; for training."""
    plain = normalised(text)
    if not plain:
        return Understood(text)
    sums = find_sums(plain, asked="amount" in expects)
    found = weighed(plain, [*_found(plain), *_stated(plain, sums)])
    matches = bare_answer(plain, expects) or _judged(plain, _matches(plain, found, expects), expects, table)
    return Understood(text, matches, max((one.yuan for one in sums), default=None))


def _judged(
    plain: str, matches: tuple[IntentMatch, ...], expects: Collection[str], table: Weights
) -> tuple[IntentMatch, ...]:
    """What the rules found and what was learned, joined."""
    names = [match.intent for match in matches]
    features = weighted(plain, names)
    chances = probabilities(features, table)
    standing = judged(matches, chances, frozenset(expects))
    by_name = {match.intent: match for match in matches}
    return tuple(
        IntentMatch(intent, round(standing[intent], 3), explained(intent, by_name, table.reasons(features, intent)))
        for intent in sorted(standing, key=_URGENCY.__getitem__)
    )


def by_rules(plain: str) -> tuple[str, ...]:
    """The intents that the rules find in a normalised reply, whatever was asked."""
    found = weighed(plain, [*_found(plain), *_stated(plain, find_sums(plain))])
    return tuple(match.intent for match in _matches(plain, found, ()))


def _found(plain: str) -> list[Found]:
    found = _reader().read(plain)
    if found:
        return found
    heard = spelled(plain)
    return [
        Found(one.intent, one.strength * _BY_SOUND, f"{one.rule} by sound", one.start, one.end)
        for one in _sound_reader().read(heard)
        if one.end - one.start >= _PART_BY_SOUND * len(heard)
    ]


def _stated(plain: str, sums: Iterable[object]) -> list[Found]:
    return [Found("amount", 0.9, "sum", 0, len(plain))] if sums else []


def _matches(plain: str, found: Iterable[Found], expects: Collection[str]) -> tuple[IntentMatch, ...]:
    best: dict[str, IntentMatch] = {}
    for one in found:
        confidence = min(1.0, one.strength + (_EXPECTED if one.intent in expects else 0.0))
        known = best.get(one.intent)
        if known is None or confidence > known.confidence:
            best[one.intent] = IntentMatch(
                one.intent, confidence, f"{one.rule}: {with_pinyin(plain[one.start : one.end])}"
            )
    return tuple(sorted(best.values(), key=lambda match: _URGENCY[match.intent]))
