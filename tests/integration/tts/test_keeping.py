"""Recordings of published scripts: kept for ever, and played from what was kept."""

import asyncio
import hashlib
import wave
from pathlib import Path

import pytest

from tests.recordings import syllables, write
from voice.errors import PromptsNotStored, RecordedSentenceLost
from voice.tts.keeping import RecordedSentences

pytestmark = pytest.mark.integration

TIBETAN = "བཀྲ་ཤིས་བདེ་ལེགས།"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write(tmp_path / "scripts" / "recordings" / "hello.wav", syllables())


@pytest.fixture
def kept(tmp_path: Path) -> RecordedSentences:
    return RecordedSentences(tmp_path / "recorded", tmp_path / "scripts")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def test_what_is_played_is_what_the_line_carries(kept: RecordedSentences, recording: Path) -> None:
    prompt = await kept.prompt("recordings/hello.wav", sha256(recording), TIBETAN)

    with wave.open(prompt.path) as audio:
        assert (audio.getnchannels(), audio.getsampwidth(), audio.getframerate()) == (1, 2, 8000)
        assert prompt.ms == audio.getnframes() * 1000 // 8000
    assert prompt.text == TIBETAN


async def test_another_file_under_the_same_name_changes_nothing_that_was_published(
    kept: RecordedSentences, recording: Path, tmp_path: Path
) -> None:
    published = sha256(recording)
    before = Path((await kept.prompt("recordings/hello.wav", published, TIBETAN)).path).read_bytes()
    write(recording, syllables(1.0))
    later = RecordedSentences(tmp_path / "recorded", tmp_path / "scripts")

    assert Path((await later.prompt("recordings/hello.wav", published, TIBETAN)).path).read_bytes() == before
    assert (await later.prompt("recordings/hello.wav", sha256(recording), TIBETAN)).ms < len(before) // 16


async def test_a_spoilt_prompt_is_made_again_of_what_was_kept(kept: RecordedSentences, recording: Path) -> None:
    published = sha256(recording)
    played = Path((await kept.prompt("recordings/hello.wav", published, TIBETAN)).path)
    before = played.read_bytes()
    played.chmod(0o600)
    played.write_bytes(before[:1000])
    recording.unlink()

    prompt = await kept.prompt("recordings/hello.wav", published, TIBETAN)

    assert Path(prompt.path).read_bytes() == before


async def test_what_was_never_kept_and_is_gone_is_told_by_its_name(kept: RecordedSentences, recording: Path) -> None:
    published = sha256(recording)
    recording.unlink()

    with pytest.raises(RecordedSentenceLost, match=r"'recordings/hello\.wav' is not the recording that was published"):
        await kept.prompt("recordings/hello.wav", published, TIBETAN)


async def test_two_who_ask_at_once_get_the_same(kept: RecordedSentences, recording: Path, tmp_path: Path) -> None:
    published = sha256(recording)

    prompts = await asyncio.gather(*(kept.prompt("recordings/hello.wav", published, TIBETAN) for _ in range(4)))

    assert len(set(prompts)) == 1
    assert {path.suffix for path in (tmp_path / "recorded").iterdir()} == {".wav"}


async def test_a_folder_that_cannot_be_written_is_told(recording: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    kept = RecordedSentences(tmp_path / "file" / "recorded", tmp_path / "scripts")

    with pytest.raises(PromptsNotStored, match=r"see data\.dir"):
        await kept.prompt("recordings/hello.wav", sha256(recording), TIBETAN)
