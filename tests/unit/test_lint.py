"""Small scripts with one mistake each: where it is told, under which code, and that something to do is told with it."""

from pathlib import Path

import pytest

from tests.unit.test_loader import WHOLE, changed
from voice.errors import Unspeakable
from voice.script.lint.lasting import estimated
from voice.script.loader import Loaded, load, read, read_all
from voice.script.source import Finding, Place, Severity

pytestmark = pytest.mark.unit

ELDER = """\
groups:
  elder:
    title: 老人
    longest_clause: 12
    steps:
      asked:
        ask: 有人打电话来说要给您退一大笔钱款吗？
        replies: {affirm: bye}
        no_input: [bye]
        no_match: [human]
"""


def checked(tmp_path: Path, text: str) -> Loaded:
    path = tmp_path / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path, tmp_path / "shared")


def told(tmp_path: Path, text: str) -> list[tuple[str, str]]:
    """Line and column, code."""
    found = checked(tmp_path, text).findings
    assert all(finding.suggestion for finding in found)
    return [(f"{finding.place.line}:{finding.place.column}", finding.code) for finding in found]


def step(text: str) -> str:
    """The script with one more step; `lost` leads to it."""
    return WHOLE.replace("globals: {", "globals: {off_topic: more, ") + "  more:\n" + text


def sure(text: str) -> str:
    return WHOLE.replace("lines: ", "clarify: {transferred: sure}\nlines: ") + "  sure:\n" + text


def test_a_lost_target_does_not_hide_a_sentence_that_sounds_like_fraud(tmp_path: Path) -> None:
    text = changed("affirm: bye", "affirm: by").replace("我是智能助手。", "请把验证码告诉我。")

    assert {code for _, code in told(tmp_path, text)} >= {"no-such-step", "sounds-like-fraud"}


def test_a_whole_script_has_no_findings(tmp_path: Path) -> None:
    assert told(tmp_path, WHOLE) == []


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        # the way of the talk
        (step("    tell: 好的。\n    then: more\n"), "31:3", "circle-of-statements"),
        (changed("then: asked", "then: back"), "10:3", "nothing-to-go-back-to"),
        (
            changed("no_input: [repeat, bye]", "no_input: [more]").replace("globals: {", "globals: {off_topic: more, ")
            + "  more:\n    ask: 您在听吗？\n    replies: {affirm: bye}\n    no_input: [asked]\n    no_match: [human]\n",
            "14:3", "circle-of-questions",
        ),
        (changed("affirm: bye", "want_human: bye"), "14:3", "officer-hidden"),
        (changed("crisis: human", "crisis: bye"), "28:3", "urgent-without-officer"),
        (sure("    tell: 好的。\n    then: back\n"), "32:3", "clarify-asks-nothing"),
        (sure("    ask: 您是说转了，对吗？\n    replies: {affirm: doubted}\n    no_input: [human]\n    no_match: [bye]\n"),
         "32:3", "clarify-without-human"),
        (changed("affirm: bye", "affirm: doubted"), "14:3", "doubted-unasked"),
        (changed("lines: {", "lines: {more: 好的。, "), "8:9", "unused-line"),
        # what is nobody else's business
        (step('    tell: {text: "您有{sum}。", else: 您有钱。}\n    then: back\n'),
         "32:18", "personal-too-early"),
        (changed("再见。, key", '{text: "您有{sum}。", else: 再见。}, key'), "29:20", "personal-to-voicemail"),
        (step("    tell: 好的。\n    identity: confirmed\n    then: back\n"), "31:3", "identity-unasked"),
        (
            WHOLE.replace("给您退钱吗？", "是您本人吗？").replace("affirm: bye", "affirm: himself")
            + "  himself:\n    tell: 好的。\n    identity: confirmed\n    then: bye\n",
            "14:3", "identity-half-asked",
        ),
        # what tells us from the fraudster
        (changed("    must_hear: true\n", ""), "10:3", "not-must-hear"),
        (changed("再见。, key", "key, 再见。"), "28:3", "no-key-sentence"),
        (changed("我是智能助手。", "我是民警。"), "21:11", "claims-to-be"),
        (changed("请您稍等。", "我们是真人客服。"), "26:11", "claims-to-be"),
        (changed("我是智能助手。", "请拨九五五八八。"), "21:11", "outside-number"),
        (changed("我是智能助手。", "我帮您接通银行。"), "21:11", "outside-number"),
        (changed("我是智能助手。", "短信里有一串数字，您念给我听。"), "21:11", "sounds-like-fraud"),
        (
            changed("tell: 我是智能助手。\n    then: back", "ask: 请家里人听，好吗？\n    identity: lost\n    replies: {affirm: asked}\n"
                    "    no_input: [bye]\n    no_match: [bye]"),
            "20:3", "newcomer-uninformed",
        ),
        # what can be said, and followed
        (changed("我是智能助手。", "，，，"), "21:11", "unspeakable"),
        (changed("tell: 我是智能助手。", "tell: {text: 您好。, recording: ../small.yaml}"), "21:34", "no-such-recording"),
        (changed("我是智能助手。", "一块儿说吧。"), "21:11", "unspeakable"),
        (changed("我是智能助手。", "邛崃的朋友您好。"), "21:11", "unspeakable"),
        (changed("我是智能助手。", "བོད་སྐད།"), "21:11", "unspeakable"),
        (changed("我是智能助手。", '"请拨{call_back}或者幺幺零。"'), "21:11", "two-numbers"),
        (changed("title: 小剧本", "title: 小剧本\nrate_wpm: 300"), "11:3", "odd-rate"),
        (changed("affirm: bye", "affirm: who"), "10:3", "never-warns"),
        (changed("请您稍等。", "，".join(["请您再等一下"] * 8) + "。"), "26:11", "sentence-too-long"),
        (
            changed("有人说要给您退钱吗？", "，".join(["最近有没有一个人跟您讲"] * 5) + "？"),
            "28:3", "late-warning",
        ),
        (WHOLE + ELDER, "37:14", "clause-too-long"),
        (WHOLE + "groups:\n  elder: {steps: {lost: {close: 再见。}}}\n", "32:19", "unreachable-step"),
        # SMS
        (WHOLE + 'sms: {warned: "请拨{call_back}。"}\n', "31:15", "sms-without-sender"),
        (WHOLE + 'sms: {warned: "【{centre}】详情请看www.fz.cn"}\n', "31:15", "sms-link"),
        (WHOLE + 'sms: {warned: "【{centre}】收到请回复一。"}\n', "31:15", "sms-wants-reply"),
        (WHOLE + 'sms: {warned: "【{centre}】您的退款请到群里领取。"}\n', "31:15", "sounds-like-fraud"),
        (WHOLE + 'sms: {warned: "【{centre}】您的{sum}有危险。"}\n', "31:15", "personal-in-sms"),
        (WHOLE + 'sms: {warned: "【{centre}】' + "先别转账。" * 30 + '"}\n', "31:15", "sms-too-long"),
        (WHOLE + 'sms: {warned: "【{centre}】请拨13800138000。"}\n', "31:15", "outside-number"),
        (WHOLE + 'sms: {warned: "【{center}】请拨{call_back}。"}\n', "31:15", "no-such-variable"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_is(tmp_path: Path, text: str, place: str, code: str) -> None:
    assert (place, code) in told(tmp_path, text)


def test_every_group_is_told_what_is_wrong_for_it(tmp_path: Path) -> None:
    (finding,) = checked(tmp_path, WHOLE + ELDER).findings

    assert (
        finding.message == "'有人打电话来说要给您退一大笔钱款吗' has 17 characters without a pause; at most 12 for 老人"
    )


def test_a_warning_does_not_keep_a_script_from_being_used(tmp_path: Path) -> None:
    text = changed("lines: {", "lines: {more: 好的。, ")

    assert [finding.blocks for finding in checked(tmp_path, text).findings] == [False]
    assert load(tmp_path / "small.yaml", tmp_path / "shared").code == "small"
    scripts, findings = read_all(tmp_path)
    assert set(scripts) == {"small"}
    assert str(findings[0]).endswith(
        "small.yaml:8:9: warning: unused-line: nothing says the lines 'more'; use it, or delete it"
    )


def test_a_finding_as_data() -> None:
    finding = Finding(Place("a.yaml", 3, 5), "unused-line", "nothing says it", "delete it", Severity.WARNING)

    assert finding.as_dict() == {
        "file": "a.yaml",
        "line": 3,
        "column": 5,
        "code": "unused-line",
        "severity": "warning",
        "message": "nothing says it",
        "suggestion": "delete it",
    }


# --- shared files ---------------------------------------------------------------------------------------------------------


def two_scripts(tmp_path: Path, shared: str) -> list[tuple[str, str]]:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "more.yaml").write_text(shared, encoding="utf-8")
    for code in ("one", "two"):
        (tmp_path / f"{code}.yaml").write_text(WHOLE.replace("code: small", f"code: {code}"), encoding="utf-8")
    return [(Path(finding.place.file).name, finding.code) for finding in read_all(tmp_path)[1]]


def test_what_is_wrong_with_a_shared_step_is_told_once(tmp_path: Path) -> None:
    shared = "globals: {off_topic: more}\nsteps:\n  more: {tell: 请把验证码告诉我。, then: back}\n"

    assert two_scripts(tmp_path, shared) == [("more.yaml", "sounds-like-fraud")]


def test_what_no_script_uses_of_the_shared_parts_is_told_once(tmp_path: Path) -> None:
    shared = (
        "lines: {idle: 好的。}\n"
        "steps: {more: {close: 再见。}}\n"
        "blocks: {pause: {exits: [done], texts: {why: 好。}, steps: {first: {tell: 好。, then: first}}}}\n"
    )

    assert two_scripts(tmp_path, shared) == [
        ("more.yaml", "unused-line"),
        ("more.yaml", "unused-block"),
        ("more.yaml", "unused-text"),
        ("more.yaml", "unused-exit"),
        ("more.yaml", "unused-step"),
    ]


def test_a_shared_file_that_is_edited_is_read_again(tmp_path: Path) -> None:
    assert two_scripts(tmp_path, "globals: {off_topic: bye}\n") == []

    (tmp_path / "shared" / "more.yaml").write_text("globals: {off_topic: bie}\n", encoding="utf-8")

    assert {finding.code for finding in read_all(tmp_path)[1]} == {"no-such-step"}


# --- lengths --------------------------------------------------------------------------------------------------------------


def test_lengths_are_those_of_the_voice_where_it_is_at_hand(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(WHOLE, encoding="utf-8")
    asked: set[int] = set()

    def slow(text: str, rate_wpm: int) -> float:
        asked.add(rate_wpm)
        return 3 * estimated(text, rate_wpm)

    codes = {finding.code for finding in read(tmp_path / "small.yaml", tmp_path / "shared", slow).findings}

    assert {"opening-too-long", "late-warning"} <= codes
    assert asked == {160}


def test_what_the_voice_refuses_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(WHOLE, encoding="utf-8")

    def refusing(text: str, rate_wpm: int) -> float:
        if "再见" in text:
            raise Unspeakable
        return estimated(text, rate_wpm)

    (finding,) = read(tmp_path / "small.yaml", tmp_path / "shared", refusing).findings

    assert (str(finding.place.line), finding.code) == ("29", "unspeakable")


@pytest.mark.parametrize(
    ("text", "rate_wpm", "measured"),
    [
        # as the shipped voice says them on the telephone
        ("请问您近期是否接到过说航班有变、要给您退钱的来电？", 180, 5.96),
        ("您好，我是拉萨市反诈骗中心智能助手，通话有录音。", 153, 7.29),
        ("记住一句，要钱、要码、要共享屏幕，先打九六幺幺零。", 180, 5.72),
    ],
)
def test_the_estimate_is_near_to_what_was_measured(text: str, rate_wpm: int, measured: float) -> None:
    assert estimated(text, rate_wpm) == pytest.approx(measured, rel=0.15)
