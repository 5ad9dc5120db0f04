"""Lengths as the voice has them: measured once, estimated until then."""

from pathlib import Path

import pytest

from tests.fakes.prompts import FakePrompts
from voice.errors import PromptsNotStored, SpeechDown, Unspeakable
from voice.ports import Prompt
from voice.script.lint.lasting import estimated
from voice.tts.durations import Durations
from voice.tts.settings import SpeechSettings
from voice.tts.voices import OFFICER

pytestmark = pytest.mark.unit

HELLO, LATIN = "您好，请您听我说。", "OK吗"
VOICE = SpeechSettings()


def untold(_ready: int, _all: int) -> None:
    pass


@pytest.fixture
def prompts(tmp_path: Path) -> FakePrompts:
    return FakePrompts(tmp_path / "prompts")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var" / "durations.json"


async def test_what_was_not_measured_is_estimated_then_measured_and_remembered(
    prompts: FakePrompts, file: Path
) -> None:
    durations = Durations(file, VOICE)
    told: list[tuple[int, int]] = []
    assert durations.seconds(HELLO, 180) == estimated(HELLO, 180)

    await durations.measure(prompts, lambda ready, every: told.append((ready, every)))

    right = (await prompts.render([HELLO], 180))[HELLO].ms / 1000
    later = Durations(file, VOICE)
    assert (durations.seconds(HELLO, 180), later.seconds(HELLO, 180)) == (right, right)
    assert (durations.unknown, later.unknown, told) == (0, 0, [(0, 1)])


async def test_another_voice_or_rate_is_another_measure(prompts: FakePrompts, file: Path) -> None:
    durations = Durations(file, VOICE)
    durations.seconds(HELLO, 180)
    await durations.measure(prompts, untold)

    other = Durations(file, SpeechSettings(voice=OFFICER))
    other.seconds(HELLO, 180)
    durations.seconds(HELLO, 153)

    assert (other.unknown, durations.unknown) == (1, 1)


async def test_what_the_voice_refuses_is_refused_ever_after(prompts: FakePrompts, file: Path) -> None:
    durations = Durations(file, VOICE)
    durations.seconds(LATIN, 180)
    await durations.measure(prompts, untold)

    with pytest.raises(Unspeakable, match="hanzi only"):
        Durations(file, VOICE).seconds(LATIN, 180)


class Breaking:
    """A voice that says one sentence and is gone."""

    def __init__(self, prompts: FakePrompts) -> None:
        self._prompts = prompts

    async def render(self, texts: list[str], rate_wpm: int = 160) -> dict[str, Prompt]:
        found = dict(await self._prompts.render(texts, rate_wpm))
        self._prompts.down = True
        return found


async def test_what_was_measured_before_the_voice_was_gone_is_kept(prompts: FakePrompts, file: Path) -> None:
    durations = Durations(file, VOICE)
    for text in (HELLO, "再见。"):
        durations.seconds(text, 180)

    with pytest.raises(SpeechDown):
        await durations.measure(Breaking(prompts), untold)

    later = Durations(file, VOICE)
    later.seconds(HELLO, 180)
    assert (later.unknown, durations.unknown) == (0, 1)


@pytest.mark.parametrize("content", ["", "no json", "[1, 2]", '{"a": null}'])
def test_a_spoilt_file_is_as_good_as_none(file: Path, content: str) -> None:
    file.parent.mkdir()
    file.write_text(content)

    assert Durations(file, VOICE).seconds(HELLO, 180) == estimated(HELLO, 180)


async def test_a_file_that_cannot_be_written_is_told(prompts: FakePrompts, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    durations = Durations(tmp_path / "file" / "durations.json", VOICE)
    durations.seconds(HELLO, 180)

    with pytest.raises(PromptsNotStored, match=r"see data\.dir"):
        await durations.measure(prompts, untold)


async def test_the_file_tells_no_text(prompts: FakePrompts, file: Path) -> None:
    durations = Durations(file, VOICE)
    durations.seconds(HELLO, 180)
    await durations.measure(prompts, untold)

    assert "您好" not in file.read_text(encoding="utf-8")
