"""A script by ear: what a phone would play lies in files of the telephone's own coding."""

import re
import struct
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from dialer.desk.saying import Wish, say
from dialer.errors import NoSuchScript, NotWritten
from dialer.settings import CentreSettings, DataSettings, ScriptSettings, Settings

pytestmark = pytest.mark.integration

SCRIPTS = Path(__file__).parents[3] / "scripts"
ALAW = 6


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data=DataSettings(str(tmp_path)),
        scripts=ScriptSettings(str(SCRIPTS)),
        centre=CentreSettings(name="山南市反诈骗中心", call_back="0893-96110"),
    )


async def shown(settings: Settings, wish: Wish) -> str:
    console = Console(file=StringIO(), width=200)
    await say(settings, wish, console)
    written = console.file
    assert isinstance(written, StringIO)
    return written.getvalue()


def header(path: Path) -> tuple[int, int, int, int]:
    """Format, channels, rate, bits of a sample."""
    found = struct.unpack("<4sI4s4sIHHIIHH", path.read_bytes()[:36])
    return found[5], found[6], found[7], found[10]


async def test_a_step_is_one_file_of_what_the_wire_carries(settings: Settings, tmp_path: Path) -> None:
    out = tmp_path / "warn.wav"

    told = await shown(settings, Wish("flight_refund", "warn", out=out))

    assert header(out) == (ALAW, 1, 8000, 8)
    seconds = float(re.findall(r"warn  (\d+\.\d) s", told)[0])
    assert seconds == pytest.approx((out.stat().st_size - 58) / 8000, abs=0.1)
    assert "接下来他会说您权限没开" in told


async def test_into_a_folder_every_sentence_is_a_file_of_its_own(settings: Settings, tmp_path: Path) -> None:
    await shown(settings, Wish("flight_refund", "paid", out=tmp_path / "heard"))

    names = {path.name for path in (tmp_path / "heard").iterdir()}
    assert {"paid.wav", "paid.1.wav", "paid.hold.1.wav"} <= names


async def test_a_group_hears_it_slower_and_the_centre_says_its_own_name(settings: Settings) -> None:
    everybody = await shown(settings, Wish("flight_refund", "opening"))
    elder = await shown(settings, Wish("flight_refund", "opening", "elder"))

    first = re.compile(r"opening  (\d+\.\d) s")
    assert float(first.findall(elder)[0]) > float(first.findall(everybody)[0]) * 1.1
    assert "山南市反诈骗中心" in everybody


async def test_what_does_not_exist_is_told_with_what_does(settings: Settings) -> None:
    with pytest.raises(NoSuchScript, match="did you mean 'flight_refund'"):
        await shown(settings, Wish("flight_refnd"))
    with pytest.raises(NoSuchScript, match="did you mean 'warn'"):
        await shown(settings, Wish("flight_refund", "wran"))
    with pytest.raises(NoSuchScript, match="knows no group 'old'; it knows elder"):
        await shown(settings, Wish("flight_refund", "warn", "old"))


async def test_a_place_that_cannot_be_written_is_told(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(NotWritten, match="cannot be written"):
        await shown(settings, Wish("flight_refund", "warn", out=tmp_path / "file" / "warn.wav"))
