"""Turn-taking, values only: reports in, decisions out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.dialogue.hearing import Hearing, Partial, SilentFor, SpeechStarted
from voice.dialogue.turntaking import (
    Deafen,
    Listen,
    NobodySpoke,
    TurnDecision,
    TurnRules,
    TurnState,
    UtteranceBegan,
    UtteranceEnded,
    advance,
)

pytestmark = pytest.mark.unit

MS = 8
RULES = TurnRules()


def decide(*events: Hearing | Listen | Deafen, rules: TurnRules = RULES) -> list[TurnDecision]:
    state, decided = TurnState(), []
    for event in events:
        state, decisions = advance(rules, state, event)
        decided += decisions
    return decided


def silence(until: int, since: int, step: int = 100 * MS) -> list[SilentFor]:
    """A report per chunk while nobody speaks."""
    return [SilentFor(at - since, at) for at in range(since + step, until + 1, step)]


SPOKEN = (SpeechStarted(1000 * MS), Partial("没有", 1500 * MS))


def test_speech_begins_an_utterance() -> None:
    assert decide(SpeechStarted(800)) == [UtteranceBegan(800)]


def test_a_pause_of_600_ms_ends_it_at_its_last_voiced_sample() -> None:
    ended = decide(*SPOKEN, *silence(2090 * MS, 1490 * MS))
    assert ended[1:] == [UtteranceEnded(1000 * MS, 1490 * MS)]


def test_a_shorter_pause_does_not() -> None:
    assert decide(*SPOKEN, *silence(2000 * MS, 1490 * MS)) == [UtteranceBegan(1000 * MS)]


def test_voice_within_the_pause_goes_on_with_the_same_utterance() -> None:
    ended = decide(
        *SPOKEN, *silence(1900 * MS, 1490 * MS), Partial("没有接到过", 2300 * MS), *silence(2900 * MS, 2300 * MS)
    )
    assert ended[1:] == [UtteranceEnded(1000 * MS, 2300 * MS)]


def test_a_whole_answer_needs_only_400_ms() -> None:
    complete = Partial("没有接到过", 1500 * MS, complete=True)
    ended = decide(SpeechStarted(1000 * MS), complete, *silence(1900 * MS, 1500 * MS))
    assert ended[1:] == [UtteranceEnded(1000 * MS, 1500 * MS)]


@pytest.mark.parametrize("text", ["我", "好像是那个", "转了嗯", "他说就是"])
def test_a_hesitant_speaker_gets_1200_ms(text: str) -> None:
    hesitant = (SpeechStarted(1000 * MS), Partial(text, 1500 * MS, complete=True))
    assert len(decide(*hesitant, *silence(2600 * MS, 1500 * MS))) == 1
    assert len(decide(*hesitant, *silence(2700 * MS, 1500 * MS))) == 2


def test_an_endless_utterance_is_ended_by_force_and_the_next_begins_there() -> None:
    going_on = [Partial("说", at) for at in range(1000 * MS, 16_100 * MS, 100 * MS)]
    decided = decide(SpeechStarted(1000 * MS), *going_on, SpeechStarted(16_000 * MS))
    assert decided == [
        UtteranceBegan(1000 * MS),
        UtteranceEnded(1000 * MS, 16_000 * MS),
        UtteranceBegan(16_000 * MS),
    ]


def test_after_the_prompt_so_much_silence_is_no_input() -> None:
    quiet = silence(8000 * MS, 0)
    assert decide(*silence(3000 * MS, 0), Listen(3000 * MS, 4000 * MS), *silence(6900 * MS, 0)[29:]) == []
    assert decide(Listen(3000 * MS, 4000 * MS), *quiet) == [NobodySpoke()]


def test_who_speaks_in_time_is_not_told_to_have_been_silent() -> None:
    decided = decide(
        Listen(1000 * MS, 4000 * MS),
        *silence(4900 * MS, 0),
        SpeechStarted(4850 * MS),
        Partial("有", 5300 * MS),
        *silence(20_000 * MS, 5300 * MS),
    )
    assert decided == [UtteranceBegan(4850 * MS), UtteranceEnded(4850 * MS, 5300 * MS)]


def test_after_a_cough_the_silence_is_counted_afresh() -> None:
    cough = (SpeechStarted(2000 * MS), Partial("", 2200 * MS))
    decided = decide(Listen(1000 * MS, 4000 * MS), *cough, *silence(6100 * MS, 2200 * MS))
    assert decided[1:] == [UtteranceEnded(2000 * MS, 2200 * MS)]
    decided = decide(Listen(1000 * MS, 4000 * MS), *cough, *silence(6200 * MS, 2200 * MS))
    assert decided[2:] == [NobodySpoke()]


def test_an_utterance_of_the_turn_before_does_not_answer_the_question() -> None:
    decided = decide(
        SpeechStarted(500 * MS),
        Listen(1000 * MS, 4000 * MS),
        Partial("等一下", 1500 * MS),
        *silence(5500 * MS, 1500 * MS),
    )
    assert decided[1:] == [UtteranceEnded(500 * MS, 1500 * MS), NobodySpoke()]


def test_a_listen_is_answered_once() -> None:
    listen = Listen(0, 1000 * MS)
    assert decide(listen, *silence(5000 * MS, 0), listen, *silence(9000 * MS, 0)[49:]) == [NobodySpoke()]


def test_the_deaf_hear_nothing_until_they_listen_again() -> None:
    assert decide(Deafen(), *SPOKEN, *silence(3000 * MS, 1500 * MS)) == []
    again = decide(Deafen(), *SPOKEN, Listen(3000 * MS, 1000 * MS), SpeechStarted(3100 * MS))
    assert again == [UtteranceBegan(3100 * MS)]


def test_deafness_drops_the_utterance_that_was_going_on() -> None:
    assert decide(*SPOKEN, Deafen(), *silence(3000 * MS, 1500 * MS)) == [UtteranceBegan(1000 * MS)]


def test_late_and_repeated_reports_change_nothing() -> None:
    events = [*SPOKEN, *silence(2200 * MS, 1490 * MS)]
    twice = [event for event in events for _ in range(2)]
    assert decide(*twice) == decide(*events)
    assert decide(*events, *events) == decide(*events)


REPORTS = st.lists(
    st.one_of(
        st.builds(SpeechStarted, st.integers(0, 200_000)),
        st.builds(Partial, st.sampled_from(["", "有", "我"]), st.integers(0, 200_000), st.booleans()),
        st.builds(SilentFor, st.integers(0, 30_000), st.integers(0, 200_000)),
        st.builds(Listen, st.integers(0, 200_000), st.integers(1, 40_000)),
        st.just(Deafen()),
    ),
    max_size=60,
)


@given(REPORTS)
def test_whatever_is_reported_beginnings_and_ends_alternate_and_time_goes_forward(
    events: list[Hearing | Listen | Deafen],
) -> None:
    state, speaking = TurnState(), False
    for event in events:
        before = state
        state, decisions = advance(RULES, state, event)
        assert state.heard >= before.heard
        for decision in decisions:
            if isinstance(decision, UtteranceBegan):
                assert not speaking
                speaking = True
            if isinstance(decision, UtteranceEnded):
                assert speaking
                assert decision.began <= decision.ended
                speaking = False
        if isinstance(event, Deafen):
            speaking = False
