"""A rehearsal that fails says why, and a rehearsal with a mistake says where."""

from pathlib import Path

import pytest

from tests.smallscript import SCRIPT
from voice.errors import ScriptFault
from voice.report import Conclusion
from voice.script.rehearsal import Expectation, Heard, Rehearsal, load_rehearsals
from voice.script.rehearse import RehearsalResult, rehearse, rehearse_all
from voice.script.source import Place

pytestmark = pytest.mark.unit

PLACE = Place("small.yaml", 3, 5)


def means(*intents: str, interrupts: bool = False) -> Heard:
    return Heard("……", interrupts, intents)


def played(expect: Expectation, *hear: Heard) -> RehearsalResult:
    return rehearse(SCRIPT, Rehearsal("small", "某事", "某人", hear, expect, PLACE))


def test_a_rehearsal_that_comes_out_as_written_has_no_faults() -> None:
    expect = Expectation(
        Conclusion.PROMISED, ("asked", "warn", "promised"), must_say=("«warn.1»",), must_not_say=("«paid.1»",)
    )

    result = played(expect, means("hello_only"), means("affirm"), means("will_stop"))

    assert (result.passed, result.faults, result.conclusion) == (True, (), Conclusion.PROMISED)
    assert result.steps == ("opening", "asked", "warn", "promise", "promised")
    assert [line.ours for line in result.talk] == [False, True, False, True, False, True]


def test_every_difference_is_told() -> None:
    expect = Expectation(
        Conclusion.WARNED, ("promised", "warn"), ("transferred",), {"promised": "no"}, ("«who.1»",), ("«promised.1»",)
    )

    result = played(expect, means("hello_only"), means("affirm"), means("will_stop"))

    assert [fault.removeprefix("small.yaml:3:5: rehearsal '某人; 某事': ") for fault in result.faults] == [
        "concludes 'promised', expected 'warned'",
        "goes through opening > asked > warn > promise > promised, expected promised > warn",
        "wants an officer for nothing, expected ['transferred']",
        "learns promised='yes', expected 'no'",
        "does not say '«who.1»'",
        "says '«promised.1»'",
    ]


def test_a_call_that_is_left_hanging_is_a_fault() -> None:
    result = played(Expectation(Conclusion.NOTHING), means("hello_only"))

    assert result.faults == (
        "small.yaml:3:5: rehearsal '某人; 某事': the call is left hanging at step 'asked' (listening)",
    )


def test_a_call_that_ends_too_early_is_a_fault() -> None:
    result = played(Expectation(Conclusion.DENIES), means("hello_only"), means("deny"), means("affirm"))

    assert result.faults == ("small.yaml:3:5: rehearsal '某人; 某事': the call was over before '……' could be heard",)


def test_an_interruption_comes_while_we_speak() -> None:
    cut = played(
        Expectation(Conclusion.NOTHING), means("hello_only"), means("affirm"), Heard("(hangup)", interrupts=True)
    )
    heard = played(Expectation(Conclusion.WARNED), means("hello_only"), means("affirm"), Heard("(hangup)"))

    assert (cut.faults, heard.faults) == ((), ())


def test_a_file_is_read_and_played(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(
        "script: small\nrehearsals:\n"
        "  - it: 民警没来\n    persona: 已转账\n"
        "    hear: [(silence), {intent: [transferred, amount], amount_yuan: 5000, text: 转了五千}, (silence), (no officer)]\n"
        '    expect: {conclusion: officer_missed, officer: transferred, facts: {transferred: "yes", amount_yuan: "5000"}}\n'
        "  - it: 按一找到民警\n"
        "    hear: [(silence), (interrupts) (press 1), (officer accepts), (officer leaves)]\n"
        "    expect: {conclusion: handed_over, steps: [human, bye], officer: want_human}\n",
        encoding="utf-8",
    )

    assert [result.faults for result in rehearse_all(SCRIPT, path)] == [(), ()]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("hear: [(silense)]", "4:12: no-such-cue: nobody can do '(silense)'; did you mean '(silence)'?"),
        ("hear: [{intent: afirm}]", "4:21: no-such-intent: nobody can mean 'afirm'; did you mean 'affirm'?"),
        ("hear: [{txt: 好}]", "4:13: unknown-key: what is heard has no 'txt'; did you mean 'text'?"),
        ("hears: [好]", "4:5: unknown-key: a rehearsal has no 'hears'; did you mean 'hear'?"),
        ("hear: [yes]", '4:12: yaml-boolean: YAML reads yes as true or false; write it in quotes: "yes"'),
    ],
)
def test_a_mistake_in_a_rehearsal_is_told_with_its_place(tmp_path: Path, line: str, expected: str) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(
        f"script: small\nrehearsals:\n  - it: 某事\n    {line}\n    expect: {{conclusion: warned}}\n", encoding="utf-8"
    )

    with pytest.raises(ScriptFault) as fault:
        load_rehearsals(path)

    assert f"{path.as_posix()}:{expected}" in fault.value.findings


def test_an_unknown_conclusion_is_told(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(
        "script: small\nrehearsals:\n  - it: 某事\n    hear: [好]\n    expect: {conclusion: warnd}\n", encoding="utf-8"
    )

    with pytest.raises(
        ScriptFault, match="5:26: no-such-conclusion: there is no conclusion 'warnd'; did you mean 'warned'"
    ):
        load_rehearsals(path)
