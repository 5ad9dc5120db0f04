"""What differs between two versions of a script is told in words, and nothing that differs is left out."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pytest

from tests.smallscript import SCRIPT
from voice.report import Conclusion
from voice.script.compare import Change, compare, heard_anew
from voice.script.model import Group, Identity, Pledge, Script, Sentence, Step, StepKind

pytestmark = pytest.mark.unit

ASKED = SCRIPT.steps["asked"]
GROUP = Group("elder", "老人", steps={"warn": replace(SCRIPT.steps["warn"], must_hear=False)})
GROUPED = replace(SCRIPT, groups={"elder": GROUP})
PLEDGE = Pledge(("no_transfer",), "promised", "asked", "bye")


def with_step(name: str, **changes: Any) -> Script:
    return replace(SCRIPT, steps={**SCRIPT.steps, name: replace(SCRIPT.steps[name], **changes)})


def with_sentence(**changes: Any) -> Script:
    sentence = replace(SCRIPT.sentences["asked.1"], **changes)
    return replace(SCRIPT, sentences={**SCRIPT.sentences, "asked.1": sentence, "again.1": Sentence("again.1", "再问")})


def test_the_same_script_has_no_changes() -> None:
    assert compare(GROUPED, GROUPED) == []


def test_another_wording_is_shown_with_the_old_one() -> None:
    assert compare(SCRIPT, with_sentence(text="您接到过吗？")) == [
        Change("step 'asked'", "says", ("«asked.1»",), ("您接到过吗？",))
    ]


def test_another_route_is_shown_with_the_old_one() -> None:
    other = with_step("asked", replies={**ASKED.replies, "affirm": "promise", "amount": "warn"})

    assert compare(SCRIPT, other) == [
        Change("step 'asked'", "on 'affirm' goes to", ("warn",), ("promise",)),
        Change("step 'asked'", "on 'amount' goes to", (), ("warn",)),
    ]


def test_of_many_sentences_only_the_changed_one_is_shown() -> None:
    said = {f"s{n}": Sentence(f"s{n}", f"第{n}句") for n in range(5)}
    old = replace(with_step("warn", say=tuple(said)), sentences={**SCRIPT.sentences, **said})
    new = replace(old, sentences={**old.sentences, "s2": Sentence("s2", "改了")})

    assert compare(old, new) == [Change("step 'warn'", "says", ("第2句",), ("改了",))]


def test_a_sentence_that_only_moved_to_another_name_is_no_change() -> None:
    sentences = {**SCRIPT.sentences, "lines.ask.1": Sentence("lines.ask.1", "«asked.1»")}

    assert compare(SCRIPT, replace(with_step("asked", say=("lines.ask.1",), line=99), sentences=sentences)) == []


def test_what_people_will_hear_anew_is_every_text_that_no_sentence_had_before() -> None:
    other = with_sentence(text="别的", otherwise="没有时说", again=("again.1",))
    moved = replace(other, sms={"warned": "短信"}, sentences={**other.sentences, "moved.1": SCRIPT.sentences["bye.1"]})

    assert heard_anew(SCRIPT, moved) == ["别的", "没有时说", "再问", "短信"]
    assert heard_anew(moved, SCRIPT) == ["«asked.1»"]
    assert len(heard_anew(None, SCRIPT)) == len(SCRIPT.sentences)


def test_a_step_that_is_new_or_gone_is_told_with_all_it_has() -> None:
    fewer = replace(SCRIPT, steps={name: step for name, step in SCRIPT.steps.items() if name != "denied"})
    expected = {("is a", "close"), ("says", "«denied.1»"), ("concludes", "denies")}

    gone, came = compare(SCRIPT, fewer), compare(fewer, SCRIPT)

    assert {(change.what, *change.was) for change in gone} == expected
    assert {(change.what, *change.now) for change in came} == expected


OTHER_OF_STEP: Mapping[str, Any] = {
    "kind": StepKind.CLOSE,
    "say": ("bye.1",),
    "concludes": Conclusion.AWARE,
    "must_hear": True,
    "identity": Identity.CONFIRMED,
    "then": "bye",
    "replies": {"affirm": "bye"},
    "keys": {"2": "bye"},
    "pledge": PLEDGE,
    "no_input": ("bye",),
    "no_match": ("bye",),
    "wait_ms": 9000,
    "reason": "unclear",
    "hold": ("hold.1",),
    "no_officer": "bye",
}
OTHER_OF_GROUP: Mapping[str, Any] = {
    "code": "minor",
    "title": "学生",
    "rate_percent": 90,
    "wait_percent": 150,
    "twice": ("warn.1",),
    "after_opening": "warn",
    "longest_clause": 12,
    "globals": {"minor": "bye"},
    "steps": {},
}
OTHER_OF_SENTENCE: Mapping[str, Any] = {
    "text": "别的",
    "otherwise": "别的",
    "again": ("again.1",),
    "recording": "a.wav",
    "recording_sha256": "ab" * 32,
}
OTHER_OF_SCRIPT: Mapping[str, Any] = {
    "code": "other",
    "title": "别的",
    "opening": "warn",
    "resuming": "opening",
    "steps": {**SCRIPT.steps, "more": SCRIPT.steps["bye"]},
    "sentences": {**SCRIPT.sentences, "bye.1": Sentence("bye.1", "别的")},
    "urgent": {"crisis": "human"},
    "globals": {},
    "goodbye": "silent",
    "machine": "bye",
    "clarify": {"transferred": "asked"},
    "sms": {"warned": "别的"},
    "groups": {},
    "greeting_ms": 1,
    "rate_wpm": 200,
}


def of(kind: type, *leave_out: str) -> set[str]:
    return {field.name for field in fields(kind)} - set(leave_out)


def test_every_field_of_a_script_is_looked_at_here() -> None:
    assert set(OTHER_OF_STEP) == of(Step, "name", "line")
    assert set(OTHER_OF_GROUP) == of(Group)
    assert set(OTHER_OF_SENTENCE) == of(Sentence, "id")
    assert set(OTHER_OF_SCRIPT) == of(Script, "hash")


@pytest.mark.parametrize("field", OTHER_OF_STEP)
def test_no_change_of_a_step_is_left_out(field: str) -> None:
    assert compare(SCRIPT, with_step("asked", **{field: OTHER_OF_STEP[field]})), field


@pytest.mark.parametrize("field", sorted(of(Pledge)))
def test_no_change_of_a_pledge_is_left_out(field: str) -> None:
    other = replace(PLEDGE, **{field: ("no_code",) if field == "needs" else "silent"})
    assert compare(with_step("asked", pledge=PLEDGE), with_step("asked", pledge=other)), field


@pytest.mark.parametrize("field", OTHER_OF_GROUP)
def test_no_change_of_a_group_is_left_out(field: str) -> None:
    group = replace(GROUP, **{field: OTHER_OF_GROUP[field]})
    assert compare(GROUPED, replace(GROUPED, groups={group.code: group})), field


@pytest.mark.parametrize("field", OTHER_OF_SENTENCE)
def test_no_change_of_a_sentence_is_left_out(field: str) -> None:
    old = with_sentence(recording="b.wav") if field == "recording_sha256" else with_sentence()
    sentence = replace(old.sentences["asked.1"], **{field: OTHER_OF_SENTENCE[field]})
    assert compare(old, replace(old, sentences={**old.sentences, "asked.1": sentence})), field


@pytest.mark.parametrize("field", OTHER_OF_SCRIPT)
def test_no_change_of_a_script_is_left_out(field: str) -> None:
    old = replace(SCRIPT, groups={"elder": GROUP}) if field == "groups" else SCRIPT
    assert compare(old, replace(old, **{field: OTHER_OF_SCRIPT[field]})), field
