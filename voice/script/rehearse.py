"""Plays a written conversation against a script, in text: milliseconds, no telephone, no clock.

Rule 1: the script's own machine and the understanding of live calls decide; a rehearsal only says what is heard.
Rule 2: an item of `hear` comes when our prompt has ended, unless it begins with (interrupts).
Rule 3: a rehearsal whose call is left hanging is a failed one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from voice.dialogue.actions import Action, Say, WaitForReply, WantOfficer
from voice.dialogue.events import (
    Answered,
    DigitPressed,
    EndOrdered,
    Event,
    HungUp,
    NoOfficerCame,
    OfficerAccepted,
    OfficerLeft,
    PromptFinished,
    ReplyUnderstood,
    SilenceElapsed,
    TimeIsUp,
)
from voice.dialogue.machine import advance
from voice.dialogue.routing import known, pledged, urgent
from voice.dialogue.state import Dialogue, Phase
from voice.report import Conclusion, Standing
from voice.script.model import Script, StepKind
from voice.script.rehearsal import Expectation, Heard, Meaning, Rehearsal, load_rehearsals
from voice.script.resuming import entries, for_resuming
from voice.script.source import did_you_mean
from voice.script.speak import for_group
from voice.understanding import understand
from voice.understanding.model import IntentMatch, Understand, Understood

SILENCE, NO_MATCH, PLEDGE = "(silence)", "(no match)", "(pledge)"
HANG_UP = "(hangup)"
_OFFICER = "rehearsed"  # the escalation of the officer who accepts

_CUES: Mapping[str, Event] = {
    HANG_UP: HungUp(),
    "(officer accepts)": OfficerAccepted(_OFFICER),
    "(officer leaves)": OfficerLeft(_OFFICER),
    "(no officer)": NoOfficerCame(),
    "(end ordered)": EndOrdered(),
    "(time is up)": TimeIsUp(),
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line of the talk, for reading."""

    step: str
    ours: bool
    text: str
    intents: tuple[str, ...] = ()
    meaning: Understood | None = None  # of theirs


@dataclass(frozen=True, slots=True)
class RehearsalResult:
    """How a rehearsal went. Without faults it passed."""

    rehearsal: Rehearsal
    faults: tuple[str, ...]
    talk: tuple[Spoken, ...]
    steps: tuple[str, ...]  # of every prompt, statements included, in order
    conclusion: Conclusion
    replies: tuple[tuple[str, str], ...] = ()  # question, and by which of its replies it was left
    wanted: tuple[str, ...] = ()  # reasons for which an officer was wanted

    @property
    def passed(self) -> bool:
        return not self.faults


def rehearse(script: Script, rehearsal: Rehearsal, understanding: Understand = understand) -> RehearsalResult:
    """Play one rehearsal to its end and compare. The script is one whose variables are filled (`speak.spoken`)."""
    as_heard = for_group(script, rehearsal.group)
    standing = Standing(rehearsal.resumes) if rehearsal.resumes else None
    if standing is not None:
        as_heard = for_resuming(as_heard, standing)
    play = Play(as_heard, understanding, careful=rehearsal.careful, resumes=standing)
    if rehearsal.group and rehearsal.group not in script.groups:
        hint = did_you_mean(rehearsal.group, script.groups)
        play.faults.append(f"the script knows no group '{rehearsal.group}'{hint}")
    if rehearsal.resumes and rehearsal.resumes not in entries(for_group(script, rehearsal.group)):
        hint = did_you_mean(rehearsal.resumes, script.steps)
        play.faults.append(f"no call-back goes on at '{rehearsal.resumes}'{hint}")
    play.tell(Answered())
    for item in rehearsal.hear:
        if play.hear(item) is None and item.said != HANG_UP:
            play.faults.append(f"the call was over before {item.said!r} could be heard")
            break
    play.let_prompts_end()
    play.faults += _compare(rehearsal.expect, play)
    where = "; ".join(filter(None, (rehearsal.persona, rehearsal.it)))
    faults = tuple(f"{rehearsal.place}: rehearsal '{where}': {fault}" for fault in play.faults)
    return RehearsalResult(
        rehearsal,
        faults,
        tuple(play.talk),
        tuple(play.steps),
        play.state.conclusion,
        tuple(play.replies),
        tuple(play.wanted),
    )


def rehearse_all(script: Script, path: Path) -> list[RehearsalResult]:
    """Every rehearsal of a file."""
    return [rehearse(script, rehearsal) for rehearsal in load_rehearsals(path)]


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that the person did, and where the call was just before it."""

    before: Dialogue
    event: Event


class Play:
    """A call while it is played without a telephone."""

    def __init__(
        self,
        script: Script,
        understanding: Understand = understand,
        *,
        careful: bool = False,
        resumes: Standing | None = None,
    ) -> None:
        self.script, self._understand = script, understanding
        self.state = Dialogue.open(careful=careful, resumes=resumes)
        self.talk: list[Spoken] = []
        self.steps: list[str] = []
        self.wanted: list[str] = []
        self.faults: list[str] = []
        self.replies: list[tuple[str, str]] = []
        self._expects: tuple[str, ...] = ()
        self._asked = ""

    def tell(self, event: Event) -> None:
        """Let this happen."""
        self.state, actions = advance(self.script, self.state, event)
        for action in actions:
            self._note(action)

    def _note(self, action: Action) -> None:
        match action:
            case Say(_, step, sentences):
                text = "".join(self.script.sentences[s].text for s in sentences)
                self.talk.append(Spoken(step, ours=True, text=text))
                self._asked = self.script.sentences[sentences[-1]].text if sentences else ""
                self.steps += self.state.prompt.steps or (step,)
            case WaitForReply(_, _, expects):
                self._expects = expects
            case WantOfficer(reason, _):
                self.wanted.append(reason)
            case _:
                pass  # what the other actions do shows in the state

    def let_prompts_end(self) -> None:
        """Whatever we are saying is heard to its end."""
        if self.state.prompt.playing:
            self.tell(PromptFinished(self.state.turn))

    def hear(self, item: Heard) -> Happened | None:
        """Let the person do this; None when there is nobody any more who could hear it."""
        if not item.interrupts:
            self.let_prompts_end()
        if self.state.phase is Phase.ENDED:
            return None
        before, event = self.state, self._event(item)
        if reply := answers(self.script, before, event):
            self.replies.append((before.step, reply))
        self.tell(event)
        return Happened(before, event)

    def _event(self, item: Heard) -> Event:
        if item.said in _CUES:
            return _CUES[item.said]
        if item.said == "(silence)":
            return SilenceElapsed(self.state.turn)
        if item.digit:
            return DigitPressed(item.digit)
        return ReplyUnderstood(self.state.turn, self._understood(item))

    def _understood(self, item: Heard) -> Understood:
        said = (
            as_given(item.said, item.given)
            if item.given
            else self._understand(item.said, self._expects, asked=self._asked)
        )
        if item.means:
            self.faults += _misunderstood(item, item.means, said)
        self.talk.append(Spoken(self.state.step, ours=False, text=said.text, intents=said.names(), meaning=said))
        return said


def as_given(text: str, meaning: Meaning) -> Understood:
    """A reply whose meaning is given."""
    return Understood(
        text,
        tuple(IntentMatch(intent, 1.0, "rehearsal") for intent in meaning.intents),
        meaning.amount_yuan,
        pledges=meaning.pledges,
        against=meaning.against,
        doubtful=meaning.doubtful is True,
    )


def _misunderstood(item: Heard, meaning: Meaning, said: Understood) -> Iterator[str]:
    """Where what was understood falls short of what is expected."""
    found = (*said.names(), *said.pledges, *said.against)
    missing = [name for name in (*meaning.intents, *meaning.pledges, *meaning.against) if name not in found]
    if missing:
        because = f" ({said.intents[0].evidence})" if said.intents else ""
        yield f"{item.said!r} is understood as {' '.join(found) or 'nothing'}{because}, expected {' '.join(missing)}"
    if meaning.amount_yuan not in (None, said.amount_yuan):
        yield f"in {item.said!r} the sum {said.amount_yuan} is heard, expected {meaning.amount_yuan}"
    if meaning.doubtful not in (None, said.doubtful):
        yield f"{item.said!r} is {'doubtful' if said.doubtful else 'clear'}, expected the contrary"


def answers(script: Script, now: Dialogue, event: Event) -> str:
    """The reply, key or rung of the open question that this event takes; empty: another part of the script takes it."""
    step = script.steps.get(now.step)
    if step is None or step.kind is not StepKind.ASK or now.phase not in (Phase.SPEAKING, Phase.LISTENING):
        return ""
    match event:
        case SilenceElapsed():
            return SILENCE
        case DigitPressed(digit=digit):
            return digit if digit in step.keys else ""
        case ReplyUnderstood(understood=said):
            if urgent(script, said.names())[0] or (now.careful and said.doubtful):
                return ""
            if led := pledged(step.pledge, said):
                return f"{PLEDGE} {led}"
            intent = known(script, now, said.names())[0]
            return intent if intent in step.replies else "" if intent else NO_MATCH
        case _:
            return ""


def _compare(expect: Expectation, play: Play) -> Iterator[str]:
    state = play.state
    if state.phase not in (Phase.ENDED, Phase.BRIDGED):
        yield f"the call is left hanging at step '{state.step}' ({state.phase})"
    if state.conclusion is not expect.conclusion:
        yield f"concludes '{state.conclusion}', expected '{expect.conclusion}'"
    if expect.steps and not _in_order(expect.steps, play.steps):
        yield f"goes through {' > '.join(play.steps)}, expected {' > '.join(expect.steps)}"
    if list(expect.officer) != play.wanted:
        yield f"wants an officer for {play.wanted or 'nothing'}, expected {list(expect.officer) or 'nothing'}"
    for key, value in expect.facts.items():
        if state.facts.get(key) != value:
            yield f"learns {key}={state.facts.get(key)!r}, expected {value!r}"
    said = "".join(line.text for line in play.talk if line.ours)
    for words in expect.must_say:
        if words not in said:
            yield f"does not say '{words}'"
    for words in expect.must_not_say:
        if words in said:
            yield f"says '{words}'"


def _in_order(expected: tuple[str, ...], steps: list[str]) -> bool:
    """Do the expected steps come in this order, others between them or not?"""
    rest = iter(steps)
    return all(name in rest for name in expected)
