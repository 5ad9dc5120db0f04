"""Some rehearsals of every script by ear; `quanzu scripts rehearse --aloud` plays all of them."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from dialer.desk.aloud import as_json, good_enough, play_aloud, show, unhelped
from dialer.settings import ScriptSettings, Settings
from voice.report import Conclusion
from voice.script.gate import examine
from voice.script.rehearsal import Expectation, Heard, Rehearsal, load_rehearsals
from voice.script.rehearse import RehearsalResult
from voice.script.source import Place
from voice.workers.rehearsed import Aloud, speaker_of, spoken_words

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

SCRIPTS = Path(__file__).parents[2] / "scripts"
SETTINGS = Settings(scripts=ScriptSettings(str(SCRIPTS)))
HEARD = ("正在转账", "话听劝")  # one call for help and one promise of every script


async def test_of_every_script_a_call_for_help_is_heard_and_the_rest_mostly_comes_out() -> None:
    examined = examine(SCRIPTS)[0]
    few = [
        replace(
            each,
            results=tuple(
                next(r for r in each.results if r.rehearsal.persona == persona)
                for persona in HEARD
                if persona in {r.rehearsal.persona for r in each.results}
            ),
        )
        for each in examined
    ]

    heard = await play_aloud(SETTINGS, few, Console(file=StringIO()))

    assert {each.result.rehearsal.script for each in heard} == {each.code for each in examined}
    lost = [(each.result.rehearsal.script, each.heard) for each in heard if unhelped(each)]
    assert lost == []
    missed = [(each.result.faults, each.heard) for each in heard if not each.result.passed]
    assert len(missed) <= len(heard) // 5, missed


# --- what is good enough


def came(*, passed: bool, officer: tuple[str, ...] = (), wanted: tuple[str, ...] = ()) -> Aloud:
    expect = Expectation(Conclusion.HANDED_OVER, officer=officer)
    rehearsal = Rehearsal("small", "某事", "", (Heard("我转了"),), expect, Place("small.yaml", 1, 1))
    faults = () if passed else ("small.yaml:1:1: it came out otherwise",)
    result = RehearsalResult(rehearsal, faults, (), (), Conclusion.NOTHING, wanted=wanted)
    return Aloud(result, {"我转了": "我专了"}, frozenset())


def test_nine_of_ten_are_enough_and_eight_are_not() -> None:
    good, bad = came(passed=True), came(passed=False)

    assert good_enough([good] * 9 + [bad])
    assert not good_enough([good] * 8 + [bad] * 2)
    assert not good_enough([])


def test_one_lost_call_for_help_is_too_many() -> None:
    lost = came(passed=False, officer=("transferred",))
    other = came(passed=False, officer=("transferred",), wanted=("amount",))
    mere_wish = came(passed=False, officer=("want_human",))

    assert not good_enough([came(passed=True)] * 99 + [lost])
    assert good_enough([came(passed=True)] * 99 + [other])
    assert good_enough([came(passed=True)] * 99 + [mere_wish])


def test_what_was_heard_is_shown_where_it_came_out_otherwise() -> None:
    written = StringIO()
    heard = [came(passed=True), came(passed=False, officer=("transferred",))]

    show(heard, 1, Console(file=written, width=200))

    told = written.getvalue()
    assert "said 我转了 · heard 我专了" in told
    assert "1 of 2 rehearsals come out by ear, 1 calls for help lost; 1 do not come out in text" in told
    assert '"ok": false' in as_json(heard, 1)


# --- who speaks


def test_a_rehearsal_is_always_spoken_by_the_same_person_and_many_people_speak() -> None:
    rehearsals = load_rehearsals(SCRIPTS / "rehearsals" / "flight_refund.yaml")

    speakers = [speaker_of(rehearsal) for rehearsal in rehearsals]

    assert speakers == [speaker_of(rehearsal) for rehearsal in rehearsals]
    assert len(set(speakers)) > 4


def test_cues_keys_and_given_meanings_are_no_sound(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(
        "script: small\nrehearsals:\n  - it: 某事\n"
        "    hear: [(silence), 喂, (press 1), {intent: affirm, text: 是}, {text: 转了, means: transferred}, (hangup)]\n"
        "    expect: {conclusion: nothing}\n",
        encoding="utf-8",
    )

    assert spoken_words(load_rehearsals(tmp_path / "small.yaml")[0]) == ["喂", "转了"]
