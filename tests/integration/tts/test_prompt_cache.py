"""The folder of prompts: what spoils in it, who shares it, what a full disk does."""

import asyncio
import os
import stat
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from voice.errors import PromptsNotStored
from voice.tts.prompts import PromptCache
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import Synthesizer, open_synthesizer
from voice.tts.voices import OFFICER

pytestmark = pytest.mark.integration

HELLO = "您好，这里是反诈骗中心。"
SETTINGS = SpeechSettings()


@pytest.fixture
async def synthesizer() -> AsyncIterator[Synthesizer]:
    async with open_synthesizer(SETTINGS) as synthesizer:
        yield synthesizer


@pytest.fixture
def cache(synthesizer: Synthesizer, tmp_path: Path) -> PromptCache:
    return PromptCache(tmp_path / "prompts", synthesizer, SETTINGS)


def _truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _emptied(path: Path) -> None:
    os.truncate(path, 0)


def _zeroed(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:44] + bytes(path.stat().st_size - 44))


def _garbled(path: Path) -> None:
    path.write_bytes(b"no sound at all")


def _removed(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("spoil", [_truncated, _emptied, _zeroed, _garbled, _removed])
async def test_a_spoilt_prompt_is_rendered_again(cache: PromptCache, spoil) -> None:
    before = (await cache.render([HELLO]))[HELLO]
    size = Path(before.path).stat().st_size
    spoil(Path(before.path))

    after = (await cache.render([HELLO]))[HELLO]

    assert after.path == before.path
    assert Path(after.path).stat().st_size == pytest.approx(size, rel=0.02)


async def test_a_sound_prompt_is_left_alone(cache: PromptCache) -> None:
    path = Path((await cache.render([HELLO]))[HELLO].path)
    inode = path.stat().st_ino

    await cache.render([HELLO])

    assert path.stat().st_ino == inode


async def test_another_voice_is_another_prompt(cache: PromptCache, synthesizer: Synthesizer, tmp_path: Path) -> None:
    other = PromptCache(tmp_path / "prompts", synthesizer, SpeechSettings(voice=OFFICER))

    assert (await cache.render([HELLO]))[HELLO].path != (await other.render([HELLO]))[HELLO].path


async def test_a_sentence_wanted_by_many_is_rendered_once(cache: PromptCache, tmp_path: Path) -> None:
    written = []

    async def watch() -> None:
        while True:
            written.extend(p.stat().st_ino for p in (tmp_path / "prompts").glob("*.wav"))
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(cache.render([HELLO]) for _ in range(20)))
    watching.cancel()

    assert len({*written}) <= 1
    assert len(list((tmp_path / "prompts").iterdir())) == 1


async def test_one_who_stops_waiting_does_not_take_the_sentence_from_the_others(cache: PromptCache) -> None:
    impatient = asyncio.create_task(cache.render([HELLO]))
    patient = asyncio.create_task(cache.render([HELLO]))
    await asyncio.sleep(0)
    impatient.cancel()

    assert (await patient)[HELLO].ms > 1000


async def test_two_processes_may_share_a_folder(synthesizer: Synthesizer, tmp_path: Path) -> None:
    async with open_synthesizer(SETTINGS) as second:
        caches = [PromptCache(tmp_path, speaker, SETTINGS) for speaker in (synthesizer, second)]

        one, other = await asyncio.gather(*(cache.render([HELLO]) for cache in caches))

    assert one[HELLO].path == other[HELLO].path


async def test_prompts_are_for_our_eyes_only(cache: PromptCache, tmp_path: Path) -> None:
    await cache.render([HELLO])

    assert stat.S_IMODE((tmp_path / "prompts").stat().st_mode) == 0o700


async def test_a_folder_that_cannot_be_made_is_told(synthesizer: Synthesizer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(PromptsNotStored, match="Not a directory"):
        await PromptCache(tmp_path / "file" / "prompts", synthesizer, SETTINGS).render([HELLO])


@pytest.mark.parametrize("full", ["raw.part", "part"])
async def test_a_full_disk_is_told_and_leaves_nothing_half(cache: PromptCache, full: str) -> None:
    path = Path((await cache.render([HELLO]))[HELLO].path)
    path.unlink()
    path.with_suffix(f".{cache._mark}.{full}").symlink_to("/dev/full")

    with pytest.raises(PromptsNotStored, match="No space left on device"):
        await cache.render([HELLO])

    assert list(path.parent.iterdir()) == []
    assert (await cache.render([HELLO]))[HELLO].ms > 1000


async def test_what_a_killed_process_left_is_swept_and_what_is_in_use_stays(cache: PromptCache, tmp_path: Path) -> None:
    folder = tmp_path / "prompts"
    folder.mkdir()
    old, fresh = folder / "old.1.part", folder / "fresh.2.raw"
    for leftover in (old, fresh):
        leftover.write_bytes(b"")
    os.utime(old, (time.time() - 7200,) * 2)

    await cache.render([])

    assert [p.name for p in folder.iterdir()] == [fresh.name]


async def test_prompts_that_nobody_asks_for_any_more_are_forgotten(cache: PromptCache) -> None:
    kept, unused = (Path(p.path) for p in (await cache.render([HELLO, "好的。"])).values())
    for path in (kept, unused):
        os.utime(path, (time.time() - 90 * 86400,) * 2)
    await cache.render([HELLO])

    assert await cache.forget_unused(days=30) == 1
    assert (kept.exists(), unused.exists()) == (True, False)
