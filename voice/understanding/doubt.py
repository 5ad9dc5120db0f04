"""How sure we are of what a reply meant, and when that is too little to act upon. Pure.

Rule 1: low confidence is said, not guessed: nothing is taken away here, and nothing is made likelier.
Rule 2: what the recogniser adds counts: other texts that it thought possible, and how well it heard.
Rule 3: whoever may be about to die is not asked what he meant.

The thresholds were chosen on replies of six authors, each predicted without his own (docs/decisions/0015);
`python -m voice.understanding.training.doubting` prints the figures.
"""

from collections.abc import Sequence
from dataclasses import replace

from voice.understanding.intents import URGENT
from voice.understanding.model import IntentMatch, Understood

CLEAR_AT = 0.5
URGENT_CLEAR_AT = 0.3  # urgent intents are said from a chance of 0.1 on, and a question costs seconds
NEVER_DOUBTED = frozenset({"crisis", "machine_answer"})
WELL_HEARD = 0.6  # of the recogniser's confidence; below it ours shrinks with it
MOST_ALTERNATIVES = 3  # each costs as much as the reply itself
ONLY_ALTERNATIVE = 0.5  # what was found in another text than the likeliest is worth so much


def confidence_of(matches: Sequence[IntentMatch]) -> float:
    """That the most urgent intent is the right one. Nothing found: no confidence in anything."""
    return matches[0].confidence if matches else 0.0


def is_doubtful(top: str, confidence: float) -> bool:
    """Whether this intent, so sure, needs to be asked about first. What found nothing is not doubted: it is not understood."""
    if not top or top in NEVER_DOUBTED:
        return False
    return confidence < (URGENT_CLEAR_AT if top in URGENT else CLEAR_AT)


def heard_so(first: Understood, others: Sequence[Understood], heard: float) -> Understood:
    """The meaning of the likeliest text, as sure as the other texts and the recogniser let us be.

    heard: 0..1; 0 is a recogniser that gives no confidence.
    """
    if not first.intents:
        found = next((other for other in others if other.intents), None)
        if found is None:
            return first
        others = ()
        first = replace(found, text=first.text, confidence=found.confidence * ONLY_ALTERNATIVE)
    agree = 1 + sum(first.top in other.names() for other in others)
    confidence = first.confidence * agree / (1 + len(others)) * (min(1.0, heard / WELL_HEARD) if heard > 0 else 1.0)
    unheard = any(set(other.names()) & URGENT - set(first.names()) for other in others)
    doubtful = is_doubtful(first.top, confidence) or (unheard and first.top not in URGENT)
    return replace(first, confidence=round(confidence, 3), doubtful=doubtful)
