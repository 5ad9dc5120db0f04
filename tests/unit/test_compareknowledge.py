"""What differs between two versions of what intents know is told in words, and nothing that differs is left out."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pytest

from voice.script.compare import Change
from voice.script.compareknowledge import compare_knowledge
from voice.understanding.knowledge import Knowledge, Patterns, Phrases, ShortAnswer, shipped
from voice.understanding.rules import Rule, Topic

pytestmark = pytest.mark.unit

RULE = Rule("transferred", ("转了",))
KNOWN = Knowledge(
    Patterns((Topic("money", (RULE,)),), {"pay": "转|付"}, {"pay": "zhuan"}),
    Phrases({"转人工": "want_human"}, ("没",), ("吗",)),
    (ShortAnswer("yes", "有", ("affirm",)),),
    "再见",
    {"wrong_number": ("deny",)},
    {"want_human": "要真人"},
    {"tool": {"app": ("软件",)}},
    {"crisis": ("死",)},
)

OTHER_OF_RULE: Mapping[str, Any] = {"intent": "", "patterns": ("付了",), "strength": 0.5, "keeps": True}
OTHER_OF_PATTERNS: Mapping[str, Any] = {"topics": (), "classes": {"pay": "转"}, "classes_by_sound": {}}
OTHER_OF_PHRASES: Mapping[str, Any] = {
    "owners": {"转人工": "affirm"},
    "unmeant_before": (),
    "unmeant_after": ("呢",),
}
OTHER_OF_ANSWER: Mapping[str, Any] = {"name": "no", "pattern": "有的", "means": ("deny",)}
OTHER: Mapping[str, Any] = {
    "short_answers": (),
    "complete": "好",
    "silences": {},
    "meanings": {"want_human": "要民警"},
    "slots": {"tool": {"app": ("应用",)}},
    "signs": {"crisis": ("活",)},
}


def of(kind: type, *leave_out: str) -> set[str]:
    return {field.name for field in fields(kind)} - set(leave_out)


def test_every_field_is_looked_at_here() -> None:
    assert set(OTHER_OF_RULE) == of(Rule)
    assert set(OTHER_OF_PATTERNS) == of(Patterns)
    assert set(OTHER_OF_PHRASES) == of(Phrases)
    assert set(OTHER_OF_ANSWER) == of(ShortAnswer)
    assert set(OTHER) == of(Knowledge, "hash", "patterns", "phrases")


def test_the_same_has_no_changes() -> None:
    assert compare_knowledge(shipped(), shipped()) == []


def test_a_phrase_that_was_added_is_told_with_its_intent() -> None:
    more = replace(KNOWN, phrases=replace(KNOWN.phrases, owners={"转人工": "want_human", "找个人": "want_human"}))

    assert compare_knowledge(KNOWN, more) == [Change("intent 'want_human'", "has the phrases", (), ("找个人",))]


def test_a_phrase_that_means_something_else_now_is_told_of_both() -> None:
    other = replace(KNOWN, phrases=replace(KNOWN.phrases, owners={"转人工": "affirm"}))

    assert {change.part for change in compare_knowledge(KNOWN, other)} == {"intent 'want_human'", "intent 'affirm'"}


@pytest.mark.parametrize("field", OTHER)
def test_no_change_of_a_version_is_left_out(field: str) -> None:
    assert compare_knowledge(KNOWN, replace(KNOWN, **{field: OTHER[field]})), field


@pytest.mark.parametrize("field", OTHER_OF_RULE)
def test_no_change_of_a_rule_is_left_out(field: str) -> None:
    topic = Topic("money", (replace(RULE, **{field: OTHER_OF_RULE[field]}),))
    assert compare_knowledge(KNOWN, replace(KNOWN, patterns=replace(KNOWN.patterns, topics=(topic,)))), field


@pytest.mark.parametrize("field", OTHER_OF_PATTERNS)
def test_no_change_of_patterns_is_left_out(field: str) -> None:
    patterns = replace(KNOWN.patterns, **{field: OTHER_OF_PATTERNS[field]})
    assert compare_knowledge(KNOWN, replace(KNOWN, patterns=patterns)), field


@pytest.mark.parametrize("field", OTHER_OF_PHRASES)
def test_no_change_of_phrases_is_left_out(field: str) -> None:
    phrases = replace(KNOWN.phrases, **{field: OTHER_OF_PHRASES[field]})
    assert compare_knowledge(KNOWN, replace(KNOWN, phrases=phrases)), field


@pytest.mark.parametrize("field", OTHER_OF_ANSWER)
def test_no_change_of_a_short_answer_is_left_out(field: str) -> None:
    answer = replace(KNOWN.short_answers[0], **{field: OTHER_OF_ANSWER[field]})
    assert compare_knowledge(KNOWN, replace(KNOWN, short_answers=(answer,))), field
