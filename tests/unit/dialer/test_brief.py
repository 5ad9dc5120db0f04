"""What an officer is told before he is connected."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.calling.brief import FALLBACK, LONGEST, brief, hanzi
from dialer.console import labels
from dialer.domain.alert import FraudType

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("reason", "facts", "title", "text"),
    [
        ("transferred", {"amount_yuan": "990000"}, "机票退改签", "刚转九十九万，机票退改签，人在线"),
        ("transferred", {"amount_yuan": "30000", "sum_about": "yes"}, "机票退改签", "刚转约三万，机票退改签，人在线"),
        ("gave_code_or_info", {"amount_yuan": "50000"}, "虚假贷款", "已泄露验证码，五万，虚假贷款，人在线"),
        ("transferred", {"speaker": "family"}, "刷单返利", "刚转账，刷单返利，家属在线"),
        ("want_human", {"speaker": "other"}, "通用", "要求人工，通用，他人在线"),
        ("want_human", {"speaker": "self"}, "刷单返利", "要求人工，刷单返利，人在线"),
        # He told another story than the alert's.
        ("transferring_now", {"mentioned_type": "investment"}, "机票退改签", "正在转账，虚假投资理财，人在线"),
        ("transferring_now", {"mentioned_type": "generic"}, "机票退改签", "正在转账，机票退改签，人在线"),
        (
            "trust_scammer",
            {"pledged_against": "transfer,undecided"},
            "刷单返利",
            "坚信对方，仍要转账，刷单返利，人在线",
        ),
        ("transferring_now", {"pledged_against": "transfer"}, "刷单返利", "正在转账，刷单返利，人在线"),
        # Too long: the type goes before what he means to do.
        ("no_match", {"pledged_against": "transfer"}, "冒充电商物流客服", "机器听不明白，仍要转账，人在线"),
        ("", {"amount_yuan": "5"}, "", FALLBACK),
    ],
)
def test_what_to_do_something_about_comes_first(reason: str, facts: Mapping[str, str], title: str, text: str) -> None:
    assert brief(reason, facts, title) == text


FACTS = st.fixed_dictionaries(
    {
        "amount_yuan": st.integers(0, 10**13).map(str),
        "speaker": st.sampled_from(["", *labels.VALUES["speaker"]]),
        "mentioned_type": st.sampled_from(["", *FraudType]),
        "pledged_against": st.sampled_from(["", *labels.VALUES["pledged_against"]]),
        "sum_about": st.sampled_from(["", "yes"]),
    }
)


@given(reason=st.sampled_from(["transferred", "crisis", "no_match", "trust_scammer", "unknown", ""]), facts=FACTS)
def test_a_brief_is_never_empty_and_never_too_long(reason: str, facts: Mapping[str, str]) -> None:
    assert 0 < hanzi(brief(reason, facts, "冒充电商物流客服")) <= LONGEST
