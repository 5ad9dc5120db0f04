"""Where an utterance begins and ends, and when nobody spoke. The only place that decides it.

Rule 1: pure; time is samples of the call's clock, so a pause is silent *audio*, whatever the machine's load.
Rule 2: a report that comes late or twice changes nothing.
Rule 3: every Listen is answered: by an utterance with words that began after it, or by NobodySpoke. An utterance that began
before it may belong to an earlier turn, and one without words was a cough: after these the silence is counted afresh.
"""

from dataclasses import dataclass, replace
from typing import assert_never

from voice.dialogue.hearing import Hearing, Partial, SilentFor, SpeechStarted

_PER_MS = 8  # samples


@dataclass(frozen=True, slots=True)
class Listen:
    """Our prompt ended at this sample; so much silence after it counts as no input."""

    at: int
    silence_samples: int


@dataclass(frozen=True, slots=True)
class Deafen:
    """Nothing that is said from now on is for us, until the next Listen."""


@dataclass(frozen=True, slots=True)
class UtteranceBegan:
    """Somebody speaks since this sample, perhaps while we do."""

    at: int


@dataclass(frozen=True, slots=True)
class UtteranceEnded:
    """First and last voiced sample. The ear is to be asked for the transcript."""

    began: int
    ended: int


@dataclass(frozen=True, slots=True)
class NobodySpoke:
    """The silence that Listen asked for is over. At most once per Listen."""


TurnDecision = UtteranceBegan | UtteranceEnded | NobodySpoke
Decisions = tuple[TurnDecision, ...]


@dataclass(frozen=True, slots=True)
class TurnRules:
    """How long a pause ends an utterance."""

    pause_samples: int = 600 * _PER_MS
    complete_pause_samples: int = 400 * _PER_MS  # what was heard is a whole answer
    hesitant_pause_samples: int = 1200 * _PER_MS  # what was heard wants to go on
    longest_samples: int = 15_000 * _PER_MS  # an utterance is ended by force
    hesitations: tuple[str, ...] = ("嗯", "那个", "这个", "就是", "然后", "因为", "我")

    def pause_after(self, text: str, *, complete: bool) -> int:
        if text.endswith(self.hesitations):  # first: a "嗯" alone is an answer and a hesitation
            return self.hesitant_pause_samples
        return self.complete_pause_samples if complete else self.pause_samples


@dataclass(frozen=True, slots=True)
class TurnState:
    """Where the turn stands. `heard`: the clock; `ended`: up to here samples belong to a finished utterance."""

    heard: int = 0
    began: int | None = None  # None: nobody is speaking
    text: str = ""
    complete: bool = False
    ended: int = -1
    listen: Listen | None = None  # waiting for an answer
    listened: int = -1  # the last Listen's sample, answered or not
    deaf: bool = False


def advance(rules: TurnRules, state: TurnState, event: Hearing | Listen | Deafen) -> tuple[TurnState, Decisions]:
    """What follows from this report or order."""
    match event:
        case Listen():
            return _listen(state, event), ()
        case Deafen():
            return TurnState(heard=state.heard, ended=state.ended, listened=state.listened, deaf=True), ()
        case _ if state.deaf:
            return state, ()
        case SpeechStarted(at):
            if state.began is not None or at < state.ended:
                return state, ()
            return replace(state, began=at, text="", complete=False), (UtteranceBegan(at),)
        case Partial():
            return _partial(rules, state, event)
        case SilentFor():
            return _silence(rules, state, event)
        case _:
            assert_never(event)


def _listen(state: TurnState, order: Listen) -> TurnState:
    if order.at <= state.listened:
        return state
    return replace(state, listen=order, listened=order.at, deaf=False)


def _partial(rules: TurnRules, state: TurnState, event: Partial) -> tuple[TurnState, Decisions]:
    began = state.began
    if began is None or event.at < state.heard:
        return state, ()
    state = replace(state, heard=event.at, text=event.text, complete=event.complete)
    if event.at - began >= rules.longest_samples:
        return _end(state, event.at)
    return state, ()


def _silence(rules: TurnRules, state: TurnState, event: SilentFor) -> tuple[TurnState, Decisions]:
    if event.at < state.heard:
        return state, ()
    state = replace(state, heard=event.at)
    if state.began is None:
        return _nobody(state, event)
    if event.samples >= rules.pause_after(state.text, complete=state.complete):
        return _end(state, max(state.began, event.at - event.samples))
    if event.at - state.began >= rules.longest_samples:
        return _end(state, event.at)
    return state, ()


def _nobody(state: TurnState, event: SilentFor) -> tuple[TurnState, Decisions]:
    if state.listen is None:
        return state, ()
    silent_since = max(state.listen.at, event.at - event.samples, state.ended)
    if event.at - silent_since < state.listen.silence_samples:
        return state, ()
    return replace(state, listen=None), (NobodySpoke(),)


def _end(state: TurnState, ended: int) -> tuple[TurnState, Decisions]:
    began = state.began
    assert began is not None
    answers = state.listen is not None and bool(state.text) and began >= state.listen.at
    state = replace(state, began=None, text="", complete=False, ended=ended, listen=None if answers else state.listen)
    return state, (UtteranceEnded(began, ended),)
