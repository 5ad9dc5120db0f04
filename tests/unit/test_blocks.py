"""Blocks are laid out where a script runs them, and groups hear their own version."""

from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from tests.unit.test_loader import WHOLE, findings
from voice.script.loader import load
from voice.script.model import Script
from voice.script.speak import for_group

pytestmark = pytest.mark.unit

BLOCKS = """\
blocks:
  pause:
    exits: [done]
    texts: {why: 我想一想。}
    steps:
      first:
        tell: <why>
        then: second
      second:
        ask: 您听清了吗？
        replies: {affirm: done, deny: first}
        no_input: [repeat, bye]
        no_match: [repeat, human]
groups:
  elder:
    title: 老人
    rate_percent: 80
    wait_percent: 150
    twice: [key]
"""
RUNS = WHOLE.replace("replies:\n      affirm: bye", "replies: {affirm: bye,\n      deny: calm}").replace(
    "  who:\n", "  calm:\n    run: pause\n    exits: {done: bye}\n  who:\n"
)


def loaded(tmp_path: Path, text: str, shared: str = BLOCKS) -> Script:
    (tmp_path / "shared").mkdir(exist_ok=True)
    (tmp_path / "shared" / "blocks.yaml").write_text(dedent(shared), encoding="utf-8")
    (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
    return load(tmp_path / "small.yaml", tmp_path / "shared")


def test_a_block_stands_where_the_script_runs_it(tmp_path: Path) -> None:
    script = loaded(tmp_path, RUNS)

    assert script.steps["calm"].then == "calm.second"
    assert script.steps["calm.second"].replies == {"affirm": "bye", "deny": "calm"}
    assert script.sentences["calm.1"].text == "我想一想。"


def test_a_script_gives_a_block_its_own_words(tmp_path: Path) -> None:
    script = loaded(tmp_path, RUNS.replace("exits: {done: bye}", "exits: {done: bye}\n    texts: {why: 您慢慢想。}"))

    assert script.sentences["calm.1"].text == "您慢慢想。"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("run: pause", "run: pauze", "small.yaml:21:10: no-such-block: there is no block 'pauze'; did you mean 'pause'?"),
        ("exits: {done: bye}", "", "small.yaml:20:3: missing-exit: step 'calm' does not say where block 'pause' leads by 'done'"),
        ("{done: bye}", "{done: bye, away: bye}", "small.yaml:22:24: no-such-exit: block 'pause' has no exit 'away'"),
        (
            "{done: bye}",
            "{done: bye}\n    texts: {wy: 好。}",
            "small.yaml:23:13: no-such-text: block 'pause' has no text 'wy'; did you mean 'why'?",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_running_a_block_is_told_with_its_place(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert any(finding.startswith(expected) for finding in findings(tmp_path, RUNS.replace(old, new), BLOCKS))


def test_a_block_that_runs_itself_is_refused(tmp_path: Path) -> None:
    circle = BLOCKS.replace(
        "second:\n        ask: 您听清了吗？", "second:\n        run: pause\n        exits: {done: done}"
    )
    circle = circle[: circle.index("        replies")] + circle[circle.index("groups:") :]

    assert any("block-circle: block 'pause' runs itself" in each for each in findings(tmp_path, RUNS, circle))


def test_a_group_hears_the_same_more_slowly_and_the_key_sentence_twice(tmp_path: Path) -> None:
    script = replace(loaded(tmp_path, RUNS), rate_wpm=200)
    elder = for_group(script, "elder")

    assert elder.rate_wpm == 160
    assert elder.steps["asked"].wait_ms == script.steps["asked"].wait_ms * 3 // 2
    assert elder.steps["bye"].say == ("bye.1", "lines.key.1", "lines.key.1")


def test_a_group_of_the_script_hears_its_own_question(tmp_path: Path) -> None:
    own = """\
groups:
  elder:
    steps:
      asked:
        ask: 有人说要退您钱吗？
        replies: {affirm: bye}
        no_input: [repeat, bye]
        no_match: [repeat, human]
"""
    script = loaded(tmp_path, RUNS + own)
    elder = for_group(script, "elder")

    assert script.sentences[script.steps["asked"].say[0]].text == "有人说要给您退钱吗？"
    assert elder.sentences[elder.steps["asked"].say[0]].text == "有人说要退您钱吗？"
    assert elder.rate_wpm == script.rate_wpm * 80 // 100


def test_nobody_hears_a_group_that_the_script_does_not_know(tmp_path: Path) -> None:
    script = loaded(tmp_path, RUNS)

    assert for_group(script, "officer") is script
