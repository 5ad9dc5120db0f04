"""Finding a model directory, and saying what is wrong with one."""

import shutil
from pathlib import Path

import pytest

from voice.asr.catalogue import BUNDLED, find_model
from voice.asr.recognizer import load_model
from voice.errors import ModelMissing

pytestmark = pytest.mark.unit


def test_without_a_setting_the_bundled_model_is_meant() -> None:
    assert find_model("") == find_model("  ") == BUNDLED


def test_a_setting_names_another_directory(tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(BUNDLED, copy)
    assert find_model(str(copy)) == copy


def test_a_directory_that_does_not_exist_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"nowhere does not exist.*speech\.model_dir"):
        find_model(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("name", ["am/final.mdl", "conf/mfcc.conf", "graph/Gr.fst"])
def test_a_missing_or_empty_file_is_named(tmp_path: Path, name: str) -> None:
    copy = tmp_path / "model"
    shutil.copytree(BUNDLED, copy)
    (copy / name).write_bytes(b"")
    with pytest.raises(ModelMissing, match=name):
        find_model(str(copy))
    (copy / name).unlink()
    with pytest.raises(ModelMissing, match=name):
        load_model(copy)
