"""Every written conversation beside the scripts comes out as written."""

from pathlib import Path

import pytest

from voice.script.loader import load_all
from voice.script.rehearsal import Rehearsal, load_rehearsals
from voice.script.rehearse import rehearse
from voice.script.speak import spoken
from voice.script.variables import VARIABLES

pytestmark = pytest.mark.unit

SCRIPTS = Path(__file__).parents[2] / "scripts"
COMPILED, FINDINGS = load_all(SCRIPTS)
SPOKEN = {
    code: spoken(script, {name: variable.example for name, variable in VARIABLES.items()})
    for code, script in COMPILED.items()
}
REHEARSALS = [r for path in sorted((SCRIPTS / "rehearsals").glob("*.yaml")) for r in load_rehearsals(path)]


def test_every_script_is_whole() -> None:
    assert FINDINGS == []
    assert "flight_refund" in COMPILED


@pytest.mark.parametrize("rehearsal", REHEARSALS, ids=[f"{r.script}-{n}" for n, r in enumerate(REHEARSALS, 1)])
def test_a_rehearsal_comes_out_as_written(rehearsal: Rehearsal) -> None:
    result = rehearse(SPOKEN[rehearsal.script], rehearsal)

    talk = "\n".join(f"{'我们' if line.ours else '对方'}: {line.text} {' '.join(line.intents)}" for line in result.talk)
    assert result.passed, "\n".join((*result.faults, talk))


@pytest.mark.parametrize("code", sorted(COMPILED))
def test_every_script_has_at_least_eight_rehearsals(code: str) -> None:
    assert sum(r.script == code for r in REHEARSALS) >= 8


@pytest.mark.parametrize("code", sorted(COMPILED))
def test_rehearsals_enter_every_step_that_the_script_itself_defines(code: str) -> None:
    script = SPOKEN[code]
    entered = {step for r in REHEARSALS if r.script == code for step in rehearse(script, r).steps}
    own = set(load_all(SCRIPTS)[0][code].steps) - _shared_steps()

    assert own - entered == set()


def _shared_steps() -> set[str]:
    from voice.script.draft import read_draft
    from voice.script.source import Source

    return {name for path in (SCRIPTS / "shared").glob("*.yaml") for name in read_draft(Source(path)).steps}
