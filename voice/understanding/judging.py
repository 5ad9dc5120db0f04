"""Joins what the rules found with what the classifier believes. Pure.

Rule 1: an urgent intent is said at a small chance already: a miss costs more than twenty false alarms. But a mere guess needs a word of
        its topic ("signs" of the knowledge): without death or despair in it, "我再想想" is no crisis.
Rule 2: what the classifier finds likely needs no rule; what the rules found beside it stays if it is less urgent.
Rule 3: below the least chance nothing is said, nor a bare yes in words that nobody has read: no match is an answer that the script knows how to treat.

The chances were chosen on replies of seven authors, each predicted without his own (docs/decisions/0010).
"""

from collections.abc import Mapping, Sequence

from voice.understanding.intents import INTENTS, URGENT
from voice.understanding.model import IntentMatch

URGENT_CHANCE = 0.06
CRISIS_CHANCE = 0.05  # the one that is never asked about again
UNSIGNED_CHANCE = 0.3  # of an urgent intent that no rule found and of whose topic not a word was said
LIKELY_CHANCE = 0.35
LITTLE_CHANCE = 0.1  # what stands below it stands for the rule's sake alone
LEAST_CHANCE = 0.15  # with a rule's support
LEAST_UNSUPPORTED = 0.25  # gibberish lands below it
LEAST_FAMILIAR = 0.25
SAYS_LITTLE = frozenset({"affirm", "deny"})  # short, and so is noise
ASKED_FOR = 3.0  # what the question lists is so much likelier than what it does not
LEARNED = "learned"  # begins the evidence of what no rule found
BY_SOUND = " by sound: "
BY_SOUND_AT_MOST = 0.69  # the characters were wrong: said with less confidence, so that it may be asked again


def judged(
    by_rules: Sequence[IntentMatch],
    chances: Sequence[float],
    expects: frozenset[str],
    *,
    signed: frozenset[str],
    familiar: float,
) -> dict[str, float]:
    """Intent -> confidence of what stands.

    signed: the intents of whose topic the reply holds a word; familiar: how much of the reply was ever read in training, 0..1.
    """
    found = {match.intent: match for match in by_rules}
    unasked = dict(zip(INTENTS, chances, strict=True))
    weights = {intent: chance * (ASKED_FOR if intent in expects else 1.0) for intent, chance in unasked.items()}
    chance = {intent: weight / sum(weights.values()) for intent, weight in weights.items()}
    best = max(chance, key=lambda intent: chance[intent])
    least = LEAST_CHANCE if found else LEAST_UNSUPPORTED
    standing = {i for i in INTENTS if unasked[i] >= least and (i == best or chance[i] >= LIKELY_CHANCE)}
    standing |= {i for i in URGENT if chance[i] >= _least(i, certain=i in signed or i in found)}
    if familiar < LEAST_FAMILIAR and not found:
        standing -= SAYS_LITTLE
    if standing:
        # Less urgent ones beside it add meaning (a sum, a yes) and change no decision.
        beside = {i for i, match in found.items() if BY_SOUND not in match.evidence and i not in URGENT}
        standing |= {i for i in beside if INTENTS.index(i) > INTENTS.index(best)}
    return {intent: _confidence(found.get(intent), chance[intent]) for intent in standing}


def _least(urgent: str, *, certain: bool) -> float:
    """The chance from which an urgent intent is said."""
    if not certain:
        return UNSIGNED_CHANCE
    return CRISIS_CHANCE if urgent == "crisis" else URGENT_CHANCE


def _confidence(rule: IntentMatch | None, chance: float) -> float:
    if rule is None:
        return chance
    if BY_SOUND in rule.evidence:
        return min(chance, BY_SOUND_AT_MOST)
    return max(chance, rule.confidence if chance < LITTLE_CHANCE else 0.0)


def explained(intent: str, by_rules: Mapping[str, IntentMatch], reasons: Sequence[str]) -> str:
    """Why: the rule and its words, or the runs of characters that spoke most for it."""
    if intent in by_rules:
        return by_rules[intent].evidence
    return f"{LEARNED}: {' '.join(reasons)}" if reasons else LEARNED
