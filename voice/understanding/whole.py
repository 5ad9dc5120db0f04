"""Puts together all that one reply means: its intents, its slots, its promises, and how sure that is. Pure."""

from collections.abc import Collection, Mapping, Sequence

from voice.understanding.amounts import Sum
from voice.understanding.doubt import confidence_of, is_doubtful
from voice.understanding.intents import URGENT
from voice.understanding.judging import LEARNED
from voice.understanding.mentions import Mentions
from voice.understanding.model import IntentMatch, Understood
from voice.understanding.pledges import promised, settled
from voice.understanding.slots import slots_of
from voice.understanding.sounds import with_pinyin
from voice.understanding.times import is_only_a_time

_SURE = 0.9


def whole(
    text: str,
    plain: str,
    matches: tuple[IntentMatch, ...],
    sums: Sequence[Sum],
    *,
    expects: Collection[str],
    mentions: Mapping[str, Mentions],
) -> Understood:
    """matches: the intents that were found in the normalised reply, most urgent first."""
    pledges, against = promised(plain)
    matches = _answered(plain, settled(matches, pledges, against, expects), expects)
    slots = slots_of(plain, [match.intent for match in matches], sums, mentions)
    confidence = confidence_of(matches)
    top = matches[0].intent if matches else ""
    return Understood(
        text,
        matches,
        max((one.yuan for one in sums), default=None),
        slots,
        pledges,
        against,
        confidence,
        is_doubtful(top, confidence),
    )


def warm_up(mentions: Mapping[str, Mentions]) -> None:
    """Compile now what every reply needs."""
    slots_of("十", (), (), mentions)


def _answered(plain: str, matches: tuple[IntentMatch, ...], expects: Collection[str]) -> tuple[IntentMatch, ...]:
    """A time alone answers the question that may be answered by one, 六点以后吧; without such a question nothing is guessed."""
    if (matches and matches[0].intent in URGENT) or not is_only_a_time(plain):
        return matches
    meant = next((intent for intent in ("visit_ok", "busy_later") if intent in expects), "")
    if not meant:
        return () if all(match.evidence.startswith(LEARNED) for match in matches) else matches
    return (IntentMatch(meant, _SURE, f"bare time: {with_pinyin(plain)}"),)
