"""How the robot speaks, as one value."""

from pathlib import Path

import pytest

from voice.tts.settings import SpeechSettings

pytestmark = pytest.mark.unit


def test_another_library_is_another_engine(tmp_path: Path) -> None:
    one, other = tmp_path / "one.so", tmp_path / "other.so"
    one.write_bytes(b"1")
    other.write_bytes(b"2")

    engines = {
        SpeechSettings().engine,
        SpeechSettings(espeak_library=str(one)).engine,
        SpeechSettings(espeak_library=str(other)).engine,
        SpeechSettings(espeak_library=str(tmp_path / "missing.so")).engine,
    }

    assert len(engines) == 4


def test_only_what_is_set_is_passed_to_the_process() -> None:
    assert SpeechSettings().options() == []
    assert SpeechSettings(espeak_library="/l.so", espeak_data="/d").options() == ["--library", "/l.so", "--data", "/d"]
