"""Short replies whose meaning is the question's: 有, 没有, 好, 行, 不用. Pure; which they are is knowledge.

Rule 1: only a whole reply is read here. One more word, and the rules read it.
Rule 2: the first intent in a row that the question lists is meant; when it lists none of them, the rules decide.
"""

import re
from collections.abc import Collection, Iterable

from voice.understanding.knowledge import Knowledge, shipped
from voice.understanding.model import IntentMatch
from voice.understanding.ready import ready
from voice.understanding.wording import normalised

_SURE = 0.9

Row = tuple[str, re.Pattern[str], tuple[str, ...]]  # name, pattern of the whole reply, what it may mean


def bare_answer(plain: str, expects: Collection[str], rows: Iterable[Row]) -> tuple[IntentMatch, ...]:
    """The reply's meaning by the question, or nothing when it is no bare answer or the question does not settle it."""
    for name, pattern, row in rows:
        if pattern.match(plain):
            meant = next((intent for intent in row if intent in expects), None)
            return (IntentMatch(meant, _SURE, f"bare {name}: {plain}"),) if meant else ()
    return ()


def is_complete(text: str, knowledge: Knowledge | None = None) -> bool:
    """Whether so much of a reply is already a whole answer, so that a shorter pause ends it. "转了" is not: the sum follows; and a sum
    may go on itself.
    """
    return bool(ready(knowledge or shipped()).complete.match(normalised(text)))
