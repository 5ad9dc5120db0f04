"""What may be kept of what a person said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.masking import MASK, masked
from voice.understanding import understand
from voice.understanding.amounts import spoken_amount

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("验证码是三八五二零一", "验证码是〔数字〕"),
        ("卡号六二二二零二一二三四五六七八九零", "卡号〔数字〕"),
        ("我的身份证540102199001011234", "我的身份证〔数字〕"),
        ("我的电话138 0013 8000你记一下", "我的电话〔数字〕你记一下"),
        ("１３８－００１３－８０００", "〔数字〕"),
        ("一三八 零零 幺三 八零零零", "〔数字〕"),
        ("零八九一六三二", "〔数字〕"),
        ("验证码三八五，呃，二零一", "验证码〔数字〕"),
        ("三八五嗯那个二零一好了", "〔数字〕好了"),
        ("一三八然后是零零一三再是八零零零", "〔数字〕"),
        ("号码十三 八十 零零 十三 八十", "号码〔数字〕"),
        ("一百三十八零零一三八零零零", "〔数字〕"),
        ("六百二十二 二百零二 一百一十", "〔数字〕"),
        ("二十三 四十五 六十七", "〔数字〕"),
        ("三八五 er ling yao", "〔数字〕"),
        ("san ba wu er ling yi", "〔数字〕"),
        ("三 八 五 二 零 一", "〔数字〕"),
        ("码是3 8 5 2 0 1", "码是〔数字〕"),
    ],
)
def test_a_number_that_a_person_reads_out_is_never_kept(said: str, kept: str) -> None:
    assert masked(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "",
        "转了九十九万三千五百",
        "一百二十三万四千五百六十七",
        "一亿两千万",
        "一二三四五",
        "打九六幺幺零",
        "我今年二十四岁",
        "三万五然后四万八再两万六",
        "两百八十六块一百二十块",
        "有一个一个一个人",
        "er ling yi",
        "二零二六年十一月二十五日",
        "after:08:00~20:00",
        "+1d 15:30",
    ],
)
def test_sums_dates_and_short_numbers_are_kept(said: str) -> None:
    assert masked(said) == said


@given(
    st.lists(st.sampled_from("零一二三四五六七八九幺两0123456789"), min_size=6, max_size=19),
    st.sampled_from(["", " ", "，", "嗯"]),
)
def test_six_digits_in_a_row_are_masked_whatever_stands_between(digits: list[str], between: str) -> None:
    assert masked(f"号码是{between.join(digits)}好的") == f"号码是{MASK}好的"


@given(st.integers(1, 10**9))
def test_every_sum_that_we_say_ourselves_is_kept(yuan: int) -> None:
    assert masked(f"转了{spoken_amount(yuan)}") == f"转了{spoken_amount(yuan)}"


@given(st.text(alphabet="零一二十百千万三八0163嗯那个 ，bai er，。转了", max_size=60))
def test_what_was_masked_is_not_masked_again(said: str) -> None:
    assert masked(masked(said)) == masked(said)


@pytest.mark.parametrize(
    "said",
    [
        "一三八零零一三八零零零",
        "13800138000",
        "六二二二零二一二三四五六七八九零",
        "385201",
        "三八五二零一",
        "138 0013 8000",
    ],
)
@pytest.mark.parametrize("expects", [(), ("amount",)])
def test_a_number_that_is_read_out_is_no_sum_and_fills_no_slot(said: str, expects: tuple[str, ...]) -> None:
    understood = understand(f"号码是{said}", expects)

    assert understood.amount_yuan is None
    assert not any(sign.isdigit() for value in understood.slots.values() for sign in value)
