"""Sums of money, heard and said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.understanding.amounts import amount_yuan, parse_number, spoken_amount

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("九十九万", 990_000),
        ("三万五", 35_000),
        ("两千块", 2000),
        ("八百八", 880),
        ("一百五", 150),
        ("一百零五块", 105),
        ("一百二十五块", 125),
        ("五块", 5),
        ("两千零五十", 2050),
        ("一万零五百", 10_500),
        ("三十六万五", 365_000),
        ("一共十二万八千", 128_000),
        ("九十九万八", 998_000),
        ("一亿两千万", 120_000_000),
        ("3000块", 3000),
        ("3万5", 35_000),
        ("1.5万", 15_000),
        ("99万", 990_000),
        ("五万多一点", 50_000),
    ],
)
def test_a_sum_is_read(text: str, yuan: int) -> None:
    assert amount_yuan(text) == yuan


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("十几万", 100_000),
        ("几十万", 100_000),
        ("几千块", 1000),
        ("一百来块", 100),
        ("十来万", 100_000),
        ("万把块", 10_000),
        ("三万多", 30_000),
        ("七八万", 70_000),
        ("三五千", 3000),
        ("两三百", 200),
    ],
)
def test_of_a_rough_sum_the_lower_bound_counts(text: str, yuan: int) -> None:
    assert amount_yuan(text) == yuan


@pytest.mark.parametrize(
    "text",
    ["万一", "千万别转", "百万保障", "十三岁", "十万火急", "打了三次", "九六一一零", "一三八一二三四", "三号", "3000"],
)
def test_what_is_counted_otherwise_is_no_sum(text: str) -> None:
    assert amount_yuan(text) is None


@pytest.mark.parametrize(
    ("text", "yuan"),
    [("3000", 3000), ("五十", 50), ("三千", 3000), ("一共也就五十吧", 50), ("给了八十", 80), ("80多", 80)],
)
def test_a_bare_number_answers_the_question_how_much(text: str, yuan: int) -> None:
    assert amount_yuan(text, asked=True) == yuan


@pytest.mark.parametrize(
    "text",
    [
        "一看就是骗子",
        "提过几回",
        "我一个人",
        "贷了两个平台",
        "星号二一星号",
        "一直没提",
        "他两口子",
        "几",
        "说了七八回",
    ],
)
def test_a_number_inside_other_words_answers_no_question_how_much(text: str) -> None:
    assert amount_yuan(text, asked=True) is None


def test_of_several_sums_the_largest_counts() -> None:
    assert amount_yuan("一笔三万一笔五万") == 50_000


@pytest.mark.parametrize(
    ("yuan", "spoken"),
    [
        (990_000, "九十九万"),
        (2000, "两千"),
        (12, "十二"),
        (110_000, "十一万"),
        (2050, "两千零五十"),
        (100_500, "十万零五百"),
    ],
)
def test_a_sum_is_said(yuan: int, spoken: str) -> None:
    assert spoken_amount(yuan) == spoken


@given(st.integers(1, 999_999_999_999))
def test_what_we_say_back_is_what_was_heard(yuan: int) -> None:
    assert parse_number(spoken_amount(yuan)) == yuan


@given(st.text("零一二两三四五六七八九十百千万亿几多来余把0123456789.块元钱岁", max_size=12))
def test_no_heap_of_numerals_breaks_the_reader(text: str) -> None:
    found = amount_yuan(text, asked=True)
    assert found is None or found > 0
