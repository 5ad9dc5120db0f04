"""A rehearsal that fails says why, and a rehearsal with a mistake says where."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.smallscript import SCRIPT
from voice.errors import ScriptFault
from voice.report import Conclusion
from voice.script.coverage import coverage
from voice.script.model import DOUBTED, Group, Pledge, Script, Step, StepKind
from voice.script.rehearsal import Expectation, Heard, Meaning, Rehearsal, load_rehearsals
from voice.script.rehearse import SILENCE, RehearsalResult, rehearse, rehearse_all
from voice.script.source import Place

pytestmark = pytest.mark.unit

PLACE = Place("small.yaml", 3, 5)


def means(*intents: str, interrupts: bool = False) -> Heard:
    return Heard("……", interrupts, given=Meaning(intents))


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
        (
            "hear: [{pledges: no_transfr}]",
            "4:22: no-such-pledge: nobody can promise 'no_transfr'; did you mean 'no_transfer'?",
        ),
        (
            "hear: [{intent: affirm, means: affirm}]",
            "4:12: two-meanings: 'means' says what must be understood of a 'text'; with 'intent' the meaning is given",
        ),
        ("persona: 骂\n    hear: [好]", "4:14: no-such-persona: there is no persona '骂'; did you mean '骂人'?"),
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


def rehearsed(tmp_path: Path, script: Script, lines: str) -> RehearsalResult:
    path = tmp_path / "small.yaml"
    path.write_text(f"script: small\nrehearsals:\n  - it: 某事\n{lines}", encoding="utf-8")
    return rehearse_all(script, path)[0]


def test_words_that_are_understood_otherwise_than_expected_are_a_fault(tmp_path: Path) -> None:
    lines = "    hear: [(silence), {text: 还没转, means: transferred}, (hangup)]\n    expect: {conclusion: nothing}\n"

    result = rehearsed(tmp_path, SCRIPT, lines)

    (fault,) = result.faults
    assert "'还没转' is understood as" in fault
    assert fault.endswith("expected transferred")


def test_words_that_are_understood_as_expected_are_none(tmp_path: Path) -> None:
    hear = "[(silence), {text: 已经转了九十九万, means: transferred, amount_yuan: 990000}, (officer accepts)]"
    lines = f"    hear: {hear}\n    expect: {{conclusion: handed_over, officer: transferred}}\n"

    assert rehearsed(tmp_path, SCRIPT, lines).faults == ()


def test_a_doubtful_reply_is_asked_about_only_in_a_careful_rehearsal(tmp_path: Path) -> None:
    sure = Step(
        "sure", StepKind.ASK, ("asked.1",), replies={"affirm": DOUBTED}, no_input=("silent",), no_match=("unclear",)
    )
    script = replace(SCRIPT, steps={**SCRIPT.steps, "sure": sure}, clarify={"transferred": "sure"})
    hear = "    hear: [(silence), {intent: transferred, doubtful: true}, {intent: affirm}, (officer accepts)]\n"
    expect = "    expect: {conclusion: handed_over, officer: transferred}\n"

    careful = rehearsed(tmp_path, script, f"    careful: true\n{hear}{expect}")
    trusting = rehearsed(tmp_path, script, f"{hear}{expect}")

    assert (careful.faults, trusting.faults) == ((), ())
    assert careful.steps == ("opening", "asked", "sure", "paid")
    assert trusting.steps == ("opening", "asked", "paid", "paid")  # the second word came while we said the hold


def test_a_promise_may_be_given_by_its_meaning(tmp_path: Path) -> None:
    pledge = Pledge(("no_transfer",), enough="promised", partly="promise", against="human")
    steps = {**SCRIPT.steps, "promise": replace(SCRIPT.steps["promise"], pledge=pledge)}
    script = replace(SCRIPT, steps=steps)
    lines = (
        "    hear: [(silence), {intent: affirm}, {pledges: [no_transfer]}]\n"
        "    expect: {conclusion: promised, facts: {pledged: no_transfer}}\n"
    )

    result = rehearsed(tmp_path, script, lines)

    assert result.faults == ()
    assert coverage(script, [result]).replies["promise", "(pledge) promised"] == 1


def test_a_rehearsal_of_a_group_hears_what_the_group_hears(tmp_path: Path) -> None:
    asked = replace(SCRIPT.steps["asked"], replies={"affirm": "promised"})
    groups = {"elder": Group("elder", "老人", steps={"asked": asked})}
    script = replace(SCRIPT, groups=groups)
    lines = "    group: elder\n    hear: [(silence), {intent: affirm}]\n    expect: {conclusion: promised}\n"

    result = rehearsed(tmp_path, script, lines)
    wrong = rehearsed(tmp_path, script, lines.replace("elder", "eldr"))

    assert result.faults == ()
    assert "the script knows no group 'eldr'; did you mean 'elder'?" in wrong.faults[0]
    covered = coverage(script, [result])
    assert (covered.steps["elder:asked"], covered.steps["asked"]) == (1, 0)
    assert covered.replies["elder:asked", "affirm"] == 1


def test_coverage_counts_steps_and_replies_and_names_what_was_missed() -> None:
    ended = Expectation(Conclusion.PROMISED)
    result = played(ended, means("hello_only"), means("affirm"), means("will_stop"))

    covered = coverage(SCRIPT, [result, result])

    assert (covered.steps["warn"], covered.steps["silent"]) == (2, 0)
    assert covered.replies["asked", "affirm"] == 2
    assert ("asked", "deny") in covered.missed_replies
    assert ("asked", SILENCE) in covered.missed_replies
    assert "silent" in covered.missed_steps


def test_of_blocks_those_are_watched_that_the_file_runs() -> None:
    steps = {**SCRIPT.steps, "promise.confirm": SCRIPT.steps["promise"]}
    own = {"promise": PLACE}

    assert set(coverage(replace(SCRIPT, steps=steps), [], own).steps) == {"promise", "promise.confirm"}


def test_an_unknown_conclusion_is_told(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(
        "script: small\nrehearsals:\n  - it: 某事\n    hear: [好]\n    expect: {conclusion: warnd}\n", encoding="utf-8"
    )

    with pytest.raises(
        ScriptFault, match="5:26: no-such-conclusion: there is no conclusion 'warnd'; did you mean 'warned'"
    ):
        load_rehearsals(path)
