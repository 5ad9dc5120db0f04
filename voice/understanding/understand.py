"""From an utterance to what it meant. Pure: the same text and the same question always give the same answer.

Rule 1: every intent comes with its evidence: the rule's name and the words that it took.
Rule 2: intents come in urgency order; a short answer ("好", "没有") means something only by the question and beside nothing
stronger.
Rule 3: what is not recognised is not guessed: no match is an answer that the script knows how to treat.
Rule 4: rules see what can be said in a rule (negations, questions, sums); the learned table knows the many other wordings; phrases are
what admins are sure of. `judging` and `phrases` join them.
Rule 5: rules, phrases and short answers come from one Knowledge, the shipped one unless another is given.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from voice.understanding import pledges, speaker
from voice.understanding.amounts import find_sums
from voice.understanding.doubt import MOST_ALTERNATIVES, heard_so
from voice.understanding.echo import echo, with_echo
from voice.understanding.features import weighted
from voice.understanding.intents import INTENTS
from voice.understanding.judging import explained, judged
from voice.understanding.knowledge import Knowledge, shipped
from voice.understanding.learned import Weights, probabilities, weights
from voice.understanding.model import IntentMatch, Understood
from voice.understanding.phrases import by_sound, with_phrases
from voice.understanding.ready import Ready, ready
from voice.understanding.rules import Found
from voice.understanding.shortly import bare_answer
from voice.understanding.sounds import spelled, with_pinyin
from voice.understanding.weighing import weighed
from voice.understanding.whole import warm_up as warm_up_slots
from voice.understanding.whole import whole
from voice.understanding.wording import normalised

_URGENCY = {intent: rank for rank, intent in enumerate(INTENTS)}
_BY_SOUND = 0.7  # a match by sound only is worth so much of a match by characters
_PART_BY_SOUND = 0.6  # of the reply; a few syllables in a long one sound like too many things
_EXPECTED = 0.05


def warm_up(knowledge: Knowledge | None = None) -> None:
    """Compile what every reply needs and read the learned table, before anybody speaks."""
    known = ready(knowledge or shipped())
    known.warm_up()
    weights()
    warm_up_slots(known.mentions)


def warm_up_the_rest(knowledge: Knowledge | None = None) -> Iterator[None]:
    """Compile what only some replies need, a part at every step, each less than 0.1 s. What is not compiled is, when it is needed."""
    known = ready(knowledge or shipped())
    for compile_part in (*pledges.warm_up(), *speaker.warm_up(), *known.rarely_needed()):
        compile_part()
        yield


def understand(
    text: str,
    expects: Collection[str] = (),
    knowledge: Knowledge | None = None,
    *,
    asked: str = "",
    alternatives: Sequence[str] = (),
    heard: float = 1.0,
) -> Understood:
    """What this reply meant. expects: the intents that the question lists; they settle what a short answer means.

    asked: the question itself, so that an answer in its own words is known ("提得出来" to "您提出来过吗").
    alternatives, heard: what else the recogniser thought possible, and its confidence (0: it gives none).
    """
    others = [
        understand_with(weights(), other, expects, knowledge, asked) for other in alternatives[:MOST_ALTERNATIVES]
    ]
    return heard_so(understand_with(weights(), text, expects, knowledge, asked), others, heard)


def understand_with(
    table: Weights, text: str, expects: Collection[str] = (), knowledge: Knowledge | None = None, asked: str = ""
) -> Understood:
    """The same with another learned table; for training."""
    plain, known = normalised(text), ready(knowledge or shipped())
    if not plain:
        return Understood(text)
    sums = find_sums(plain, asked="amount" in expects)
    phrases = known.phrases.read(plain)
    found = weighed(plain, [*_found(plain, known), *_stated(plain, sums)], known.silences)
    matches = bare_answer(plain, expects, known.short_answers)
    if not matches:
        learned = _judged(plain, _matches(plain, found, expects), expects, table, known)
        matches = with_phrases(learned, phrases or _heard(plain, found, known), plain)
        matches = with_echo(echo(plain, asked, expects), matches, plain)
    return whole(text, plain, matches, sums, expects=expects, mentions=known.mentions)


def _judged(
    plain: str, matches: tuple[IntentMatch, ...], expects: Collection[str], table: Weights, known: Ready
) -> tuple[IntentMatch, ...]:
    """What the rules found and what was learned, joined."""
    names = [match.intent for match in matches]
    features = weighted(plain, names)
    chances = probabilities(features, table)
    standing = judged(
        matches, chances, frozenset(expects), signed=known.signed(plain), familiar=table.familiar(features)
    )
    by_name = {match.intent: match for match in matches}
    return tuple(
        IntentMatch(intent, round(standing[intent], 3), explained(intent, by_name, table.reasons(features, intent)))
        for intent in sorted(standing, key=_URGENCY.__getitem__)
    )


def by_rules(plain: str) -> tuple[str, ...]:
    """The intents that the shipped rules find in a normalised reply, whatever was asked."""
    known = ready(shipped())
    found = weighed(plain, [*_found(plain, known), *_stated(plain, find_sums(plain))], known.silences)
    return tuple(match.intent for match in _matches(plain, found, ()))


def _found(plain: str, known: Ready) -> list[Found]:
    found = known.rules.read(plain)
    if found:
        return found
    heard = spelled(plain)
    return [
        Found(one.intent, one.strength * _BY_SOUND, f"{one.rule} by sound", one.start, one.end)
        for one in known.rules_by_sound.read(heard)
        if one.end - one.start >= _PART_BY_SOUND * len(heard)
    ]


def _heard(plain: str, found: Iterable[Found], known: Ready) -> list[Found]:
    """Phrases by their sound, when no rule knew the characters."""
    if any(not one.rule.endswith("by sound") for one in found):
        return []
    return by_sound(known.phrases_by_sound.read(spelled(plain)), len(plain))


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
