"""A script becomes what one person hears."""

from dataclasses import replace

import pytest

from tests.smallscript import SCRIPT
from voice.errors import ScriptFault, Unspeakable
from voice.script.model import Sentence
from voice.script.speak import spoken
from voice.script.variables import digits_spoken

pytestmark = pytest.mark.unit

VALUES = {"centre": "拉萨市反诈骗中心", "call_back": "96110"}


def with_sentence(text: str, otherwise: str = "") -> dict[str, Sentence]:
    return {**SCRIPT.sentences, "bye.1": Sentence("bye.1", text, otherwise)}


@pytest.mark.parametrize(
    ("number", "words"), [("96110", "九六幺幺零"), ("110", "幺幺零"), ("0891-6123457", "零八九幺，六幺二三四五七")]
)
def test_a_number_is_said_digit_by_digit(number: str, words: str) -> None:
    assert digits_spoken(number) == words


@pytest.mark.parametrize("number", ["", "九六", "+86", "96110;ext=1", "9611O"])
def test_what_is_no_number_is_not_said(number: str) -> None:
    with pytest.raises(Unspeakable):
        digits_spoken(number)


def test_variables_are_filled_in_their_spoken_form() -> None:
    script = replace(SCRIPT, sentences=with_sentence("{centre}来电，请拨{call_back}。"))

    assert spoken(script, VALUES).sentences["bye.1"] == Sentence("bye.1", "拉萨市反诈骗中心来电，请拨九六幺幺零。")


@pytest.mark.parametrize("values", [VALUES, {**VALUES, "region": " "}], ids=["missing", "blank"])
def test_a_sentence_stays_whole_when_its_variable_has_no_value(values: dict[str, str]) -> None:
    script = replace(SCRIPT, sentences=with_sentence("我们在{region}。", "我们在您身边。"))

    assert spoken(script, values).sentences["bye.1"].text == "我们在您身边。"


def test_a_sentence_that_cannot_be_whole_is_a_fault_and_not_a_hole() -> None:
    script = replace(SCRIPT, sentences=with_sentence("{centre}来电。"))

    with pytest.raises(ScriptFault, match=r"sentence 'bye\.1' needs a value for 'centre'"):
        spoken(script, {"call_back": "96110"})


def test_the_version_stays_the_published_one() -> None:
    assert spoken(SCRIPT, VALUES).hash == SCRIPT.hash
