"""The record of a conversation: what was said, what was heard, and how long the contact waited for our answer."""

import pytest

from voice.ports import Transcript
from voice.report import TurnRecord
from voice.turns import GREETING_STEP, Turns
from voice.understanding.model import IntentMatch, Understood

pytestmark = pytest.mark.unit

SECOND = 8000


def heard(text: str, confidence: float = 0.9) -> Transcript:
    return Transcript(text, (), confidence)


def meant(text: str, *intents: str) -> Understood:
    return Understood(text, tuple(IntentMatch(intent, 1.0, f"rule of {intent}") for intent in intents))


class Told:
    """What was told while it happened."""

    def __init__(self) -> None:
        self.records: list[TurnRecord] = []
        self.turns = Turns(self.records.append)


@pytest.fixture
def told() -> Told:
    return Told()


def reply(turns: Turns, turn: int, text: str, *intents: str, ended: int = 0, confidence: float = 0.9) -> None:
    """A reply that nothing of ours answers."""
    with turns.replied(turn, heard(text, confidence), meant(text, *intents), ended):
        pass


def test_a_turn_is_told_when_the_next_one_begins(told: Told) -> None:
    told.turns.begin(1, "asked", "请问？", SECOND)
    told.turns.said_to_end(1)
    assert told.records == []

    told.turns.begin(2, "warn", "别转。", 5 * SECOND)

    (first,) = told.records
    assert (first.turn, first.step, first.said, first.said_to_end) == (1, "asked", "请问？", True)
    assert first.started_ms == 1000
    told.turns.close()
    assert [record.turn for record in told.turns.records()] == [1, 2]
    assert told.records == list(told.turns.records())


def test_the_gap_counts_from_his_last_sound_to_our_next_word(told: Told) -> None:
    told.turns.begin(1, "asked", "请问？", 0)
    with told.turns.replied(1, heard("有"), meant("有", "affirm"), 4 * SECOND):
        told.turns.begin(2, "warn", "别转。", 4 * SECOND + 4960)

    assert told.records[0].reply_gap_ms == 620


def test_a_gap_is_never_negative(told: Told) -> None:
    told.turns.begin(1, "asked", "请问？", 0)
    with told.turns.replied(1, heard("有"), meant("有"), 2 * SECOND):
        told.turns.begin(2, "warn", "别转。", SECOND)

    assert told.records[0].reply_gap_ms == 0


def test_a_prompt_that_answers_no_reply_has_no_gap(told: Told) -> None:
    told.turns.begin(1, "asked", "请问？", 0)
    reply(told.turns, 1, "那个", ended=SECOND)
    told.turns.begin(2, "asked", "请问？", 20 * SECOND)

    assert told.records[0].heard == "那个"
    assert told.records[0].reply_gap_ms is None


def test_a_cough_is_no_reply(told: Told) -> None:
    told.turns.begin(1, "asked", "请问？", 0)
    reply(told.turns, 1, "有", "affirm")
    with told.turns.replied(1, heard("", 0.0), meant(""), 3 * SECOND):
        told.turns.begin(2, "asked", "请问？", 4 * SECOND)

    assert (told.records[0].heard, told.records[0].confidence, told.records[0].reply_gap_ms) == ("有", 0.9, None)


def test_several_replies_in_one_turn_are_one_line(told: Told) -> None:
    told.turns.begin(1, "asked", "请问？", 0)
    reply(told.turns, 1, "有", "affirm")
    reply(told.turns, 1, "转了，有", "transferred", "affirm", confidence=0.5)
    told.turns.close()

    (record,) = told.records
    assert record.heard == "有 转了，有"
    assert record.intents == ("affirm", "transferred")
    assert (record.confidence, record.rule) == (0.5, "rule of transferred")


def test_of_several_replies_the_worst_heard_says_how_well_the_turn_was_heard(told: Told) -> None:
    told.turns.begin(1, "asked", "问", 0)
    reply(told.turns, 1, "有", "affirm", confidence=0.4)
    reply(told.turns, 1, "接到过", "affirm", confidence=0.95)
    told.turns.close()

    assert (told.records[0].heard, told.records[0].confidence) == ("有 接到过", 0.4)


def test_a_reply_that_means_nothing_keeps_the_rule_of_the_one_that_did(told: Told) -> None:
    told.turns.begin(1, "asked", "请问？", 0)
    reply(told.turns, 1, "有", "affirm")
    reply(told.turns, 1, "天气不错")
    told.turns.close()

    assert told.records[0].rule == "rule of affirm"


def test_what_he_says_before_our_first_word_is_the_greeting(told: Told) -> None:
    reply(told.turns, 0, "喂", "hello_only")
    told.turns.pressed("1")
    told.turns.begin(1, "asked", "请问？", SECOND)

    (greeting,) = told.records
    assert (greeting.turn, greeting.step, greeting.said, greeting.heard) == (0, GREETING_STEP, "", "喂")
    assert greeting.digit == "1"


def test_a_reply_to_another_turn_is_not_put_down_to_this_one(told: Told) -> None:
    told.turns.begin(1, "asked", "请问？", 0)
    told.turns.begin(2, "warn", "别转。", SECOND)
    reply(told.turns, 1, "有")
    told.turns.said_to_end(1)
    told.turns.close()

    assert [record.heard for record in told.records] == ["", ""]
    assert not told.records[1].said_to_end


def test_after_a_bridge_nothing_opens_a_turn_but_our_own_words(told: Told) -> None:
    told.turns.begin(1, "hold", "请稍等。", 0)
    told.turns.close()
    reply(told.turns, 1, "喂")
    told.turns.pressed("5")
    told.turns.close()

    assert [record.step for record in told.records] == ["hold"]


def test_digits_are_kept_in_their_order(told: Told) -> None:
    told.turns.begin(1, "asked", "请问？", 0)
    told.turns.pressed("1")
    told.turns.pressed("#")
    told.turns.close()

    assert told.records[0].digit == "1#"


def test_a_call_without_a_word_has_no_turns(told: Told) -> None:
    told.turns.close()

    assert told.turns.records() == ()


def test_a_code_that_is_read_out_is_not_kept_though_it_came_in_two_breaths() -> None:
    told = Told()
    told.turns.begin(1, "ask", "", 0)
    for text in ("三八五", "二零一"):
        with told.turns.replied(1, heard(text), meant(text), SECOND):
            pass
    told.turns.close()

    assert told.turns.records()[0].heard == "〔数字〕"
