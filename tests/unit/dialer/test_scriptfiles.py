"""Which scripts somebody means who names them."""

from pathlib import Path

import pytest

from dialer.desk.scriptfiles import meant
from dialer.errors import NoSuchScript

pytestmark = pytest.mark.unit


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
