"""What people promise in their own words, and what speaks against it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.understanding import understand
from voice.understanding.model import AGAINST, PLEDGES, IntentMatch
from voice.understanding.pledges import promised, settled
from voice.understanding.wording import normalised

pytestmark = pytest.mark.unit

_LINES = (Path(__file__).parent / "pledge_cases.tsv").read_text(encoding="utf-8").splitlines()
CASES = [(line.partition("\t")[0], line.partition("\t")[2].split()) for line in _LINES if not line.startswith("#")]
TEACH_BACK = ("will_stop", "aware_not_fooled", "affirm", "deny", "not_transferred", "unsure", "repeat_please")


@pytest.mark.parametrize(("answer", "names"), CASES)
def test_an_answer_holds_these_promises_and_no_others(answer: str, names: list[str]) -> None:
    pledges, against = promised(normalised(answer))

    assert {*pledges, *(f"-{name}" for name in against)} == set(names)


def test_the_cases_hold_every_promise_and_everything_that_speaks_against_one() -> None:
    named = {name for _, names in CASES for name in names}

    assert named == {*PLEDGES, *(f"-{name}" for name in AGAINST)}


@pytest.mark.parametrize("act", ["转", "转账", "打钱", "汇款", "付款", "充值", "投钱"])
@pytest.mark.parametrize(
    ("frame", "pledges", "against"),
    [
        ("不{}了", ("no_transfer",), ()),
        ("我不会再{}了", ("no_transfer",), ()),
        ("我绝对不给他{}", ("no_transfer",), ()),
        ("不敢再{}了", ("no_transfer",), ()),
        ("没{}", (), ()),
        ("他让我{}", (), ()),
        ("他叫我不要{}", (), ()),
        ("要是不{}怎么办", (), ()),
        ("不能不{}", (), ("transfer",)),
        ("我还是要{}", (), ("transfer",)),
        ("不是不{}", (), ("transfer",)),
        ("等他来电话我就{}", (), ("transfer", "stay")),
        ("{}完再说", (), ("transfer",)),
        ("不{}不行", (), ("transfer",)),
    ],
)
def test_a_negation_turns_round_what_it_stands_before(
    act: str, frame: str, pledges: tuple[str, ...], against: tuple[str, ...]
) -> None:
    assert promised(normalised(frame.format(act))) == (pledges, against)


def test_promises_come_with_the_meaning_of_a_reply() -> None:
    understood = understand("我不转了我去银行问问", TEACH_BACK)

    assert (understood.top, understood.pledges, understood.against) == (
        "will_stop",
        ("no_transfer", "ask_official"),
        (),
    )


@pytest.mark.parametrize(
    "answer",
    [
        "把转账记录留好",
        "不把验证码给别人",
        "推出会议",
        "把手机关机",
        "屏幕共享关掉",
        "我退出会议把软件卸了",
        "不按他说的转账",
    ],
)
def test_the_danger_that_a_promise_names_is_no_danger_when_a_promise_was_asked_for(answer: str) -> None:
    danger = {"transferring_now", "gave_code_or_info", "app_or_screen_share", "secrecy_coached"}

    assert not danger & set(understand(answer, TEACH_BACK).names())


@pytest.mark.parametrize(
    ("answer", "top"),
    [
        ("我不想活了", "crisis"),
        ("我已经转了三万", "transferred"),
        ("不转了可是昨天已经转了三万", "transferred"),
        ("我正在转账", "transferring_now"),
        ("我先转了再去派出所", "transferring_now"),
    ],
)
def test_danger_that_is_real_stays_when_a_promise_was_asked_for(answer: str, top: str) -> None:
    assert understand(answer, TEACH_BACK).top == top


def test_only_danger_that_is_little_likely_or_contrary_to_the_promise_goes() -> None:
    unlikely, likely = (
        IntentMatch("transferring_now", 0.3, "learned: 转"),
        IntentMatch("app_or_screen_share", 0.8, "learned: 会"),
    )
    sure = IntentMatch("transferring_now", 0.95, "money.2: 正在转")

    assert settled((unlikely, likely), ("call_110",), (), TEACH_BACK) == (likely,)
    assert settled((unlikely, likely), ("uninstall",), (), TEACH_BACK) == ()
    assert settled((sure,), ("no_transfer",), (), TEACH_BACK) == (sure,)
    assert settled((unlikely,), ("no_transfer",), ("transfer",), TEACH_BACK) == (unlikely,)
    assert settled((unlikely,), ("no_transfer",), (), ("affirm", "deny")) == (unlikely,)


@given(
    st.text(
        alphabet="我他不没别会再要就转账打钱验证码给软件会议退卸挂电话报警派出所告诉家里人问银行考虑了的吗", max_size=30
    )
)
def test_promises_hold_only_what_their_tables_say(text: str) -> None:
    pledges, against = promised(normalised(text))

    assert list(pledges) == [name for name in PLEDGES if name in pledges]
    assert list(against) == [name for name in AGAINST if name in against]
    assert not (pledges and "undecided" in against)


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    understood = understand(text, TEACH_BACK)

    assert set(understood.pledges) <= set(PLEDGES)
    assert set(understood.against) <= set(AGAINST)
