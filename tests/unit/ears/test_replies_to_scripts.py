"""Replies to the questions of the shipped scripts, as their authors wrote them down: they lead where their meaning leads."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from voice.script.loader import load_all
from voice.script.model import Script, Step
from voice.understanding import understand
from voice.understanding.intents import URGENT
from voice.understanding.measure import Labelled, read_labelled
from voice.understanding.model import Understood

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[3]
FILE = ROOT / "tests" / "data" / "replies_scripts.tsv"
PAYING = ("trust_scammer", "transferring_now")  # in a teach-back, what speaks against the promise says it as well


@cache
def scripts() -> Mapping[str, Script]:
    return load_all(ROOT / "scripts")[0]


def asked(line: Labelled) -> tuple[Script, Step]:
    code, _, name = line.asked.partition(".")
    return scripts()[code], scripts()[code].steps[name]


def understood(line: Labelled) -> Understood:
    script, step = asked(line)
    return understand(line.reply, tuple(step.replies), asked=script.sentences[step.say[-1]].text)


def leads_to(line: Labelled, intents: tuple[str, ...]) -> str:
    script, step = asked(line)
    tables = (script.urgent, step.replies, script.globals)
    return next((table[intent] for table in tables for intent in intents if intent in table), "")


def comes_out(line: Labelled, said: Understood) -> bool:
    against = asked(line)[1].pledge is not None and bool(said.against)
    return (line.intent in PAYING and against) or leads_to(line, said.names()) == leads_to(line, (line.intent,))


def test_nearly_all_of_them_lead_where_they_should_and_hardly_one_is_a_false_alarm() -> None:
    lines = read_labelled(FILE.read_text(encoding="utf-8"), FILE.name)
    said = [(line, understood(line)) for line in lines]

    lost = [line for line, meaning in said if not comes_out(line, meaning)]
    alarms = [line for line, meaning in said if line.intent not in URGENT and URGENT.intersection(meaning.names())]

    assert len(lines) > 90
    assert len(lost) <= len(lines) * 0.1, lost
    assert len(alarms) <= len(lines) * 0.06, alarms
    assert not [line for line in lost if line.intent in URGENT]
