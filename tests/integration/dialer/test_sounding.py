"""Whoever checks scripts gets lengths as the voice has them, and without a voice he is told that they are guessed."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from dialer.settings import DataSettings, Settings
from dialer.sounding import heard
from voice.script.gate import Sound
from voice.script.lint.lasting import estimated

pytestmark = pytest.mark.integration

WARNING = "接下来他会说您权限没开，要您试转一笔。"


def lasts(sound: Sound) -> float:
    assert sound.seconds is not None
    return sound.seconds(WARNING, 180)


async def test_a_sentence_is_measured_once_and_then_known(tmp_path: Path) -> None:
    settings, told = Settings(data=DataSettings(str(tmp_path))), StringIO()

    first = await heard(settings, lasts, Console(file=told))
    measured = (tmp_path / "durations.json").stat().st_mtime_ns
    again = await heard(settings, lasts, Console(file=told))

    assert first == again
    assert first == pytest.approx(estimated(WARNING, 180), rel=0.3)
    assert first != estimated(WARNING, 180)
    assert (tmp_path / "durations.json").stat().st_mtime_ns == measured
    assert told.getvalue() == ""


async def test_without_a_voice_lengths_are_estimated_and_that_is_told(tmp_path: Path) -> None:
    settings, told = Settings(data=DataSettings(str(tmp_path))), StringIO()
    mute = replace(settings, speech=replace(settings.speech, espeak_library=str(tmp_path / "gone.so")))

    assert await heard(mute, lasts, Console(file=told, width=200)) == estimated(WARNING, 180)
    assert told.getvalue().startswith("lengths are estimated: ")
