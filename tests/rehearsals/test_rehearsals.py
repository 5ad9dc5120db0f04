"""Every written conversation beside the scripts comes out as written, and together they go everywhere."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from voice.script.gate import Examined, examine
from voice.script.rehearsal import EVERY_SCRIPT_MEETS
from voice.script.rehearse import RehearsalResult

pytestmark = pytest.mark.unit

SCRIPTS = Path(__file__).parents[2] / "scripts"
LEAST = 8  # rehearsals of one script
EXAMINED, FINDINGS = examine(SCRIPTS)
BY_CODE: Mapping[str, Examined] = {each.code: each for each in EXAMINED}
RESULTS: Mapping[str, RehearsalResult] = {
    f"{each.code}-{number}": result for each in EXAMINED for number, result in enumerate(each.results, 1)
}


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_a_script_is_whole_and_its_rehearsals_enter_every_step_of_its_own(code: str) -> None:
    assert [str(finding) for finding in BY_CODE[code].findings] == []


@pytest.mark.parametrize("name", RESULTS)
def test_a_rehearsal_comes_out_as_written(name: str) -> None:
    result = RESULTS[name]

    talk = "\n".join(f"{'我们' if line.ours else '对方'}: {line.text} {' '.join(line.intents)}" for line in result.talk)
    assert result.passed, "\n".join((*result.faults, talk))


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_every_script_has_rehearsals_enough(code: str) -> None:
    assert len(BY_CODE[code].results) >= LEAST


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_every_script_has_met_the_people_whom_every_call_may_meet(code: str) -> None:
    met = {result.rehearsal.persona for result in BY_CODE[code].results}

    assert set(EVERY_SCRIPT_MEETS) - met == set()


def test_every_shared_step_is_entered_by_a_rehearsal_of_some_script() -> None:
    assert [str(finding) for finding in FINDINGS] == []
