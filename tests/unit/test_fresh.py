"""A new script begins as a whole one, and nothing of anybody's is ever overwritten."""

import shutil
from pathlib import Path

import pytest

from voice.errors import ScriptFault
from voice.script.fresh import fresh
from voice.script.gate import examine

pytestmark = pytest.mark.unit

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in (Path("generic.yaml"), Path("rehearsals") / "generic.yaml"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copy(SCRIPTS / path, tmp_path / path)
    shutil.copytree(SCRIPTS / "shared", tmp_path / "shared")
    return tmp_path


def test_it_is_whole_and_its_rehearsals_come_out(folder: Path) -> None:
    script, rehearsals = fresh(folder, "fake_loan", "虚假贷款", "generic")

    assert (script, rehearsals) == (folder / "fake_loan.yaml", folder / "rehearsals" / "fake_loan.yaml")
    (mine,) = examine(folder, ["fake_loan"])[0]
    assert mine.findings == ()
    assert mine.passed
    assert len(mine.results) >= 8
    assert mine.script is not None
    assert (mine.script.code, mine.script.title) == ("fake_loan", "虚假贷款")
    assert "generic" not in script.read_text(encoding="utf-8").split("\n", 1)[1]
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


@pytest.mark.parametrize("taken", ["fake_loan.yaml", "rehearsals/fake_loan.yaml"])
def test_a_file_that_is_there_stays_as_it_is_and_nothing_else_is_written(folder: Path, taken: str) -> None:
    (folder / taken).write_text("mine", encoding="utf-8")
    before = sorted(folder.rglob("*"))

    with pytest.raises(ScriptFault, match="exists: there is such a file already; nothing was written"):
        fresh(folder, "fake_loan", "虚假贷款", "generic")

    assert (folder / taken).read_text(encoding="utf-8") == "mine"
    assert sorted(folder.rglob("*")) == before


def test_a_title_cannot_break_the_file(folder: Path) -> None:
    with pytest.raises(ScriptFault, match="wrong-title"):
        fresh(folder, "fake_loan", "贷款\nopening: nowhere", "generic")


def test_a_code_cannot_lead_out_of_the_folder(folder: Path) -> None:
    with pytest.raises(ScriptFault, match="wrong-name"):
        fresh(folder, "../fake_loan", "虚假贷款", "generic")


def test_what_cannot_be_copied_is_told(folder: Path) -> None:
    with pytest.raises(ScriptFault, match=r"nothing\.yaml:1:1: unreadable: .*; there are .*generic"):
        fresh(folder, "fake_loan", "虚假贷款", "nothing")
