"""Plays a recorded call again: through its own script version the same must come out, through another it shows what would differ.

Rule 1: nothing is understood anew. A reply means what it meant in the call, so a replay depends on script and machine alone.
Rule 2: what is said is compared by its words, not by the names of sentences: a sentence may move within a script.
Rule 3: after the first difference it is another call; there the replay ends.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from voice.dialogue.actions import Action, Say, WaitForReply
from voice.dialogue.events import Event
from voice.dialogue.machine import advance
from voice.dialogue.state import Dialogue
from voice.record import Head, Recorded
from voice.script.model import Script
from voice.script.resuming import for_resuming
from voice.script.speak import for_group

Answer = tuple[Action, ...] | None  # with words in place of names of sentences; None: the machine broke


@dataclass(frozen=True, slots=True)
class Replayed:
    """One event, what was answered in the call, and what is answered now."""

    number: int  # of the event, from 1
    at_ms: int
    event: Event
    then: Answer
    now: Answer
    same: bool


def replay(own: Script, head: Head, recorded: Sequence[Recorded], other: Script | None = None) -> Iterator[Replayed]:
    """Every event through the call's own version, or through another one, up to the first difference."""
    was = _as_called(own, head)
    script = was if other is None else _as_called(other, head)
    dialogue = Dialogue.open(careful=head.careful, resumes=head.resumes)
    for number, line in enumerate(recorded, 1):
        answer: Answer
        try:
            dialogue, actions = advance(script, dialogue, line.event)
        except Exception:  # noqa: BLE001 - what broke the call, or does not fit this script, is what is looked for
            answer = None
        else:
            answer = _worded(script, actions)
        then = None if line.actions is None else _worded(was, line.actions)
        same = then == answer if other is None else _heard(then) == _heard(answer)
        yield Replayed(number, line.at_ms, line.event, then, answer, same)
        if not same:
            return


def _as_called(script: Script, head: Head) -> Script:
    version = for_group(script, head.group)
    return version if head.resumes is None else for_resuming(version, head.resumes)


def _worded(script: Script, actions: Sequence[Action]) -> tuple[Action, ...]:
    return tuple(replace(each, sentences=_texts(script, each)) if isinstance(each, Say) else each for each in actions)


def _texts(script: Script, said: Say) -> tuple[str, ...]:
    return tuple(script.sentences[name].text if name in script.sentences else name for name in said.sentences)


def _heard(answer: Answer) -> Answer:
    """Without what a question expects: no person hears that, and every new reply of a question changes it."""
    if answer is None:
        return None
    return tuple(replace(each, expects=()) if isinstance(each, WaitForReply) else each for each in answer)
