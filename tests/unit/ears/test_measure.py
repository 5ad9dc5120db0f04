"""Figures of understanding, counted by hand."""

import pytest

from voice.understanding.measure import Labelled, measure, read_labelled
from voice.understanding.model import IntentMatch, Understood

pytestmark = pytest.mark.unit


def taken_for(*intents: str) -> Understood:
    return Understood("", tuple(IntentMatch(intent, 0.9, "rule") for intent in intents))


def test_accuracy_counts_the_most_urgent_intent_and_recall_any_place() -> None:
    meaning = {
        "a": taken_for("transferred", "amount"),  # right
        "b": taken_for("crisis", "transferred"),  # recalled, but something else is more urgent
        "c": taken_for("deny"),  # right
        "d": taken_for("transferred"),  # a false alarm
        "e": taken_for(),  # nothing found
    }
    said = [
        Labelled("transferred", "a"),
        Labelled("transferred", "b"),
        Labelled("deny", "c"),
        Labelled("not_transferred", "d"),
        Labelled("crisis", "e"),
    ]

    measured = measure(((each, each.reply) for each in said), meaning.__getitem__)

    assert measured.accuracy == 2 / 5
    assert measured.urgent_recall == 2 / 3
    assert measured.false_urgent == 1 / 2
    assert measured.per_intent["transferred"] == {"replies": 2, "recall": 0.5}
    assert ("crisis", "(none)", 1) in measured.confusions
    assert [miss.intent for miss in measured.worst] == ["crisis", "transferred", "not_transferred"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("deny\t没有\naffirm 有", "replies.tsv:2: write the intent, a tab and the reply"),
        ("# a remark\n\ndenny\t没有", "replies.tsv:3: there is no intent 'denny'; did you mean 'deny'"),
        ("\n", "replies.tsv: no reply in it"),
    ],
)
def test_a_bad_file_is_told_with_its_line(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_labelled(text, "replies.tsv")
