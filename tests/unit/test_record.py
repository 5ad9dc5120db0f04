"""A call's record keeps what happened and plays it again: the same through the same script, what differs through another."""

from dataclasses import replace
from typing import get_args

import pytest

from tests.smallscript import SCRIPT
from voice.dialogue import actions as act
from voice.dialogue import events as ev
from voice.dialogue.machine import advance
from voice.dialogue.state import Dialogue
from voice.errors import RecordUnreadable
from voice.masking import MASK
from voice.record import MOST_EVENTS, Head, Recorder, read
from voice.replay import replay
from voice.script.model import Script, Sentence
from voice.understanding.model import IntentMatch, Understood

pytestmark = pytest.mark.unit


def understood(text: str, *intents: str) -> Understood:
    return Understood(text, tuple(IntentMatch(intent, 0.9, f"rule: {text}") for intent in intents), confidence=0.9)


EVENTS: tuple[ev.Event, ...] = (
    ev.Answered(),
    ev.SilenceElapsed(0),
    ev.PromptFinished(1),
    ev.ReplyUnderstood(1, understood("有的", "affirm")),
    ev.PromptFinished(2),
    ev.DigitPressed("1"),
    ev.OfficerAccepted("e1"),
    ev.OfficerLeft("e1"),
    ev.NoOfficerCame(),
    ev.TimeIsUp(),
    ev.EndOrdered(),
    ev.HungUp(),
)
ACTIONS: tuple[act.Action, ...] = (
    act.Say(1, "asked", ("asked.1",)),
    act.StopSaying(),
    act.WaitForReply(1, 4000, ("affirm",)),
    act.WantOfficer("transferred", {"transferred": "yes"}),
    act.Bridge("e1"),
    act.DismissOfficers(),
    act.HangUp(),
)


def recorded(script: Script, *events: ev.Event, head: Head | None = None) -> str:
    head = head or Head()
    recorder, dialogue = Recorder(head), Dialogue.open(careful=head.careful)
    for number, event in enumerate(events):
        recorder.came(event, number * 8000)
        dialogue, actions = advance(script, dialogue, event)
        recorder.answered(actions)
    return recorder.text()


def test_every_event_and_every_action_comes_back_as_it_was() -> None:
    assert {type(event) for event in EVENTS} == set(get_args(ev.Event))
    assert {type(action) for action in ACTIONS} == set(get_args(act.Action))
    recorder = Recorder(Head(careful=True, group="elder"))
    for number, event in enumerate(EVENTS):
        recorder.came(event, number * 800)
        recorder.answered(ACTIONS)

    head, lines = read(recorder.text())

    assert head == Head(careful=True, group="elder")
    assert [line.event for line in lines] == list(EVENTS)
    assert [line.at_ms for line in lines] == [number * 100 for number in range(len(EVENTS))]
    assert all(line.actions == ACTIONS for line in lines)


def test_a_code_that_was_said_is_in_no_line() -> None:
    said = replace(understood("验证码是123456", "gave_code_or_info"), slots={"when": "零幺二三四五六七"})
    recorder = Recorder(Head())
    recorder.came(ev.ReplyUnderstood(1, said), 0)

    text = recorder.text()

    assert "123456" not in text
    assert "零幺二三" not in text
    (line,) = read(text)[1]
    assert isinstance(line.event, ev.ReplyUnderstood)
    assert line.event.understood.text == f"验证码是{MASK}"


def test_an_event_that_broke_the_machine_is_kept_without_an_answer() -> None:
    recorder = Recorder(Head())
    recorder.came(ev.Answered(), 0)
    recorder.came(ev.HungUp(), 8000)
    recorder.answered(())

    assert [(line.event, line.actions) for line in read(recorder.text())[1]] == [
        (ev.Answered(), None),
        (ev.HungUp(), ()),
    ]


def test_a_record_is_bounded() -> None:
    recorder = Recorder(Head())
    for _ in range(MOST_EVENTS + 50):
        recorder.came(ev.PromptFinished(1), 0)
        recorder.answered(())

    assert len(read(recorder.text())[1]) == MOST_EVENTS


OLD = """\
{"v":1}
{"at":0,"event":{"type":"Answered"},"actions":[{"type":"WaitForReply","turn":0,"silence_ms":2000,"expects":[]}]}
{"at":1500,"event":{"type":"ReplyUnderstood","turn":0,"understood":{"text":"喂","intents":[{"intent":"hello_only",\
"confidence":0.8,"evidence":"rule"}],"amount_yuan":null}},"actions":[{"type":"Say","turn":1,"step":"asked","sentences":["a"]}]}
{"at":9000,"event":{"type":"HungUp"},"actions":[]}"""


def test_a_record_of_the_first_release_with_events_stays_readable() -> None:
    """Change events and actions as you like; this text may not be touched."""
    head, lines = read(OLD)

    assert (head, len(lines)) == (Head(), 3)
    assert lines[1].event == ev.ReplyUnderstood(0, Understood("喂", (IntentMatch("hello_only", 0.8, "rule"),)))
    assert lines[1].actions == (act.Say(1, "asked", ("a",)),)


def test_fields_that_a_later_release_adds_are_passed_over() -> None:
    later = OLD.replace('"type":"Answered"', '"type":"Answered","by":"machine"').replace('"v":1', '"v":1,"more":2')

    assert read(later)[1] == read(OLD)[1]


@pytest.mark.parametrize("text", ["", "{", '{"v":1}\n{"at":0,"event":{"type":"Vanished"}}'])
def test_what_cannot_be_read_is_an_error_of_ours(text: str) -> None:
    with pytest.raises(RecordUnreadable):
        read(text)


# --- playing it again


TALK = (
    ev.Answered(),
    ev.SilenceElapsed(0),
    ev.PromptFinished(1),
    ev.ReplyUnderstood(1, understood("有的", "affirm")),
    ev.PromptFinished(2),
    ev.ReplyUnderstood(2, understood("不会转账", "will_stop")),
    ev.PromptFinished(3),
)


def test_through_its_own_script_the_same_comes_out() -> None:
    head, lines = read(recorded(SCRIPT, *TALK))

    played = list(replay(SCRIPT, head, lines))

    assert len(played) == len(TALK)
    assert all(each.same for each in played)
    assert played[-1].now == (act.HangUp(),)


def test_an_answer_that_is_not_the_machines_is_found_at_its_event() -> None:
    head, lines = read(recorded(SCRIPT, *TALK))
    lines[4] = replace(lines[4], actions=(act.HangUp(),))

    *before, last = replay(SCRIPT, head, lines)

    assert all(each.same for each in before)
    assert (last.number, last.event, last.same) == (5, ev.PromptFinished(2), False)
    assert last.then == (act.HangUp(),)


def test_through_another_version_the_first_other_word_is_shown() -> None:
    head, lines = read(recorded(SCRIPT, *TALK))
    sentences = {**SCRIPT.sentences, "promise.1": Sentence("promise.1", "他再打来怎么办？")}
    other = replace(SCRIPT, sentences=sentences)

    *before, last = replay(SCRIPT, head, lines, other)

    assert all(each.same for each in before)
    assert last.number == 4
    assert [said.sentences for said in last.then or () if isinstance(said, act.Say)] == [("«warn.1»", "«promise.1»")]
    assert [said.sentences for said in last.now or () if isinstance(said, act.Say)] == [
        ("«warn.1»", "他再打来怎么办？")
    ]


def test_a_sentence_that_only_moved_is_no_difference() -> None:
    head, lines = read(recorded(SCRIPT, *TALK))
    moved = replace(
        SCRIPT.steps["promise"], say=("lines.promise.1",), replies={**SCRIPT.steps["promise"].replies, "deny": "bye"}
    )
    sentences = {**SCRIPT.sentences, "lines.promise.1": Sentence("lines.promise.1", "«promise.1»")}
    other = replace(SCRIPT, sentences=sentences, steps={**SCRIPT.steps, "promise": moved})

    assert all(each.same for each in replay(SCRIPT, head, lines, other))


def test_a_version_that_lost_the_step_is_a_difference_and_no_crash() -> None:
    head, lines = read(recorded(SCRIPT, *TALK))
    steps = {name: step for name, step in SCRIPT.steps.items() if name != "promise"}

    *_, last = replay(SCRIPT, head, lines, replace(SCRIPT, steps=steps))

    assert (last.number, last.now, last.same) == (4, None, False)


def test_a_careful_call_of_a_group_is_played_as_one() -> None:
    head = Head(careful=True, group="elder")
    doubtful = replace(understood("好像是", "affirm"), doubtful=True, confidence=0.3)
    events = (ev.Answered(), ev.SilenceElapsed(0), ev.PromptFinished(1), ev.ReplyUnderstood(1, doubtful))
    found, lines = read(recorded(SCRIPT, *events, head=head))

    assert all(each.same for each in replay(SCRIPT, found, lines))


def test_a_line_is_small() -> None:
    """A call of thirty prompts has to fit into a report that a worker writes while it ends."""
    assert len(recorded(SCRIPT, *TALK)) < 200 * len(TALK)
