"""Answers in the words of the question: yes and no without 有, 没有, 是."""

import pytest

from voice.understanding import understand
from voice.understanding.echo import echo
from voice.understanding.wording import normalised

pytestmark = pytest.mark.unit

YES_OR_NO = ("affirm", "deny", "unsure")
OUT = "里面的钱，您全提出来过吗？"
MET = "您当面见过他本人吗？"
WILLING = "走平台收钱，他愿意吗？"
OPEN = "屏幕共享，您现在还开着吗？"
LEFT = "借来的钱，还在您自己手上吗？"
ARRIVED = "您卡上，看到贷的钱了吗？"
PRIVATE = "收您钱的，是不是私人的卡？"


def meant(reply: str, asked: str) -> str:
    found = echo(normalised(reply), asked, YES_OR_NO)
    return found.intent if found else ""


@pytest.mark.parametrize(
    ("asked", "yes", "no"),
    [
        (OUT, ("提得出来", "都提出来了", "能提", "提过两回"), ("提不出来", "没提过", "还提不了", "不能提", "一次都没提出来")),
        (MET, ("见过", "当面见过两次", "见过面的"), ("没见过", "没有见过真人", "见不到", "从来没见过")),
        (WILLING, ("肯", "肯啊", "愿意的", "他答应了", "同意了"), ("不肯", "他不愿意", "不答应", "没同意")),
        (OPEN, ("开着", "还开着呢", "没关", "看得到"), ("关了", "已经关了", "退出来了", "没开", "看不见")),
        (LEFT, ("还在", "还在我手上", "在的"), ("不在了", "没在")),
        (ARRIVED, ("看到了", "到了", "收到了", "在卡上了"), ("没看到", "还没到", "没收到")),
        (PRIVATE, ("私人的", "是个人的"), ("公司的", "不是", "不是私人的", "不是，是对公的")),
    ],
)  # fmt: skip
def test_the_verb_of_the_question_said_again_is_yes_or_no(
    asked: str, yes: tuple[str, ...], no: tuple[str, ...]
) -> None:
    assert {reply: meant(reply, asked) for reply in yes} == dict.fromkeys(yes, "affirm")
    assert {reply: meant(reply, asked) for reply in no} == dict.fromkeys(no, "deny")


@pytest.mark.parametrize(
    "reply",
    ["今天天气好", "你是谁", "我提过吗", "他要是不给我我就报警", "我要找警察", "转了三万"],
)
def test_whatever_else_is_said_is_no_echo(reply: str) -> None:
    assert meant(reply, "他有没有要您再补一笔钱？") == ""


def test_only_a_question_that_knows_yes_and_no_has_echoes() -> None:
    assert echo("见过", MET, ("will_stop",)) is None
    assert echo("见过", "", YES_OR_NO) is None


def test_the_last_of_two_questions_is_answered() -> None:
    assert meant("见过", "谁都有急事。您见过他吗？") == "affirm"


def test_an_echo_beats_a_guess_and_never_what_is_sure_to_be_danger() -> None:
    assert understand("已经关了", YES_OR_NO, asked=OPEN).names() == ("deny",)
    assert understand("收到了", YES_OR_NO, asked=ARRIVED).names() == ("affirm",)
    paid = understand("提得出来我又转了三万", YES_OR_NO, asked=OUT)
    assert paid.top == "transferred"
    assert "affirm" in paid.names()
