"""What only a fraudster says: sentences that name what he is after, and are not made ours by what stands around it. Pure.

Rule 1: denied unless allowed. Every sensitive word (`sensitive`) is a finding, unless a frame (`frames`) governs its clause.
Rule 2: a miss costs more than a false alarm: an admin can reword, a citizen cannot.
Rule 3: a sentence is judged alone. What stands before or after it in a call may not be heard.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from voice.script.lint.acts import told
from voice.script.lint.frames import is_ours_to_say
from voice.script.lint.mention import Mention
from voice.script.lint.others import reported
from voice.script.lint.sensitive import TOPICS

_SENTENCE = re.compile(r"[^。！？；?!;]+[。！？；?!;]*")
_CLAUSE_ENDS = re.compile("[，：,:]")
_QUESTION = re.compile("[？?]|[吗呢]$|没有$")
_BLANKS = re.compile(r"[\s“”\"'《》（）()【】—…]+")


class Asked(NamedTuple):
    """A clause that asks for something we never ask for."""

    clause: str
    what: str
    advice: str


@lru_cache(maxsize=4096)
def asked_for(text: str) -> tuple[Asked, ...]:
    """What a text asks for, in our name, that only a fraudster would. Each clause once: one thing to reword."""
    found: dict[Asked, None] = {}
    for sentence in _SENTENCE.findall(_BLANKS.sub("", text)):
        words = sentence.rstrip("。！？；?!;")
        question = _QUESTION.search(sentence.rstrip("。；;！!")) is not None
        clauses = [clause for clause in _CLAUSE_ENDS.split(words) if clause]
        for number in range(len(clauses)):
            if asked := _in_clause(clauses, number, question=question):
                found[asked] = None
    return tuple(found)


def _in_clause(clauses: list[str], number: int, *, question: bool) -> Asked | None:
    clause = clauses[number]
    for topic in TOPICS:
        for match in topic.words.finditer(clause):
            if not is_ours_to_say(Mention(topic, clauses, number, match.start(), match.end(), question)):
                return Asked(clause, topic.what, topic.advice)
    untold = told(clauses, number, question=question)
    return Asked(clause, *untold) if untold and not reported(clauses, number) else None
