"""A compiled call script. Pure values: what the loader makes, what the machine follows, what travels to a worker.

Rule 1: a compiled script is whole: every target exists, every question has its ladders, every path ends.
Rule 2: sentences hold text with {variables} until `voice.script.speak` fills them for one call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from voice.report import Conclusion

BACK = "back"  # as a target: ask again the question that was left
REPEAT = "repeat"  # as a target: say the present step once more


class StepKind(StrEnum):
    """What a step does after its sentences."""

    TELL = "tell"  # goes on at once with `then`; folded into one prompt with what follows
    ASK = "ask"  # waits for a reply
    OFFICER = "officer"  # wants an officer and keeps the person company meanwhile
    CLOSE = "close"  # hangs up


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence we say. The id is stable within a script version."""

    id: str
    text: str
    otherwise: str = ""  # said instead when a variable of `text` has no value in this call; stays whole without it


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to say and where replies lead. Targets are step names, or BACK, or REPEAT."""

    name: str
    kind: StepKind
    say: tuple[str, ...]  # sentence ids
    line: int = 0  # where the file defines it
    concludes: Conclusion | None = (
        None  # WARNED, PROMISED: once the sentences were played to their end; see dialogue.state
    )
    must_hear: bool = False  # cut short, it is said again before the next question
    then: str = ""  # TELL
    replies: Mapping[str, str] = field(default_factory=dict)  # ASK: intent -> target
    no_input: tuple[str, ...] = ()  # ASK: targets for the 1st, 2nd ... silence; the last one leaves the step
    no_match: tuple[str, ...] = ()  # ASK: the same for replies that mean nothing here
    wait_ms: int = 4000  # ASK: silence after the prompt that counts as no input
    reason: str = ""  # OFFICER
    hold: tuple[str, ...] = ()  # OFFICER: sentence ids said in turn while the officer is fetched
    no_officer: str = ""  # OFFICER: target when nobody comes


@dataclass(frozen=True, slots=True)
class Script:
    """One immutable version of a call script."""

    code: str  # e.g. "flight_refund"
    title: str  # e.g. "机票退改签"
    hash: str  # sha256 of the canonical content, hex
    opening: str  # first step
    steps: Mapping[str, Step]
    sentences: Mapping[str, Sentence]
    urgent: Mapping[str, str]  # intent -> target; heard at any moment, interrupts what we are saying
    globals: Mapping[str, str]  # intent -> target; used when the present question does not list the intent
    goodbye: str  # a CLOSE step, said on EndOrdered and TimeIsUp
    machine: str  # a CLOSE step, neutral, for voicemail and assistants
    greeting_ms: int = 2000  # how long we wait for the person's own "喂" before the opening
    rate_wpm: int = 160  # speech rate for the synthesiser
