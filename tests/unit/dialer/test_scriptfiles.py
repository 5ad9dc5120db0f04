"""Which scripts somebody means who names them."""

import shutil
from pathlib import Path

import pytest

from dialer.desk.scriptfiles import check_paths, meant
from dialer.errors import NoSuchScript

pytestmark = pytest.mark.unit
SCRIPTS = Path(__file__).parents[3] / "scripts"


def test_a_script_is_named_by_its_code_or_its_file(tmp_path: Path) -> None:
    written = tmp_path / "fake_loan.yaml"
    written.touch()

    assert meant(tmp_path, [Path("fake_loan")]) == [written]
    assert meant(tmp_path, [written]) == [written]
    assert meant(tmp_path, [tmp_path]) == [tmp_path]
    assert meant(tmp_path, []) == [tmp_path]


def test_a_code_that_is_none_is_answered_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "fake_loan.yaml").touch()

    with pytest.raises(NoSuchScript, match="did you mean 'fake_loan'"):
        meant(tmp_path, [Path("fake_lone")])


def test_a_script_that_no_call_would_read_is_told_of(tmp_path: Path) -> None:
    shutil.copytree(SCRIPTS / "shared", tmp_path / "shared")
    shutil.copy(SCRIPTS / "generic.yaml", tmp_path / "generic.yaml")
    shutil.copy(SCRIPTS / "fake_loan.yaml", tmp_path / "fake_loan.yml")

    told = {each.path.name: {finding.code for finding in each.findings} for each in check_paths([tmp_path])}

    assert told == {"generic.yaml": set(), "fake_loan.yml": {"wrong-name"}}
