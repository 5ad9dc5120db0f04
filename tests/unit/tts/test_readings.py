"""What the engine gets to read for a sentence."""

import pytest

from voice.errors import Unspeakable
from voice.tts.readings import HANZI, WORDS, hanzi_in, respell

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("sentence", "reading"),
    [
        ("您好，这里是拉萨市反诈骗中心。", "您好，这里是拉萨市反诈骗中心。"),
        ("您还没还钱吗？", "您还没huan2钱吗？"),
        ("熊先生，等一会儿。", "xong2先生，等yi2hui4er5。"),
        ("他让您瞒着家人吗？", "他让您瞒zhe5家人吗？"),
        ("不要着急。", "不要着急。"),
        ("您儿子和女儿在哪儿？", "您儿子和女儿在na3er5？"),
        ("  您好，\n再见。 ", "您好， 再见。"),
    ],
)
def test_only_what_the_dictionary_misreads_is_spelled_in_pinyin(sentence: str, reading: str) -> None:
    assert respell(sentence) == reading


def test_every_respelling_keeps_its_number_of_syllables() -> None:
    for written, read in (WORDS | HANZI).items():
        syllables = hanzi_in(read) + sum(c.isdigit() for c in read)
        assert syllables == len(written), written


def test_the_refusal_names_each_stranger_once_in_order_and_no_word_of_the_sentence() -> None:
    with pytest.raises(Unspeakable) as refusal:
        respell("王先生转了990000元到A账户")

    assert str(refusal.value) == "the voice reads hanzi only, not 0 9 A: write numbers out in hanzi"


def test_tibetan_is_answered_with_a_recording() -> None:
    with pytest.raises(Unspeakable, match="recording by a native speaker"):
        respell("您好，བཀྲ་ཤིས")
