"""Which of the intents found in one reply stand beside one another. Pure.

Rule 1: nothing urgent is ever dropped, except beside an announcement: "您拨打的用户正忙，请稍后再拨" is the network's, whole.
Rule 2: a courtesy or a bare yes or no does not stand beside something that says more.
Rule 3: which intent makes which others meaningless in the same reply is knowledge ("silences"); what was silenced silences nobody.
"""

from collections.abc import Mapping, Sequence

from voice.understanding.intents import INTENTS, URGENT
from voice.understanding.rules import Found

_WEAK_YES = 0.65  # 好, 行, 可以: assent to anything, or mere politeness
_WEAK = 0.55  # 知道了, 骗子: meant only when nothing else is said
_SAY_LITTLE = frozenset({"affirm", "hello_only", "thanks_bye", "amount"})


def weighed(plain: str, found: Sequence[Found], silences: Mapping[str, frozenset[str]]) -> list[Found]:
    """What stands."""
    strengths: dict[str, float] = {}
    for one in found:
        strengths[one.intent] = max(one.strength, strengths.get(one.intent, 0.0))
    standing = _standing(plain, strengths, silences)
    return [one for one in found if one.intent in standing]


def _standing(plain: str, strengths: Mapping[str, float], silences: Mapping[str, frozenset[str]]) -> set[str]:
    names = set(strengths)
    if "machine_answer" in names:
        return {"machine_answer"}
    for name in (intent for intent in INTENTS if intent in strengths):
        if name in names:
            names -= silences.get(name, frozenset()) - URGENT
    weak = {name for name in names if strengths[name] <= _WEAK and name not in URGENT}
    names -= {name for name in weak if names - {name} - _SAY_LITTLE}
    if strengths.get("affirm", 1.0) <= _WEAK_YES and names - {"affirm", "hello_only"}:
        names.discard("affirm")
    if not plain.startswith("喂") and names - {"hello_only"}:
        names.discard("hello_only")
    return names
