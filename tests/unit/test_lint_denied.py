"""What is sensitive is denied unless a frame makes it ours: where a frame ends, and how much is caught of what was not looked at."""

from pathlib import Path

import pytest

from voice.script.lint.legitimacy import dubious
from voice.script.lint.wording import asked_for
from voice.script.source import Place

pytestmark = pytest.mark.unit

SENTENCES = Path(__file__).parents[1] / "data" / "lint_sentences.tsv"
PLACE = Place("a.yaml", 1, 1)


def _sentences(half: str, verdict: str) -> list[str]:
    rows = [line.split("\t") for line in SENTENCES.read_text(encoding="utf-8").splitlines()[1:]]
    return [row[3] for row in rows if row[:2] == [half, verdict]]


def _share_found(sentences: list[str]) -> float:
    return sum(any(dubious(text, PLACE)) for text in sentences) / len(sentences)


@pytest.mark.parametrize("half", ["developed", "measured", "added"])
def test_nine_of_ten_sentences_of_fraudsters_are_found(half: str) -> None:
    assert _share_found(_sentences(half, "fraud")) >= 0.9


@pytest.mark.parametrize("half", ["developed", "measured", "added"])
def test_at_most_one_of_twenty_sentences_of_ours_is_refused(half: str) -> None:
    assert _share_found(_sentences(half, "legit")) <= 0.05


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("不要转账。", "不转账就会被冻结。"),
        ("不转账，他就骗不了您。", "不转账，账户就会被冻结。"),
        ("验证码别说。", "验证码不说不行。"),
        ("别把验证码告诉他。", "别挂电话，把验证码告诉我。"),
        ("别把验证码告诉他。", "别挂电话把验证码告诉我。"),
        ("不要告诉他验证码。", "不要告诉家人。"),
        ("请马上退出共享。", "先别退出共享。"),
        ("请把密码改了。", "请把密码改成六个一。"),
        ("您转账了吗？", "您现在能转账吗？"),
        ("您念过验证码吗？", "能念一下验证码吗？"),
        ("他会让您转账。", "他会让您转账，您就转给他。"),
        ("安全账户都是骗局。", "请把钱转到安全账户，别处都是骗局。"),
        ("骗子会把钱转走，请报警。", "骗子会把钱转走，请先转到这张卡。"),
        ("让您先交保证金的，都是诈骗。", "您先交保证金，这不是诈骗。"),
        ("转账之前，先问家里人。", "转账之前，先加我微信。"),
        ("请打给领导本人。", "请打给张主任。"),
        ("有事给我们打电话。", "有事打这个电话。"),
        ("请去派出所问一问。", "先不要去派出所。"),
        ("他让您接九六幺幺零了吗？", "不要接九六幺幺零的电话，那是假的。"),
        ("别一个人去宾馆。", "您一个人去宾馆。"),
        ("请照实跟银行的人说。", "银行问起来，您就说买房。"),
        ("请打开手机，看看有没有开着共享。", "请打开手机，把上面的字读一读。"),
        ("您进过他的群吗？", "您进群就知道了。"),
        ("您旁边有谁在？", "您工资卡是哪个银行的？"),
    ],
)
def test_a_frame_ends_where_its_clause_ends(ours: str, theirs: str) -> None:
    assert asked_for(ours) == ()
    assert asked_for(theirs)


def test_what_nobody_of_us_tells_people_to_do_is_found_though_no_word_of_it_is_sensitive() -> None:
    (asked,) = asked_for("请到三号桥下，有人等您。")

    assert asked.what == "an act that we want of nobody"


def test_one_clause_is_told_once_however_much_it_asks_for() -> None:
    found = list(dubious("请把卡号、密码和验证码念给我，再转账。", PLACE))

    assert [finding.code for finding in found] == ["sounds-like-fraud", "sounds-like-fraud"]
    assert found[0].suggestion.startswith("we never ask for it; forbid it in the same clause")


def test_blanks_and_quotes_hide_no_word() -> None:
    assert asked_for("请把 验 证 码 念给“我”。")
