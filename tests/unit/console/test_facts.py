"""What a call learned, as an officer reads it."""

import pytest

from dialer.console import labels
from dialer.console.facts import named_time, told
from dialer.domain.alert import FraudType
from voice.understanding.model import AGAINST, PLEDGES, SLOTS

pytestmark = pytest.mark.unit


def test_danger_and_money_come_first_and_unknown_names_last() -> None:
    facts = {"channel": "phone,qq", "zz": "q", "transferred": "yes", "amount_yuan": "30000", "crisis": "yes"}

    assert [name for name, _, _ in told(facts)] == ["crisis", "transferred", "amount_yuan", "channel", "zz"]


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("transferred", "no", "否 no"),
        ("amount_yuan", "30000", "30000"),
        ("channel", "phone,qq", "电话、QQ"),
        ("pledged", "no_transfer,call_110", "不转账、打110"),
        ("pledged_against", "transfer", "转账"),
        ("speaker", "family", "自称家属"),
        ("relation", "wife", "妻子"),
        ("mentioned_type", "flight_refund", "机票退改签"),
        ("call_back_at", "after:18:00", "18:00以后"),
        ("new_fact", "yes", "是 yes"),
    ],
)
def test_values_are_read_in_chinese(name: str, value: str, read: str) -> None:
    ((_, _, shown),) = told({name: value})

    assert shown == read


@pytest.mark.parametrize(
    ("form", "read"),
    [
        ("+90m", "90分钟后"),
        ("+0d evening", "当天 晚上"),
        ("+1d morning", "次日 上午"),
        ("+2d 15:30", "第三天 15:30"),
        ("+5d", "5天后"),
        ("weekday:6", "周六"),
        ("+1w weekday:7 evening", "下周日 晚上"),
        ("before:17:00", "17:00以前"),
        ("after:08:00~20:00", "08:00或20:00以后"),
        ("work", "下班后"),
        ("nonsense!", "nonsense!"),
    ],
)
def test_a_time_is_read_as_it_was_named(form: str, read: str) -> None:
    assert named_time(form) == read


def test_everything_that_understanding_may_say_has_a_name_here() -> None:
    assert set(labels.VALUES["pledged"]) == set(PLEDGES)
    assert set(labels.VALUES["pledged_against"]) == set(AGAINST)
    assert set(labels.VALUES["mentioned_type"]) == {kind.value for kind in FraudType}
    assert set(SLOTS) - {"when"} <= set(labels.FACTS)
