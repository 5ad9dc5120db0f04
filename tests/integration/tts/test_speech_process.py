"""The real speech process: it works, it dies, it is replaced, it says what is wrong."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest

from voice.errors import PromptsNotStored, SpeechDown, Unspeakable
from voice.tts.readings import HANZI, WORDS
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import Synthesizer, open_synthesizer
from voice.tts.voices import CITIZENS, OFFICER, PLAIN, ROBOT

pytestmark = pytest.mark.integration

HELLO = "您好，这里是反诈骗中心。"
LONG = "请您马上停止转账，不要提供验证码，我们的民警会给您打电话。" * 10


@pytest.fixture
async def synthesizer() -> AsyncIterator[Synthesizer]:
    async with open_synthesizer(SpeechSettings()) as synthesizer:
        yield synthesizer


def _loudest(path: Path) -> tuple[int, int]:
    """Peak and milliseconds."""
    with wave.open(str(path), "rb") as audio:
        assert (audio.getnchannels(), audio.getsampwidth(), audio.getframerate()) == (1, 2, 22050)
        samples = np.frombuffer(audio.readframes(audio.getnframes()), "<i2").astype(int)
    return int(np.max(np.abs(samples))), samples.size * 1000 // 22050


async def _until_gone(pid: int) -> None:
    while Path(f"/proc/{pid}").exists() and "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text():
        await asyncio.sleep(0.01)


async def test_a_hundred_mixed_sentences_all_come_out_whole(synthesizer: Synthesizer, tmp_path: Path) -> None:
    sentences = [HELLO, "是的。", "请马上停止转账！", "您转了多少钱？", "他让我共享屏幕。"]
    voices = (ROBOT, PLAIN, OFFICER, *CITIZENS)
    rates = (120, 160, 180, 220)

    for n in range(100):
        sentence, path = sentences[n % 5], tmp_path / f"{n}.wav"
        ms = await synthesizer.say(
            sentence, path, voice=voices[n % 6], rate_wpm=rates[n % 4], pitch=(30, 50, 70)[n % 3]
        )
        peak, length = _loudest(path)
        assert peak > 3000, n
        assert length == ms
        assert 100 * len(sentence) < ms < 800 * len(sentence), n

    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".wav"] * 100


async def test_many_callers_at_once_each_get_their_own_sentence(synthesizer: Synthesizer, tmp_path: Path) -> None:
    lengths = await asyncio.gather(
        *(synthesizer.say("好" * (n + 1), tmp_path / f"{n}.wav") for n in range(12)),
    )

    assert lengths == sorted(lengths)
    assert [_loudest(tmp_path / f"{n}.wav")[1] for n in range(12)] == lengths


async def test_rate_and_pitch_and_voice_of_one_sentence_do_not_leak_into_the_next(
    synthesizer: Synthesizer, tmp_path: Path
) -> None:
    path = tmp_path / "a.wav"
    before = await synthesizer.say(HELLO, path)
    await synthesizer.say(HELLO, path, rate_wpm=260, pitch=90, voice="sit/cmn+robosoft")
    after = await synthesizer.say(HELLO, path)

    assert after == pytest.approx(before, rel=0.02)


async def test_a_killed_process_is_replaced_in_the_middle_of_a_sentence(
    synthesizer: Synthesizer, tmp_path: Path
) -> None:
    await synthesizer.warm_up()
    first = synthesizer.pid
    assert first

    saying = asyncio.create_task(synthesizer.say(LONG, tmp_path / "a.wav"))
    await asyncio.sleep(0)  # the order is on its way
    os.kill(first, signal.SIGKILL)

    assert await saying > 60_000
    assert synthesizer.pid not in (None, first)
    assert await synthesizer.say(HELLO, tmp_path / "b.wav") > 1000


async def test_a_process_that_hangs_is_replaced(tmp_path: Path) -> None:
    async with open_synthesizer(SpeechSettings(sentence_seconds=1.0)) as synthesizer:
        await synthesizer.warm_up()
        first = synthesizer.pid
        assert first
        os.kill(first, signal.SIGSTOP)

        assert await synthesizer.say(HELLO, tmp_path / "a.wav") > 1000
        assert synthesizer.pid != first
        await _until_gone(first)


async def test_a_caller_who_gives_up_leaves_the_next_one_his_own_answer(
    synthesizer: Synthesizer, tmp_path: Path
) -> None:
    await synthesizer.warm_up()
    saying = asyncio.create_task(synthesizer.say(LONG, tmp_path / "long.wav"))
    await asyncio.sleep(0)
    saying.cancel()
    await asyncio.gather(saying, return_exceptions=True)

    assert saying.cancelled()
    assert await synthesizer.say("好的。", tmp_path / "short.wav") < 2000


async def test_the_process_leaves_with_the_block(tmp_path: Path) -> None:
    async with open_synthesizer(SpeechSettings()) as synthesizer:
        await synthesizer.say(HELLO, tmp_path / "a.wav")
        pid = synthesizer.pid
        assert pid

    assert synthesizer.pid is None
    await _until_gone(pid)
    with pytest.raises(SpeechDown, match="closed"):
        await synthesizer.say(HELLO, tmp_path / "b.wav")


async def test_the_process_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import asyncio; from voice.tts.synthesizer import *; from voice.tts.settings import *\n"
        "async def main():\n"
        "    s = Synthesizer(SpeechSettings()); await s.warm_up(); print(s.pid, flush=True); await asyncio.sleep(60)\n"
        "asyncio.run(main())",
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout
    lines = [await parent.stdout.readline(), await parent.stdout.readline()]  # the log line, the pid
    pid = next(int(line) for line in lines if line.strip().isdigit())
    parent.kill()
    await parent.wait()

    await _until_gone(pid)


async def test_a_control_c_in_the_terminal_does_not_reach_the_process(synthesizer: Synthesizer) -> None:
    await synthesizer.warm_up()

    assert synthesizer.pid
    assert os.getsid(synthesizer.pid) != os.getsid(0)


@pytest.mark.parametrize("voice", ["sit/cmn+nobody", "nobody", "cmn"])
async def test_an_unknown_voice_is_not_silently_another_one(
    synthesizer: Synthesizer, tmp_path: Path, voice: str
) -> None:
    with pytest.raises(SpeechDown, match=r"speech\.voice"):
        await synthesizer.say(HELLO, tmp_path / "a.wav", voice=voice)

    assert await synthesizer.say(HELLO, tmp_path / "a.wav") > 1000


async def test_hanzi_that_the_voice_would_spell_in_english_are_refused(
    synthesizer: Synthesizer, tmp_path: Path
) -> None:
    with pytest.raises(Unspeakable, match="English"):
        await synthesizer.say("邛崃到了。", tmp_path / "a.wav")

    assert not (tmp_path / "a.wav").exists()


async def test_every_word_of_the_respelling_tables_is_read_in_mandarin(
    synthesizer: Synthesizer, tmp_path: Path
) -> None:
    for word in WORDS | HANZI:
        assert await synthesizer.say(f"{word}。", tmp_path / "a.wav") > 200, word


async def test_a_rate_that_nobody_understands_is_refused(synthesizer: Synthesizer, tmp_path: Path) -> None:
    with pytest.raises(Unspeakable, match="words per minute"):
        await synthesizer.say(HELLO, tmp_path / "a.wav", rate_wpm=400)


async def test_a_folder_that_is_not_there_is_told_and_the_next_sentence_works(
    synthesizer: Synthesizer, tmp_path: Path
) -> None:
    with pytest.raises(PromptsNotStored, match="No such file or directory"):
        await synthesizer.say(HELLO, tmp_path / "nowhere" / "a.wav")

    assert await synthesizer.say(HELLO, tmp_path / "a.wav") > 1000


async def test_a_full_disk_is_told_and_leaves_no_half_file(synthesizer: Synthesizer, tmp_path: Path) -> None:
    (tmp_path / "a.wav.part").symlink_to("/dev/full")

    with pytest.raises(PromptsNotStored, match="No space left on device"):
        await synthesizer.say(HELLO, tmp_path / "a.wav")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (SpeechSettings(espeak_library="/nowhere/libespeak-ng.so.1"), "cannot load"),
        (SpeechSettings(espeak_data="/nowhere"), "no espeak-ng data"),
    ],
)
async def test_a_wrong_library_is_told_and_then_there_is_a_rest(
    settings: SpeechSettings, reason: str, tmp_path: Path
) -> None:
    async with open_synthesizer(settings) as synthesizer:
        with pytest.raises(SpeechDown, match=reason):
            await synthesizer.say(HELLO, tmp_path / "a.wav")
        with pytest.raises(SpeechDown, match="does not answer"):
            await synthesizer.say(HELLO, tmp_path / "a.wav")

        assert synthesizer.pid is None


async def test_another_library_by_option_is_the_one_that_speaks(tmp_path: Path) -> None:
    library = tmp_path / "libespeak-ng.so.1"
    library.write_bytes(Path(espeakng_loader.get_library_path()).read_bytes())
    settings = SpeechSettings(espeak_library=str(library), espeak_data=espeakng_loader.get_data_path())

    async with open_synthesizer(settings) as synthesizer:
        assert await synthesizer.say(HELLO, tmp_path / "a.wav") > 1000
        maps = Path(f"/proc/{synthesizer.pid}/maps").read_text()

    assert str(library) in maps
    assert espeakng_loader.get_library_path() not in maps


def test_nothing_but_replies_comes_out_of_the_process(tmp_path: Path) -> None:
    order = {
        "number": 1,
        "text": "您好。",
        "path": str(tmp_path / "a.wav"),
        "voice": PLAIN,
        "rate_wpm": 160,
        "pitch": 50,
    }

    done = subprocess.run(
        [sys.executable, "-m", "voice.tts.speech"],
        input=json.dumps(order).encode() + b"\n",
        capture_output=True,
        check=True,
    )

    assert [json.loads(line)["type"] for line in done.stdout.splitlines()] == ["ready", "spoken"]
    assert done.stderr == b""
