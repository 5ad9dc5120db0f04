"""Who is on the line, as far as a script can know.

Rule 1: only a yes (or a key) to a question that asks for the person himself settles it.
Rule 2: it is lost with every step that says so or ends the talk with somebody else, and with every reply that tells of somebody else.
Rule 3: a prompt that loses it says nothing personal at all: while it plays, the telephone may be in other hands already.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from voice.report import Conclusion
from voice.script.model import Identity, Script, Step, StepKind

YES = "affirm"
HAND_OVER = "hand_over_family"
STRANGERS = frozenset({HAND_OVER, "third_party", "wrong_number", "minor", "machine_answer"})
_STRANGE_ENDS = frozenset({Conclusion.THIRD_PARTY, Conclusion.WRONG_PERSON, Conclusion.MACHINE})
# Not "机主在家吗", "您是机主的家人吗", "您不是本人吧": a yes to these is the yes of somebody else.
_CALLED = r"(?:\{surname\}(?:先生或女士|女士或先生|先生|女士)|机主|户主)"
_WHO = re.compile(
    rf"(?:^|请问|您|你|您就|你就)是(?:不是)?(?:{_CALLED}(?:本人)?|您?本人)(?:吗|吧|呢|，?对吗|，?对吧)?[？?。]?$"
)


class Said(NamedTuple):
    """One step of a prompt."""

    step: Step
    to_him: bool  # to the person himself: it may hold something personal
    unasked: bool  # it takes his identity for confirmed, and he was not asked


def asks_who(script: Script, step: Step) -> bool:
    """Does the step ask whether the person is on the line, in every wording?"""
    if step.kind is not StepKind.ASK:
        return False
    return any(all(_WHO.search(text) for text in wordings_of(script, each)) for each in step.say)


def wordings_of(script: Script, name: str) -> Iterator[str]:
    """All that may be said for a sentence."""
    for each in (name, *script.sentences[name].again):
        sentence = script.sentences[each]
        yield sentence.text
        if sentence.otherwise:
            yield sentence.otherwise


def loses(step: Step) -> bool:
    """Is somebody else, or may somebody else be, on the line from here on?"""
    return step.identity is Identity.LOST or step.concludes in _STRANGE_ENDS


def said(steps: Sequence[Step], *, known: bool, yes: bool, on_hold: bool = False) -> tuple[list[Said], bool]:
    """What a prompt says to whom, and whether it is known who listens afterwards. On hold nothing is settled, only lost."""
    lost = any(loses(step) for step in steps)
    spoken: list[Said] = []
    for step in steps:
        confirms = step.identity is Identity.CONFIRMED and not on_hold
        unasked = confirms and not known and not yes
        known = (known or confirms) and not loses(step)
        spoken.append(Said(step, known and not lost, unasked))
    return spoken, known
