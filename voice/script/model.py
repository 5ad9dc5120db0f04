"""A compiled call script. Pure values: what the loader makes, what the machine follows, what travels to a worker.

Rule 1: a compiled script is whole: every target exists, every question has its ladders, every path ends. Blocks are
        unfolded: a step `paid_yet.again` is the step `again` of the block that the step `paid_yet` runs.
Rule 2: sentences hold text with {variables} until `voice.script.speak` fills them for one call.
Rule 3: what a group of people (老人, 财务人员 ...) hears otherwise stands under `groups`; `for_group` makes their script.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from voice.report import Conclusion

BACK = "back"  # as a target: ask again the question that was left
REPEAT = "repeat"  # as a target: say the present step once more
DOUBTED = "doubted"  # as a target: where the doubtful reply leads that the person has just confirmed
RESUME = "resume"  # as a target: where the dropped talk goes on that a call-back takes up; in any other call like BACK
RELATIVE = (BACK, REPEAT, DOUBTED, RESUME)


class StepKind(StrEnum):
    """What a step does after its sentences."""

    TELL = "tell"  # goes on at once with `then`; folded into one prompt with what follows
    ASK = "ask"  # waits for a reply
    OFFICER = "officer"  # wants an officer and keeps the person company meanwhile
    CLOSE = "close"  # hangs up


class Identity(StrEnum):
    """What a step settles about who is on the line."""

    CONFIRMED = "confirmed"  # he said that he is the person; personal variables may be spoken from here on
    LOST = "lost"  # somebody else is, or may be, on the line now


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence we say. The id is stable within a script version."""

    id: str
    text: str
    otherwise: str = ""  # said instead when a variable of `text` has no value in this call; stays whole without it
    again: tuple[str, ...] = ()  # ids of other wordings, said in turn when the step is said again
    recording: str = ""  # a WAV beside the scripts that is played in place of the voice; `text` is what it says
    recording_sha256: str = ""  # of that file, hex


@dataclass(frozen=True, slots=True)
class Pledge:
    """Teach-back: what the person has to say in his own words, and where each way of answering leads."""

    needs: tuple[str, ...]  # pledges of voice.understanding.pledges; all of them are enough
    enough: str
    partly: str  # some, or others
    against: str  # he says that he will go on


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to say and where replies lead. Targets are step names, or one of RELATIVE."""

    name: str
    kind: StepKind
    say: tuple[str, ...]  # sentence ids
    line: int = 0  # where the file defines it
    concludes: Conclusion | None = (
        None  # WARNED, PROMISED: once the sentences were played to their end; see dialogue.state
    )
    must_hear: bool = False  # cut short, it is said again before the next question
    identity: Identity | None = None
    then: str = ""  # TELL
    replies: Mapping[str, str] = field(default_factory=dict)  # ASK: intent -> target
    keys: Mapping[str, str] = field(default_factory=dict)  # ASK: digit -> target; 1 is always the officer
    pledge: Pledge | None = None  # ASK: looked at before the replies
    no_input: tuple[str, ...] = ()  # ASK: targets for the 1st, 2nd ... silence; the last one leaves the step
    no_match: tuple[str, ...] = ()  # ASK: the same for replies that mean nothing here
    wait_ms: int = 4000  # ASK: silence after the prompt that counts as no input
    reason: str = ""  # OFFICER
    hold: tuple[str, ...] = ()  # OFFICER: sentence ids said in turn while the officer is fetched
    no_officer: str = ""  # OFFICER: target when nobody comes


@dataclass(frozen=True, slots=True)
class Group:
    """What a group of people hears otherwise."""

    code: str  # e.g. "elder"
    title: str  # e.g. "老人"
    rate_percent: int = 100  # of the script's speech rate
    wait_percent: int = 100  # of every wait for a reply
    twice: tuple[str, ...] = ()  # ids of sentences that are said two times over
    after_opening: str = ""  # target instead of what follows the opening
    longest_clause: int = 0  # hanzi that one clause may have for them; 0: as for everybody
    globals: Mapping[str, str] = field(default_factory=dict)  # intent -> target, before the script's own
    steps: Mapping[str, Step] = field(default_factory=dict)  # in place of the script's steps of the same name


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
    clarify: Mapping[str, str] = field(default_factory=dict)  # intent -> the question "您是说……对吗？"
    sms: Mapping[str, str] = field(default_factory=dict)  # occasion -> text
    groups: Mapping[str, Group] = field(default_factory=dict)
    resuming: str = ""  # first step of a call-back after the line broke; empty: it opens as every call
    greeting_ms: int = 2000  # how long we wait for the person's own "喂" before the opening
    rate_wpm: int = 160  # speech rate for the synthesiser


SMS_OCCASIONS = ("not_reached", "warned", "silent", "robot_cannot_ring")
