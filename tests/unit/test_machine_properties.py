"""Whatever people, officers and clocks do, a call stays a call."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.smallscript import SCRIPT
from voice.dialogue.actions import Action, Bridge, HangUp, Say, StopSaying, WaitForReply, WantOfficer
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
from voice.dialogue.machine import MAX_HOLDS, MAX_PROMPTS, advance
from voice.dialogue.state import Dialogue, Phase
from voice.script.loader import load
from voice.script.model import Script
from voice.understanding.intents import INTENTS
from voice.understanding.model import IntentMatch, Understood

pytestmark = pytest.mark.unit

SCRIPTS = Path(__file__).parents[2] / "scripts"
FLIGHT = load(SCRIPTS / "flight_refund.yaml", SCRIPTS / "shared")
BY_CODE = {script.code: script for script in (SCRIPT, FLIGHT)}  # by code: a script is too long for a failure's text
# Every question may come to its bound, then officer, ending and goodbye; the hold has a bound of its own.
MOST_PROMPTS = MAX_PROMPTS + MAX_HOLDS + 4

turns = st.integers(min_value=0, max_value=MAX_PROMPTS)
replies = st.lists(st.sampled_from(INTENTS), max_size=3).map(
    lambda names: Understood("……" if names else "", tuple(IntentMatch(n, 1.0, "drawn") for n in names))
)
events = st.one_of(
    st.builds(Answered),
    st.builds(PromptFinished, turns),
    st.builds(ReplyUnderstood, turns, replies),
    st.builds(SilenceElapsed, turns),
    st.builds(DigitPressed, st.sampled_from("0129#")),
    st.builds(OfficerAccepted, st.sampled_from(["a", "b"])),
    st.builds(OfficerLeft, st.sampled_from(["a", "b"])),
    st.builds(NoOfficerCame),
    st.builds(EndOrdered),
    st.builds(TimeIsUp),
    st.builds(HungUp),
)


class Watcher:
    """Plays events and checks after each what must hold in every call."""

    def __init__(self, script: Script) -> None:
        self.script, self.state = script, Dialogue.open()
        self.actions: list[Action] = []

    def tell(self, event: Event) -> None:
        before = self.state
        self.state, actions = advance(self.script, before, event)
        self.actions += actions
        assert self.state.turn >= before.turn
        assert self.count(WantOfficer) <= 1
        assert self.count(Bridge) <= 1
        assert self.count(HangUp) <= 1
        assert self.count(Say) <= MOST_PROMPTS
        if self.state.phase is Phase.LISTENING and before.phase is Phase.LISTENING:
            assert actions == ()  # or we would wait for nobody
        if before.prompt.playing and any(isinstance(a, Say) for a in actions):
            assert isinstance(actions[0], StopSaying)
        for action in actions:
            if isinstance(action, (Say, WaitForReply)):
                assert action.turn == self.state.turn

    def count(self, kind: type[Action]) -> int:
        return sum(isinstance(action, kind) for action in self.actions)


@pytest.mark.parametrize("code", sorted(BY_CODE))
@given(history=st.lists(events, max_size=80))
@settings(max_examples=150, deadline=None)
def test_no_sequence_of_events_breaks_a_promise(code: str, history: list[Event]) -> None:
    watcher = Watcher(BY_CODE[code])
    for event in history:
        watcher.tell(event)

    watcher.tell(HungUp())
    assert watcher.state.phase is Phase.ENDED


callers = st.lists(
    st.one_of(replies, st.just(None), st.just("press"), st.just("accept"), st.just("missed")), min_size=1, max_size=12
)


@pytest.mark.parametrize("code", sorted(BY_CODE))
@given(habits=callers, interrupts=st.booleans())
@settings(max_examples=150, deadline=None)
def test_every_caller_who_stays_on_the_line_is_brought_to_an_end(
    code: str, habits: list[Understood | str | None], interrupts: bool
) -> None:
    """He repeats his habits for ever; the pump tells what it must, and nothing else ends the call."""
    watcher = Watcher(BY_CODE[code])
    watcher.tell(Answered())
    for n in range(3 * MOST_PROMPTS):
        if watcher.state.phase is Phase.ENDED:
            break
        turn, habit = watcher.state.turn, habits[n % len(habits)]
        if interrupts and isinstance(habit, Understood):
            watcher.tell(ReplyUnderstood(turn, habit))
        if watcher.state.prompt.playing:
            watcher.tell(PromptFinished(watcher.state.turn))
        _act(watcher, habit)
        if watcher.state.phase is Phase.BRIDGED:
            watcher.tell(OfficerLeft("a"))
        if not watcher.state.prompt.playing:
            watcher.tell(SilenceElapsed(watcher.state.turn))  # a key does not stop the pump's count of silence

    assert watcher.state.phase is Phase.ENDED
    assert watcher.count(HangUp) == 1


def _act(watcher: Watcher, habit: Understood | str | None) -> None:
    turn = watcher.state.turn
    match habit:
        case Understood():
            watcher.tell(ReplyUnderstood(turn, habit))
        case "press":
            watcher.tell(DigitPressed("1"))
        case "accept":
            watcher.tell(OfficerAccepted("a"))
        case "missed":
            watcher.tell(NoOfficerCame())
        case _:
            watcher.tell(SilenceElapsed(turn))
