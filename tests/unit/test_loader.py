"""Every mistake an admin can make is answered with file, line, column and a way out."""

import os
import re
from pathlib import Path
from textwrap import dedent

import pytest

from voice.errors import ScriptFault
from voice.script.loader import load, load_all
from voice.script.model import StepKind

pytestmark = pytest.mark.unit

SCRIPTS = Path(__file__).parents[2] / "scripts"

WHOLE = """\
code: small
title: 小剧本
opening: opening
goodbye: bye
machine: bye
urgent: {crisis: human, transferring_now: human, app_or_screen_share: human, transferred: human, gave_code_or_info: human, secrecy_coached: human}
globals: {want_human: human, who_are_you: who}
lines: {key: "有事请拨{call_back}。"}
steps:
  opening:
    tell: 您好，我是{centre}的智能助手，有录音，不会让您转账，不问密码。
    must_hear: true
    then: asked
  asked:
    ask: 有人说要给您退钱吗？
    replies:
      affirm: bye
    no_input: [repeat, bye]
    no_match: [repeat, human]
  who:
    tell: 我是智能助手。
    then: back
  human:
    officer: 我请民警跟您讲。
    reason: want_human
    hold: 请您稍等。
    no_officer: bye
  bye:
    close: [再见。, key]
    concludes: warned
"""


def findings(tmp_path: Path, text: str, shared: str | None = None) -> list[str]:
    """What the loader says, with the folder cut off."""
    (tmp_path / "shared").mkdir(exist_ok=True)
    if shared is not None:
        (tmp_path / "shared" / "blocks.yaml").write_text(dedent(shared), encoding="utf-8")
    path = tmp_path / "small.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScriptFault) as fault:
        load(path, tmp_path / "shared")
    return [finding.removeprefix(f"{tmp_path.as_posix()}/") for finding in fault.value.findings]


def changed(old: str, new: str) -> str:
    assert old in WHOLE
    return WHOLE.replace(old, new, 1)


def test_a_whole_script_is_compiled(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(WHOLE, encoding="utf-8")

    script = load(tmp_path / "small.yaml", tmp_path / "shared")

    assert (script.code, script.title, script.opening) == ("small", "小剧本", "opening")
    assert script.steps["asked"].kind is StepKind.ASK
    assert script.steps["asked"].replies == {"affirm": "bye"}
    assert script.steps["asked"].no_input == ("repeat", "bye")
    assert script.steps["asked"].line == 14
    assert script.steps["bye"].say == ("bye.1", "lines.key.1")
    assert script.sentences["lines.key.1"].text == "有事请拨{call_back}。"


def test_the_hash_names_what_is_said_and_not_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    hashes = []
    for text in (WHOLE, WHOLE + "\n# 一句注释\n", "# 上面一句\n" + WHOLE, changed("请您稍等。", "请您等一等。")):
        path.write_text(text, encoding="utf-8")
        hashes.append(load(path, tmp_path / "shared").hash)

    assert hashes[0] == hashes[1] == hashes[2] != hashes[3]
    assert len(hashes[0]) == 64


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "then: asked",
            "then: askd",
            "small.yaml:13:11: no-such-step: step 'opening' leads to 'askd', which does not exist; did you mean 'asked'?",
        ),
        (
            "no_officer: bye",
            "no_officer: by",
            "small.yaml:27:17: no-such-step: step 'human' leads to 'by', which does not exist; did you mean 'bye'?",
        ),
        (
            "affirm: bye",
            "afirm: bye",
            "small.yaml:17:7: no-such-intent: step 'asked' waits for 'afirm', which nobody can mean; did you mean 'affirm'?",
        ),
        (
            "affirm: bye",
            "no: bye",
            'small.yaml:17:7: yaml-boolean: YAML reads no as true or false; write it in quotes: "no"',
        ),
        (
            "close: [再见。, key]",
            "close: [再见。, kee]",
            "small.yaml:29:18: no-such-line: there are no lines 'kee'; did you mean 'key'?",
        ),
        (
            "concludes: warned",
            "concludes: wanred",
            "small.yaml:30:16: no-such-conclusion: there is no conclusion 'wanred'; did you mean 'warned'?",
        ),
        (
            "    reason: want_human\n",
            "",
            "small.yaml:23:3: missing-key: step 'human' does not say 'reason': why an officer is wanted",
        ),
        (
            "    no_match: [repeat, human]\n",
            "",
            "small.yaml:14:3: no-ladder: step 'asked' does not say 'no_match': what to do when the reply means nothing here; write for example 'no_match: [repeat, unclear]'",
        ),
        ("no_input: [repeat, bye]", "no_input: []", "small.yaml:14:3: no-ladder: step 'asked' has an empty 'no_input'"),
        (
            "no_input: [repeat, bye]",
            "no_input: [bye, repeat]",
            "small.yaml:14:3: ladder-stays: the last rung of 'no_input' ('repeat') does not leave step 'asked': the call would nag",
        ),
        (
            "no_input: [repeat, bye]",
            "no_input: [who]",
            "small.yaml:14:3: ladder-stays: the last rung of 'no_input' ('who') does not leave step 'asked': the call would nag",
        ),
        ("tell: 我是", "tel: 我是", "small.yaml:21:5: unknown-key: step 'who' has no 'tel'; did you mean 'tell'?"),
        (
            "    reason: want_human",
            "    wait_ms: 5\n    reason: want_human",
            "small.yaml:25:14: unknown-key: step 'human' is a 'officer' and has no 'wait_ms'; it may have: concludes, hold, no_officer, reason",
        ),
        (
            "title: 小剧本",
            "titel: 小剧本",
            "small.yaml:2:1: unknown-key: a script has no 'titel'; did you mean 'title'?",
        ),
        ("title: 小剧本\n", "", "small.yaml:1:1: missing-key: the script does not say its 'title'"),
        (
            "title: 小剧本",
            "title: 12",
            "small.yaml:2:8: wrong-shape: 'title' must be a text, not '12'; write it in quotes: \"12\"",
        ),
        (
            "title: 小剧本",
            "title: 小剧本\ntitle: 大剧本",
            "small.yaml:3:1: duplicate-key: 'title' stands here a second time; keep one of them; the other is in line 2",
        ),
        (
            "我是智能助手。",
            "我是{center}的智能助手。",
            "small.yaml:21:11: no-such-variable: there is no variable '{center}'; did you mean 'centre'?",
        ),
        (
            "我是智能助手。",
            "我是{region}的智能助手。",
            "small.yaml:21:11: no-else: '{region}' may have no value; give an 'else' that stays whole without it",
        ),
        (
            "我是智能助手。",
            "我是AI助手。",
            "small.yaml:21:11: unspeakable: the voice cannot say 'AI'; write it in Chinese characters",
        ),
        (
            "我是智能助手。",
            "我是\u200b智能助手。",
            "small.yaml:21:11: unspeakable: the voice cannot say 'U+200B'; write it in Chinese characters",
        ),
        (
            "我是智能助手。",
            "请拨110。",
            "small.yaml:21:11: unspeakable: the voice cannot say '110'; write it in Chinese characters",
        ),
        (
            "我是智能助手。",
            "我是一个怎么说都说不完也不肯停下来喘气的智能助手。",
            "small.yaml:21:11: clause-too-long: '我是一个怎么说都说不完也不肯停下来喘气的智能助手' has 24 characters without a pause; at most 20",
        ),
        (
            "我是智能助手。",
            "我是智能助手，好吗？",
            "small.yaml:20:3: too-many-questions: step 'who' asks, and nobody waits for the reply",
        ),
        (
            "给您退钱吗？",
            "给您退钱吗？您信吗？",
            "small.yaml:14:3: too-many-questions: step 'asked' asks more than one question",
        ),
        (
            "我是智能助手。",
            "请把验证码告诉我。",
            "small.yaml:21:11: sounds-like-fraud: '请把验证码告诉我' asks for a code or password; we never do",
        ),
        (
            "我是智能助手。",
            "请把钱转到这个账户。",
            "small.yaml:21:11: sounds-like-fraud: '请把钱转到这个账户' asks for a transfer; we never do",
        ),
        (
            "我是智能助手。",
            "请打开屏幕共享。",
            "small.yaml:21:11: sounds-like-fraud: '请打开屏幕共享' asks for screen sharing; we never do",
        ),
        (
            "我是智能助手。",
            "先别告诉家里人。",
            "small.yaml:21:11: sounds-like-fraud: '先别告诉家里人' asks for secrecy; we never do",
        ),
        (
            "有录音，",
            "",
            "small.yaml:10:3: opening-lacks: the opening 'opening' does not say that the call is recorded (录音)",
        ),
        (
            "我是{centre}的",
            "我是",
            "small.yaml:10:3: opening-lacks: the opening 'opening' does not say who rings ({centre})",
        ),
        (
            "不会让您转账",
            "不骗您",
            "small.yaml:10:3: opening-lacks: the opening 'opening' does not say that we ask for no transfer (不…转账)",
        ),
        (
            "，不问密码",
            "，我们是来提醒您的，请您放心听我说，不问密码",
            "small.yaml:10:3: opening-too-long: the opening takes ",
        ),
        (
            "then: back",
            "then: who",
            "small.yaml:20:3: circle-of-statements: statements follow each other in a circle and never ask: who > who",
        ),
        (
            "want_human: human, ",
            "",
            "small.yaml:10:3: no-officer-in-reach: 'globals' must lead 'want_human' (and with it key 1) to an 'officer' step",
        ),
        (
            ", secrecy_coached: human",
            "",
            "small.yaml:10:3: urgent-unheard: 'urgent' does not say where 'secrecy_coached' leads",
        ),
        (
            "no_officer: bye",
            "no_officer: human",
            "small.yaml:23:3: officer-circle: when nobody comes, step 'human' asks for an officer again",
        ),
        ("machine: bye", "machine: asked", "small.yaml:14:3: not-an-ending: 'machine' must lead to a 'close' step"),
        (", who_are_you: who", "", "small.yaml:20:3: unreachable-step: nothing leads to step 'who'"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert any(finding.startswith(expected) for finding in findings(tmp_path, changed(old, new)))


def test_all_findings_come_at_once_and_in_order(tmp_path: Path) -> None:
    text = changed("then: asked", "then: askd").replace("affirm: bye", "afirm: bye").replace("warned", "wanred")

    assert [line.split(": ")[0] for line in findings(tmp_path, text)] == [
        "small.yaml:13:11",
        "small.yaml:17:7",
        "small.yaml:30:16",
    ]


def test_a_question_from_which_only_questions_follow_never_ends(tmp_path: Path) -> None:
    text = (
        changed("affirm: bye", "affirm: asked").replace("[repeat, bye]", "[asked]").replace("[repeat, human]", "[who]")
    )

    found = findings(tmp_path, text)

    assert any(line.startswith("small.yaml:14:3: never-ends: from step 'asked' no way leads to") for line in found)


def test_what_is_not_yaml_is_told_with_its_place(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, "code: small\nsteps: [unclosed\n")

    assert finding.startswith("small.yaml:3:1: not-yaml: ")


def test_a_chinese_colon_behind_a_key_is_told_as_what_it_is(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, changed("affirm: bye", "affirm：bye"))

    assert "the colon of English" in finding


def test_a_variable_in_brackets_gets_the_advice_to_quote_it(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, changed("[再见。, key]", "[再见。, 请拨{call_back}。]"))

    assert finding.endswith("; a sentence with {...} between brackets needs quotes, or a line of its own with a dash")


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(ScriptFault, match="unreadable: the file cannot be read"):
        load(tmp_path / "none.yaml", tmp_path / "shared")


def test_shared_blocks_are_used_and_their_mistakes_name_their_own_file(tmp_path: Path) -> None:
    shared = """\
        globals: {are_you_robot: robot}
        steps:
          robot:
            tell: 是的，我是机器人。
            then: bak
        """

    assert findings(tmp_path, WHOLE, shared) == [
        "shared/blocks.yaml:5:11: no-such-step: step 'robot' leads to 'bak', which does not exist; did you mean 'back'?"
    ]


def test_a_shared_step_may_not_be_defined_anew(tmp_path: Path) -> None:
    shared = """\
        steps:
          bye: {close: 好，再见。}
        """

    (finding,) = findings(tmp_path, WHOLE, shared)

    assert finding.startswith("small.yaml:28:3: duplicate-key: step 'bye' is defined twice; ")


def test_a_shared_step_that_a_script_does_not_use_is_left_out_of_it(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "more.yaml").write_text("steps:\n  unused: {close: 好，再见。}\n", encoding="utf-8")
    (tmp_path / "small.yaml").write_text(WHOLE, encoding="utf-8")

    script = load(tmp_path / "small.yaml", tmp_path / "shared")

    assert "unused" not in script.steps
    assert "unused.1" not in script.sentences


def test_the_scripts_own_route_comes_before_the_shared_one(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "more.yaml").write_text("globals: {who_are_you: bye, thanks_bye: bye}\n", encoding="utf-8")
    (tmp_path / "small.yaml").write_text(WHOLE, encoding="utf-8")

    script = load(tmp_path / "small.yaml", tmp_path / "shared")

    assert (script.globals["who_are_you"], script.globals["thanks_bye"]) == ("who", "bye")


def test_a_broken_script_does_not_keep_the_others_away(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(WHOLE, encoding="utf-8")
    (tmp_path / "broken.yaml").write_text(changed("then: asked", "then: askd"), encoding="utf-8")

    scripts, found = load_all(tmp_path)

    assert set(scripts) == {"small"}
    assert [line.split(": ")[1] for line in found] == ["no-such-step"]


def test_two_files_with_one_code_are_told(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(WHOLE, encoding="utf-8")

    scripts, found = load_all(tmp_path)

    assert set(scripts) == {"small"}
    assert found == [
        f"{tmp_path.as_posix()}/b.yaml:1:1: duplicate-code: another file has the code 'small' already; name it after its file"
    ]


def test_the_scripts_of_this_house_are_whole() -> None:
    scripts, found = load_all(SCRIPTS)

    assert found == []
    assert scripts["flight_refund"].title == "机票退改签"


def test_at_most_one_question_comes_before_the_warning() -> None:
    script = load_all(SCRIPTS)[0]["flight_refund"]
    asked = script.steps[script.steps[script.opening].then]

    assert script.steps[asked.replies["affirm"]].concludes == "warned"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (WHOLE.encode("gb18030"), "small.yaml:2:9: not-yaml: this is not UTF-8; save it with the encoding UTF-8"),
        (WHOLE.encode("utf-16"), "small.yaml:1:1: not-yaml: this is not UTF-8; save it with the encoding UTF-8"),
        (
            WHOLE.replace("有录音", "有\x00录音").encode(),
            "small.yaml:11:31: not-yaml: YAML allows no character U+0000; delete what stands here",
        ),
        (("a: " + "[" * 5000).encode(), "not-yaml"),
    ],
    ids=["GBK", "UTF-16", "a sign that is not seen", "brackets without end"],
)
def test_a_file_of_another_encoding_or_with_unseen_signs_says_where(tmp_path: Path, content: bytes, found: str) -> None:
    (tmp_path / "small.yaml").write_bytes(content)

    with pytest.raises(ScriptFault, match=re.escape(found)):
        load(tmp_path / "small.yaml", tmp_path / "shared")


def test_a_pipe_among_the_scripts_is_told_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "small.yaml")

    with pytest.raises(ScriptFault, match=r"small\.yaml:1:1: unreadable: this is no file"):
        load(tmp_path / "small.yaml", tmp_path / "shared")
