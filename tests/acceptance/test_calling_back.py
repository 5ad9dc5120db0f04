"""A talk that breaks off is taken up within ten seconds, once, with real processes: workers and daemons killed, audio that stops.

Rings are counted at the far end, and what is heard there is looked for in the sound.
"""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import REPOSITORY, Daemon
from tests.onescript import READY_SECONDS, one_script
from tests.sipp import until
from tests.sound import find
from tests.stage import NUMBER, OTHER_NUMBER, Scene, kill, moment
from tests.telephone import read_wav
from voice.script.loader import load_all
from voice.script.speak import spoken
from voice.sip.flow import GONE_SECONDS, STEADY_SECONDS
from voice.tts.prompts import PromptCache
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import open_synthesizer

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(240)]
RINGS_WITHIN = timedelta(seconds=10)
SAFE_GAP = timedelta(seconds=120)  # of grade 高
LINE_BROKE = "刚才电话断了"


def rung_back_once(scene: Scene) -> dict[str, Any]:
    """The attempt that took the first one up; both seen at the far end."""
    assert len(scene.citizen.invites(NUMBER)) == 2
    first, back = scene.attempts()[:2]
    assert (first["resumes"], back["resumes"]) == ("", first["id"])
    assert moment(back["dialled_at"]) - moment(first["ended_at"]) <= RINGS_WITHIN
    assert scene.times("gap_overridden", back) == 1
    return back


async def the_next_one_is_rung(scene: Scene) -> None:
    await scene.alert(OTHER_NUMBER)
    (await scene.citizen.invited(OTHER_NUMBER)).declines()
    await scene.attempt_is("ended", OTHER_NUMBER)


async def test_a_talk_whose_worker_is_killed_is_taken_up_once_and_never_again(scene: Scene) -> None:
    await scene.answered()
    worker = await scene.in_talk()
    kill(worker)
    await scene.attempt_is("lost", seconds=3)
    call = await scene.citizen.invited(NUMBER)
    call.rings()
    await call.answers()
    back = await scene.attempt_is("answered")
    opening = "SELECT * FROM turns WHERE attempt_id = ?"
    [turn] = await scene.daemon.until_rows(opening, back["id"])
    assert turn["said"].startswith(LINE_BROKE)

    kill(int(back["worker_pid"]))
    await scene.daemon.until_rows("SELECT 1 FROM attempts WHERE id = ? AND state = 'lost'", back["id"])
    await scene.a_worker_is_warm()
    await the_next_one_is_rung(scene)

    rung_back_once(scene)
    due = scene.pending()
    assert due is not None
    assert due["resumes"] == ""
    assert moment(due["due_at"]) >= moment(scene.attempts()[1]["ended_at"]) + SAFE_GAP, "now the gap holds"
    assert scene.open_work() == {"officer_call": "may_have_rung"}


async def test_so_is_one_whose_worker_and_daemon_are_killed(scene: Scene) -> None:
    await scene.answered()
    worker = await scene.in_talk()
    await scene.daemon.kill()
    kill(worker)
    await scene.daemon.start()
    (await scene.citizen.invited(NUMBER)).declines()
    await scene.attempt_is("ended")
    await the_next_one_is_rung(scene)

    rung_back_once(scene)


async def test_a_talk_whose_audio_stops_is_taken_up(scene: Scene) -> None:
    call = await scene.answered()
    await scene.daemon.until_rows("SELECT 1 FROM turns")  # the opening is being said
    loop = asyncio.get_running_loop()
    steady = asyncio.Event()
    loop.call_later(STEADY_SECONDS + 1, steady.set)
    await steady.wait()
    call.falls_silent()
    await call.is_ended(seconds=GONE_SECONDS + 4)
    (await scene.citizen.invited(NUMBER)).declines()
    await until(lambda: sum(row["state"] == "ended" for row in scene.attempts()) == 2)

    rung_back_once(scene)
    assert (scene.attempts()[0]["cause"], scene.attempts()[0]["outcome"]) == ("dropped", "cut_off")


@pytest.mark.parametrize(("q850", "rung"), [(41, 2), (16, 1)])
async def test_a_bye_of_the_network_is_answered_with_a_call_and_that_of_a_person_is_not(
    scene: Scene, q850: int, rung: int
) -> None:
    call = await scene.answered()
    await scene.daemon.until_rows("SELECT 1 FROM turns")
    call.hangs_up(q850)
    await scene.attempt_is("ended")
    if rung > 1:
        (await scene.citizen.invited(NUMBER)).declines()
    await the_next_one_is_rung(scene)

    assert len(scene.citizen.invites(NUMBER)) == rung


# --- with somebody who answers


@asynccontextmanager
async def citizen(folder: Path) -> AsyncIterator[int]:
    """The telephone of somebody who listens and promises; its port."""
    folder.mkdir()
    with (folder / "log").open("wb") as log:
        phone = await asyncio.create_subprocess_exec(
            *(
                sys.executable,
                "-m",
                "voice.phones.citizen",
                "--role",
                "promises",
                "--record",
                str(folder),
                "--seed",
                "5",
            ),
            cwd=REPOSITORY,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    try:
        assert phone.stdout is not None
        ready = (await asyncio.wait_for(phone.stdout.readline(), 60)).split()
        assert ready[:1] == [b"ready"]
        yield int(ready[1])
    finally:
        phone.terminate()
        await phone.wait()


async def prompts_of(daemon: Daemon, *beginnings: str) -> list[Path]:
    """The rendered sentences that begin so."""
    script = load_all(REPOSITORY / "scripts")[0]["flight_refund"]
    said = spoken(script, {"centre": "拉萨市反诈骗中心", "call_back": "96110"})
    texts = [next(s.text for s in said.sentences.values() if s.text.startswith(each)) for each in beginnings]
    speech = SpeechSettings()
    async with open_synthesizer(speech) as synthesizer:
        found = await PromptCache(daemon.data / "prompts", synthesizer, speech).render(texts, script.rate_wpm)
    return [Path(found[text].path) for text in texts]


async def test_who_answers_hears_that_the_line_broke_and_the_talk_goes_on_to_its_end(
    tmp_path: Path, prompts: Path
) -> None:
    phone = tmp_path / "phone"
    async with citizen(phone) as port:
        daemon = Daemon(
            tmp_path,
            trunk=f"127.0.0.1:{port}",
            ready_seconds=READY_SECONDS,
            scripts={"dir": str(one_script(tmp_path / "scripts"))},
            sip={"ring_seconds": 8, "max_call_seconds": 90},
        )
        shutil.copytree(prompts, daemon.data / "prompts")
        async with daemon:
            await daemon.alert(NUMBER)
            await daemon.until_rows("SELECT 1 FROM turns WHERE step = 'asked' AND heard <> ''", seconds=40)
            [talk] = daemon.rows("SELECT * FROM attempts WHERE progress = 'answered'")
            kill(int(talk["worker_pid"]))
            [back] = await daemon.until_rows(
                "SELECT * FROM attempts WHERE resumes <> '' AND state = 'ended'", seconds=120
            )
            broke, question = await prompts_of(daemon, LINE_BROKE, "请问您近期")

    assert back["resumes"] == talk["id"]
    assert back["conclusion"] == "promised"
    [dropped] = read_wav(phone / "heard.wav")
    [heard] = read_wav(phone / "heard-2.wav")
    assert find(read_wav(broke)[0], heard).there
    assert find(read_wav(question)[0], dropped).there
    assert find(read_wav(question)[0], heard).absent, "what he has answered is not asked again"
