"""Callers who do what they like, on a line with a clock that is counted, not waited for.

Rule 1: the line does what `voice.call` does: prompts take as long as their words, silence is counted while nobody speaks,
        the call's time runs out, and a goodbye that does not end is cut.
Rule 2: what must hold in every call is checked after every event, from what was said; not by asking the machine.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import cycle

from voice.dialogue.actions import Action, HangUp, Say, StopSaying, WaitForReply, WantOfficer
from voice.dialogue.events import (
    Answered,
    DigitPressed,
    Event,
    HungUp,
    OfficerLeft,
    PromptFinished,
    ReplyUnderstood,
    SilenceElapsed,
    TimeIsUp,
)
from voice.dialogue.machine import OFFICER_KEY, advance
from voice.dialogue.state import Dialogue, Phase, Search
from voice.report import Conclusion
from voice.script.model import Identity, Script, StepKind
from voice.tts.telephone import HANZI_PER_WPM_SECOND, LEAD_MS, TAIL_MS
from voice.understanding.model import Understood

GOODBYE_MS = 60_000  # voice.call.Senses.goodbye_seconds
QUICKEST_MS = 250  # between two things that one person does
PAUSE_MS = 300  # of a punctuation mark


@dataclass(frozen=True, slots=True)
class Move:
    """After so long, the caller or the centre does this."""

    after_ms: int
    does: Understood | Event | str  # what was understood, or an event, or a digit, or "" for nothing at all
    takes_ms: int = 0  # to say it


@dataclass(frozen=True, slots=True)
class Knows:
    """What is known of a script before anybody rings."""

    script: Script
    ms: dict[str, int]  # sentence -> how long it takes to say
    personal: frozenset[str]  # sentences that may be said only to the person himself
    key: frozenset[str]  # sentences that name the one thing to remember
    banned: frozenset[str]

    @classmethod
    def of(cls, script: Script, personal: Collection[str], banned: Collection[str], key: str) -> "Knows":
        ms = {name: duration_ms(each.text, script.rate_wpm) for name, each in script.sentences.items()}
        keys = frozenset(name for name, each in script.sentences.items() if key in each.text)
        wrong = frozenset(
            name for name, each in script.sentences.items() if any(words in each.text for words in banned)
        )
        return cls(script, ms, frozenset(personal), keys, wrong)


def duration_ms(text: str, rate_wpm: int) -> int:
    """As the voice was measured to speak; see voice.tts.telephone."""
    hanzi = sum("\u4e00" <= sign <= "\u9fff" for sign in text)
    return int(hanzi * HANZI_PER_WPM_SECOND / rate_wpm * 1000) + (len(text) - hanzi) * PAUSE_MS + LEAD_MS + TAIL_MS


@dataclass(slots=True)
class Line:
    """One call: what the machine orders is done, in counted time, and watched."""

    knows: Knows
    max_call_ms: int
    careful: bool
    now: int = 0  # ms since the answer, the officer's own talk left out
    state: Dialogue = field(init=False)
    prompt: Say | None = None  # what plays
    prompt_ends: int = 0
    silence_ends: int | None = None
    warned: bool = False  # of the end of time
    cut: bool = False
    himself: bool = False  # the last that was said of who is on the line
    owes: Counter[str] = field(default_factory=Counter)  # must-hear sentences that were cut
    done: Counter[str] = field(default_factory=Counter)  # actions by kind
    last: Say | None = None

    def __post_init__(self) -> None:
        self.state = Dialogue.open(careful=self.careful)

    def talk(self, moves: Sequence[Move]) -> None:
        """From the answer to the end, the moves over and over."""
        self.tell(Answered())
        for move in cycle(moves):
            if self.over:
                return
            self._run_to(self.now + max(move.after_ms, QUICKEST_MS))
            self._do(move)
            if self.state.phase is Phase.BRIDGED:
                self.tell(OfficerLeft(self.state.officer.escalation))

    @property
    def over(self) -> bool:
        return self.cut or self.state.phase is Phase.ENDED

    def _do(self, move: Move) -> None:
        match move.does:
            case _ if self.over:
                return
            case Understood() as said:
                turn = self.state.turn
                self._run_to(self.now + move.takes_ms, speaking=True)
                self.silence_ends = None if self.state.turn == turn else self.silence_ends
                self.tell(ReplyUnderstood(turn, said))
                self._count_afresh(turn)
            case "":
                return
            case str() as digit:
                self._press(digit)
            case event:
                self.tell(event)

    def _count_afresh(self, turn: int) -> None:
        """A reply that led nowhere: the pump goes on counting silence."""
        if self.state.turn == turn and not self.state.prompt.playing and self.silence_ends is None:
            self.silence_ends = self.now + 4000

    def _press(self, digit: str) -> None:
        free = self.state.officer.search is Search.NOT_WANTED
        talking = self.state.phase in (Phase.SPEAKING, Phase.LISTENING, Phase.CLOSING, Phase.GREETING)
        before = self.done["WantOfficer"]
        self.tell(DigitPressed(digit))
        if digit == OFFICER_KEY and free and talking:
            assert self.done["WantOfficer"] == before + 1, "key 1 fetches no officer"

    def _run_to(self, until: int, *, speaking: bool = False) -> None:
        """Let prompts end, silence be noticed and time run out, in the order of their moments."""
        while not self.over:
            moments: dict[str, int] = {"cut": self.max_call_ms + GOODBYE_MS}
            if not self.warned:
                moments["time"] = self.max_call_ms
            if self.prompt is not None:
                moments["prompt"] = self.prompt_ends
            elif self.silence_ends is not None and not speaking:
                moments["silence"] = self.silence_ends
            what = min(moments, key=moments.__getitem__)
            if moments[what] > until:
                break
            self.now = max(self.now, moments[what])
            self._happens(what)
        self.now = max(self.now, until)

    def _happens(self, what: str) -> None:
        match what:
            case "time":
                self.warned = True
                self.tell(TimeIsUp())
            case "cut":
                self.cut = True
                self.tell(HungUp())
            case "prompt":
                assert self.prompt is not None
                ended, self.prompt = self.prompt, None
                self.tell(PromptFinished(ended.turn))
                self._heard_to_end(ended)
            case _:
                self.silence_ends = None
                self.tell(SilenceElapsed(self.state.turn))

    def tell(self, event: Event) -> None:
        self.state, actions = advance(self.knows.script, self.state, event)
        for action in actions:
            self._carry_out(action)

    def _carry_out(self, action: Action) -> None:
        self.done[type(action).__name__] += 1
        match action:
            case Say():
                self._say(action)
            case StopSaying():
                self._cut_short()
            case WaitForReply(_, silence_ms, _):
                self.silence_ends = self.now + silence_ms
            case WantOfficer():
                assert self.done["WantOfficer"] == 1, "a second officer is wanted"
            case HangUp():
                assert self.done["HangUp"] == 1
                self._hung_up()
            case _:
                pass

    # --- what must hold -------------------------------------------------------------------------------------------------

    def _say(self, prompt: Say) -> None:
        script, said = self.knows.script, set(prompt.sentences)
        assert self.prompt is None, "two prompts at once"
        assert not said & self.knows.banned, "the fraudster's words"
        for name in self.state.prompt.steps:
            if said & self.knows.personal & set(script.steps[name].say):
                assert self.himself, "personal words before he said who he is"
            if script.steps[name].identity is not None:
                self.himself = script.steps[name].identity is Identity.CONFIRMED
        self.prompt = self.last = prompt
        self.prompt_ends = self.now + sum(self.knows.ms[each] for each in prompt.sentences)
        self.silence_ends = None

    def _must_hear(self, prompt: Say) -> set[str]:
        steps = self.knows.script.steps
        owed = {name for name in self.state.said if steps[name].must_hear}
        return {each for name in owed for each in steps[name].say if each in prompt.sentences}

    def _cut_short(self) -> None:
        assert self.prompt is not None
        self.owes.update(self._must_hear(self.prompt))
        self.prompt = None

    def _heard_to_end(self, prompt: Say) -> None:
        for sentence in prompt.sentences:
            self.owes.pop(sentence, None)
        if self.state.phase is Phase.LISTENING and self.state.facts.get("crisis") != "yes":
            assert not self.owes, f"asked on, and these were never heard to the end: {sorted(self.owes)}"

    def _hung_up(self) -> None:
        """We hang up: after words that were heard, and after the one thing to remember."""
        assert self.last is not None
        step = self.knows.script.steps[self.last.step]
        assert step.kind is StepKind.CLOSE
        if not _says_goodbye_otherwise(step.name, step.concludes):
            assert set(self.last.sentences) & self.knows.key, f"'{step.name}' ends without the one thing to remember"


def _says_goodbye_otherwise(name: str, concludes: Conclusion | None) -> bool:
    """A machine, and who must not be lectured now."""
    return concludes is Conclusion.MACHINE or name.startswith("crisis")
