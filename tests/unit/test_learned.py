"""What a call learns from reply to reply."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.dialogue.state import learned
from voice.understanding import understand
from voice.understanding.intents import INTENTS
from voice.understanding.model import AGAINST, PLEDGES

pytestmark = pytest.mark.unit


def after(*replies: str, promise_asked: bool = False) -> Mapping[str, str]:
    """The facts after a person said all this."""
    facts: Mapping[str, str] = {}
    for reply in replies:
        said = understand(reply, ("will_stop",) if promise_asked else ())
        facts = learned(
            facts,
            said.names(),
            said.amount_yuan,
            slots=said.slots,
            pledges=said.pledges,
            against=said.against,
            promise_asked=promise_asked,
        )
    return facts


@pytest.mark.parametrize(
    ("replies", "facts"),
    [
        (("我转了九十九万",), {"transferred": "yes", "amount_yuan": "990000"}),
        (("转了三万多",), {"transferred": "yes", "amount_yuan": "30000", "sum_about": "yes"}),
        (("转了三万多", "是三万五"), {"amount_yuan": "35000"}),
        (("我是本人",), {"speaker": "self"}),
        (("我是他老婆",), {"speaker": "family", "relation": "wife"}),
        (("我是他老婆", "喂我是本人"), {"speaker": "self"}),
        (("他加了我微信",), {"channel": "wechat"}),
        (("让我刷单做任务",), {"mentioned_type": "brushing"}),
        (("让我刷单做任务", "不是刷单是让我投资炒股"), {"mentioned_type": "investment"}),
        (("你六点以后再打",), {"call_back_at": "after:18:00"}),
        (("你六点以后再打", "还是明天上午再打吧"), {"call_back_at": "+1d morning"}),
        (("可以下午三点以后来",), {"visit_at": "after:15:00"}),
        (("我不转了",), {"promised": "yes", "pledged": "no_transfer"}),
    ],
)
def test_a_reply_is_kept_as_facts_and_corrected_by_a_later_one(
    replies: tuple[str, ...], facts: Mapping[str, str]
) -> None:
    known = after(*replies)

    assert {name: known.get(name) for name in facts} == facts


def test_an_exact_sum_is_no_estimate_any_more_and_another_speaker_has_no_relation() -> None:
    assert "sum_about" not in after("转了三万多", "转了三万五")
    assert "relation" not in after("我是他老婆", "我是本人")


@pytest.mark.parametrize("reply", ["我明天上午去银行转", "昨天下午转的", "下午三点打过来的电话"])
def test_a_time_that_nobody_asked_us_to_ring_at_is_no_wish(reply: str) -> None:
    assert "call_back_at" not in after(reply)


def test_promises_gather_and_one_is_taken_back_by_its_contrary() -> None:
    once = after("我不转了，我去派出所", "再把软件卸了", promise_asked=True)
    twice = after("我不转了，我去派出所", "再把软件卸了", "算了我还是要转", promise_asked=True)

    assert once["pledged"] == "no_transfer,go_station,uninstall"
    assert (twice["pledged"], twice["pledged_against"]) == ("go_station,uninstall", "transfer")


def test_that_somebody_meant_to_pay_stays_known_and_a_hesitation_does_not() -> None:
    paying, thinking = (
        after("我还是要转", "好我不转了", promise_asked=True),
        after("我再考虑", "我不转了", promise_asked=True),
    )

    assert (paying["pledged"], paying["pledged_against"]) == ("no_transfer", "transfer")
    assert (thinking["pledged"], thinking["pledged_against"]) == ("no_transfer", "")


def test_the_words_of_a_promise_inside_a_story_are_believed_only_when_asked_for() -> None:
    facts = learned({}, ("secrecy_coached",), pledges=("hang_up",))
    asked = learned({}, ("secrecy_coached",), pledges=("hang_up",), promise_asked=True)

    assert facts.get("pledged") is None
    assert asked["pledged"] == "hang_up"


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(INTENTS), max_size=3).map(tuple),
            st.lists(st.sampled_from(list(PLEDGES)), max_size=3).map(tuple),
            st.lists(st.sampled_from(list(AGAINST)), max_size=2).map(tuple),
        ),
        max_size=8,
    )
)
def test_danger_is_never_taken_back(
    replies: list[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]],
) -> None:
    facts: Mapping[str, str] = {}
    dangers: set[str] = set()
    for intents, pledges, against in replies:
        facts = learned(facts, intents, pledges=pledges, against=against, promise_asked=True)
        dangers |= {"transfer", "code"} & set(against)

        assert dangers <= set(facts.get("pledged_against", "").split(","))
        if "transferred" in intents:
            assert facts["transferred"] == "yes"
    yes = {name for intents, _, _ in replies for name in intents if name in ("crisis", "minor", "secrecy_coached")}
    assert all(facts[name] == "yes" for name in yes)
