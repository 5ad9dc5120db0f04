"""The schema for editors takes the scripts that the reader takes, and refuses nothing that the reader would not refuse, too."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from voice.script.draft import BLOCK, GROUP, TOP
from voice.script.draftstep import EVERY_KEY, PLEDGE, SENTENCE
from voice.script.loader import read
from voice.script.schema import schema

pytestmark = pytest.mark.unit

SCRIPTS = Path(__file__).parents[2] / "scripts"
OWN = sorted(SCRIPTS.glob("*.yaml"))
SHARED = sorted((SCRIPTS / "shared").glob("*.yaml"))
SCRIPT_SCHEMA, SHARED_SCHEMA = Draft202012Validator(schema()), Draft202012Validator(schema(shared=True))


def mistakes(validator: Draft202012Validator, content: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(content)]


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_every_script_of_this_house_fits(path: Path) -> None:
    assert mistakes(SCRIPT_SCHEMA, yaml.safe_load(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.stem)
def test_every_shared_file_fits(path: Path) -> None:
    assert mistakes(SHARED_SCHEMA, yaml.safe_load(path.read_text(encoding="utf-8"))) == []


def test_it_is_a_schema() -> None:
    for made in (schema(), schema(shared=True)):
        Draft202012Validator.check_schema(made)


def test_the_reader_and_the_schema_know_the_same_keys() -> None:
    made = schema()
    parts = made["$defs"]

    assert set(made["properties"]) == set(TOP)
    assert {key for step in parts["step"]["oneOf"] for key in step["properties"]} == set(EVERY_KEY)
    assert set(parts["sentence"]["oneOf"][1]["properties"]) == set(SENTENCE)
    assert set(parts["pledge"]["properties"]) == set(PLEDGE)
    assert set(parts["group"]["properties"]) == set(GROUP)
    assert set(parts["block"]["properties"]) == set(BLOCK)


WHOLE = """\
code: small
title: 小剧本
opening: opening
steps:
  opening: {tell: 您好。, then: asked, must_hear: true}
  asked:
    ask: [{text: "您好{surname}吗？", else: 您好吗？, again: 您还好吗？}, 请说。]
    replies: {affirm: bye}
    keys: {"2": bye}
    pledge: {needs: [no_transfer], enough: bye, partly: bye, against: human}
    no_input: [repeat, bye]
    no_match: bye
  human: {officer: 请稍等。, reason: want_human, hold: [别挂断。], no_officer: bye}
  bye: {close: 再见。, concludes: warned}
  runs: {run: teach_back, exits: {explain: bye}, texts: {ask: 您怎么做？}}
groups:
  elder: {rate_percent: 80, twice: key, steps: {bye: {close: 再见。}}}
blocks:
  small: {exits: [out], steps: {first: {close: 再见。}}}
sms: {warned: 不要转账。}
"""


def test_a_script_with_one_of_everything_fits() -> None:
    assert mistakes(SCRIPT_SCHEMA, yaml.safe_load(WHOLE)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: 小剧本", "title: yes"),
        ("title: 小剧本", "title: 12"),
        ("title: 小剧本\n", ""),
        ("opening: opening\n", "opening: opening\nopenning: x\n"),
        ("then: asked", "than: asked"),
        (", then: asked", ""),
        ("must_hear: true", "must_hear: maybe"),
        ("affirm: bye", "afirm: bye"),
        ("    no_match: bye\n", ""),
        ("no_transfer", "nothing"),
        (", against: human", ""),
        ('"2": bye', '"1": bye'),
        ('"2": bye', '"22": bye'),
        ("else: 您好吗？", "otherwise: 您好吗？"),
        ("reason: want_human, ", ""),
        ("concludes: warned", "concludes: wanred"),
        ("close: 再见。, concludes", "close: 再见。, tell: 好。, concludes"),
        ("run: teach_back", "run: 5"),
        ("rate_percent: 80", "rate_percent: slow"),
        ("rate_percent: 80", "rate: 80"),
        ("exits: [out], steps: {first: {close: 再见。}}", "exits: [out]"),
        ("sms: {warned", "sms: {warnd"),
    ],
)
def test_what_it_refuses_the_reader_refuses_too(tmp_path: Path, old: str, new: str) -> None:
    assert old in WHOLE
    text = WHOLE.replace(old, new, 1)
    (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "whole.yaml").write_text(WHOLE, encoding="utf-8")

    known = {str(finding).split(": ", 1)[1] for finding in read(tmp_path / "whole.yaml", tmp_path / "shared").findings}
    found = {str(finding).split(": ", 1)[1] for finding in read(tmp_path / "small.yaml", tmp_path / "shared").findings}

    assert mistakes(SCRIPT_SCHEMA, yaml.safe_load(text))
    assert found - known, "the reader has nothing against it"
