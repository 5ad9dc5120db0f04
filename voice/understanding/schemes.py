"""Which fraud is being told of: the codes of the ministry's list, in whatever words. Pure.

Rule 1: the fraud that most of the reply speaks of; of two equals the one named last ("先说贷款，后来叫我投资").
Rule 2: a fraud that is none of the listed ones (裸聊, 中奖) is "generic"; nothing named is no type at all.
Rule 3: whoever is only ringing us off ("我在玩游戏呢") tells of no fraud; `about_fraud` knows the intents.
"""

from collections import Counter
from collections.abc import Collection

from voice.understanding.mentions import Mentions

_HEAVIER = {"dating": 2}  # 网恋的那个人叫我投资: the lure names the fraud, not the hook
# Whoever means one of these and nothing else is not telling what happened to him.
_SAYS_NOTHING = frozenset(
    {
        "busy_later", "off_topic", "who_are_you", "are_you_robot", "wrong_number", "third_party", "hand_over_family",
        "hangup_refuse", "opt_out_complaint", "angry_abuse", "prove_identity", "repeat_please", "cannot_hear", "hello_only",
        "thanks_bye", "machine_answer", "language_barrier", "minor", "visit_ok", "visit_refuse", "suspect_scam",
    }
)  # fmt: skip


def mentioned_type(plain: str, mentions: Mentions) -> str:
    """The code of the fraud that a normalised reply tells of; empty: none."""
    weights: Counter[str] = Counter()
    last: dict[str, int] = {}
    for each in mentions.read(plain):
        weights[each.value] += (each.end - each.start) * _HEAVIER.get(each.value, 1)
        last[each.value] = each.start
    return max(weights, key=lambda value: (weights[value], last[value]), default="")


def about_fraud(names: Collection[str]) -> bool:
    """Whether a reply with these intents may tell of a fraud."""
    return not names or not _SAYS_NOTHING.issuperset(names)
