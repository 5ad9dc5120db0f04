"""How sure a meaning is, and when it is too little to act upon."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.understanding import understand
from voice.understanding.doubt import CLEAR_AT, URGENT_CLEAR_AT, confidence_of, heard_so, is_doubtful
from voice.understanding.intents import INTENTS
from voice.understanding.model import IntentMatch, Understood

pytestmark = pytest.mark.unit


def meant(text: str, *intents: str, confidence: float = 0.9) -> Understood:
    matches = tuple(IntentMatch(intent, confidence, "rule: words") for intent in intents)
    top = intents[0] if intents else ""
    sure = confidence_of(matches)
    return Understood(text, matches, confidence=sure, doubtful=is_doubtful(top, sure))


@pytest.mark.parametrize(
    "text",
    [
        "我已经转了九十九万",
        "正在转账",
        "我正在共享屏幕",
        "验证码给他了",
        "我不想活了",
        "没有接到过",
        "还没转",
        "我不转了",
        "你是骗子",
        "他让我刷单",
        "打错了",
        "我要投诉",
    ],
)
def test_clear_statements_are_not_doubted(text: str) -> None:
    understood = understand(text)

    assert not understood.doubtful
    assert understood.confidence == understood.intents[0].confidence >= URGENT_CLEAR_AT


def test_with_text_alone_nothing_changes() -> None:
    assert understand("我已经转了九十九万") == understand("我已经转了九十九万", alternatives=(), heard=1.0)


def test_a_recogniser_that_gives_no_confidence_changes_nothing() -> None:
    assert understand("我已经转了", heard=0.0) == understand("我已经转了")


@pytest.mark.parametrize(
    ("top", "confidence", "doubtful"),
    [
        ("affirm", CLEAR_AT, False),
        ("affirm", CLEAR_AT - 0.01, True),
        ("transferred", URGENT_CLEAR_AT, False),
        ("transferred", URGENT_CLEAR_AT - 0.01, True),
        ("crisis", 0.1, False),  # nobody who may be about to die is asked what he meant
        ("machine_answer", 0.1, False),  # a machine cannot say what it meant
        ("", 0.0, False),  # not understood at all: the question's own ladder
    ],
)
def test_what_is_less_sure_than_its_kind_needs_is_doubted(top: str, confidence: float, *, doubtful: bool) -> None:
    assert is_doubtful(top, confidence) is doubtful


def test_what_is_not_understood_has_no_confidence_and_is_not_doubted() -> None:
    understood = understand("啦啦啦咕咚")

    assert (understood.intents, understood.confidence, understood.doubtful) == ((), 0.0, False)


def test_alternatives_that_mean_something_else_make_doubt() -> None:
    first = meant("a", "deny")

    agreed = heard_so(first, [meant("b", "deny"), meant("c", "deny")], 1.0)
    torn = heard_so(first, [meant("b", "affirm"), meant("c", "unsure")], 1.0)

    assert (agreed.confidence, agreed.doubtful) == (0.9, False)
    assert (torn.confidence, torn.doubtful) == (0.3, True)


def test_danger_that_only_an_alternative_holds_makes_doubt_and_no_fact() -> None:
    heard = heard_so(
        meant("没转", "not_transferred"), [meant("没转", "not_transferred"), meant("转", "transferred")], 1.0
    )

    assert heard.doubtful
    assert heard.names() == ("not_transferred",)


def test_what_only_an_alternative_makes_understood_is_said_with_doubt() -> None:
    heard = heard_so(meant("呣"), [meant("嗯"), meant("没有", "deny")], 1.0)

    assert (heard.text, heard.names(), heard.doubtful) == ("呣", ("deny",), True)


def test_danger_is_believed_although_an_alternative_holds_other_danger() -> None:
    heard = heard_so(meant("转了", "transferred"), [meant("赚了", "transferred", "transferring_now")], 1.0)

    assert not heard.doubtful


@pytest.mark.parametrize(("heard", "confidence", "doubtful"), [(1.0, 0.9, False), (0.6, 0.9, False), (0.3, 0.45, True)])
def test_what_was_heard_badly_is_less_sure(heard: float, confidence: float, *, doubtful: bool) -> None:
    understood = heard_so(meant("没有", "deny"), [], heard)

    assert (understood.confidence, understood.doubtful) == (confidence, doubtful)


@pytest.mark.parametrize(
    ("reply", "expects", "top"),
    [
        ("六点以后吧", ("busy_later",), "busy_later"),
        ("后天下午三点半", ("visit_ok", "visit_refuse"), "visit_ok"),
        ("周末", ("visit_ok", "busy_later"), "visit_ok"),
        ("过一个小时", ("busy_later", "affirm"), "busy_later"),
    ],
)
def test_a_time_alone_answers_the_question_for_one(reply: str, expects: tuple[str, ...], top: str) -> None:
    understood = understand(reply, expects)

    assert (understood.top, understood.doubtful) == (top, False)
    assert understood.slots["when"]


def test_a_time_alone_is_not_guessed_at_without_such_a_question() -> None:
    assert understand("后天下午三点半").intents == ()


@given(
    st.text(max_size=30),
    st.lists(st.text(max_size=20), max_size=5),
    st.floats(0, 1),
    st.lists(st.sampled_from(INTENTS), max_size=4),
)
def test_no_text_breaks_it(text: str, alternatives: list[str], heard: float, expects: list[str]) -> None:
    understood = understand(text, expects, alternatives=alternatives, heard=heard)

    assert understood.text == text
    assert 0 <= understood.confidence <= 1
    assert not understood.doubtful or understood.intents
