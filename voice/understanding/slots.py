"""What a reply tells beside its intents: the slots of `voice.understanding.model.SLOTS`. Pure.

Rule: a slot is set only by what was said; nothing is concluded from silence, and no two slots contradict one another.
"""

from collections.abc import Collection, Mapping, Sequence

from voice.understanding.amounts import Sum
from voice.understanding.channels import channels
from voice.understanding.mentions import Mentions
from voice.understanding.schemes import about_fraud, mentioned_type
from voice.understanding.speaker import speaker
from voice.understanding.times import find_when

# A time beside one of these is when the money went, unless the reply also asks for another time.
_OVER = frozenset({"transferred", "gave_code_or_info"})
_ASKS_FOR_A_TIME = frozenset({"busy_later", "visit_ok", "visit_refuse", "third_party"})


def slots_of(
    plain: str, names: Collection[str], sums: Sequence[Sum], mentions: Mapping[str, Mentions]
) -> Mapping[str, str]:
    """All slots that a normalised reply with these intents fills."""
    slots = dict(speaker(plain, names))
    if about_fraud(names):
        slots["channel"] = channels(plain, mentions["channel"])
        slots["mentioned_type"] = mentioned_type(plain, mentions["mentioned_type"])
    if not _OVER.intersection(names) or _ASKS_FOR_A_TIME.intersection(names):
        slots["when"] = find_when(plain)
    if sums and max(sums, key=lambda each: each.yuan).about:
        slots["sum_about"] = "yes"
    return {slot: value for slot, value in slots.items() if value}
