"""What a recogniser writes in pinyin, because it has no word for it, is understood by its sound."""

import pytest

from voice.asr.recognizer import _joined
from voice.understanding import understand
from voice.understanding.wording import normalised

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("heard", "intent"),
    [("我已经 zhuan zhang了", "transferred"), ("zheng zai zhuan zhang", "transferring_now"), ("mei you", "deny")],
)
def test_a_reply_heard_as_syllables_is_understood_but_less_surely(heard: str, intent: str) -> None:
    (found,) = understand(heard).intents

    assert found.intent == intent
    assert found.confidence < 0.7


def test_a_syllable_stands_for_no_character() -> None:
    assert understand("si le suan le").intents[:1] != understand("死了算了").intents[:1]
    assert understand("他说 si 没有").intents == understand("他说 shi 没有").intents


def test_latin_words_that_people_say_stay_words() -> None:
    assert normalised("加了QQ") == "加了qq"
    assert understand("你是AI吗").intents[0].intent == "are_you_robot"


def test_the_evidence_can_be_read() -> None:
    (found,) = understand("mei you").intents

    assert "mei" in found.evidence


def test_two_syllables_are_kept_apart_and_hanzi_are_not() -> None:
    assert _joined(["他 让 我 zhuan zhang [unk] 了", "好"]) == "他让我zhuan zhang了好"
    assert _joined(["bao", "zhang 钱"]) == "bao zhang钱"
