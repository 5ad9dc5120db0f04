"""Whole calls: one worker, real SIP and RTP on loopback, real speech both ways, simulated people in processes of their own."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.orders import VALUES, flight_refund, ring_order
from tests.processes import is_running
from tests.sipp import until
from tests.telephone import read_wav
from tests.workhouse import Workhouse, told, workhouse
from voice.messages import Conduct, OfficerWanted, Ready, Reported
from voice.ports import Prompt, Trunk
from voice.report import CallReport, Conclusion, HangupCause, Rang
from voice.tts.prompts import PromptCache
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import open_synthesizer
from voice.workers.pool import WorkerLink

pytestmark = pytest.mark.integration

SEED = "5"
BRIEF = "机票退改签，已转九十九万。"
START_SECONDS = 30
LONGEST_CALL_SECONDS = 75
LONGEST_GAP_MS = 1500


@asynccontextmanager
async def simulated(kind: str, record: Path, *options: str) -> AsyncIterator[int]:
    """A simulated person's telephone; its port."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"voice.phones.{kind}", "--port", "0", "--seed", SEED, "--record", str(record)),
        *options,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(START_SECONDS):
        ready = await process.stdout.readline()
    try:
        yield int(ready.removeprefix(b"ready "))
    finally:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(START_SECONDS):
            await process.wait()


async def rendered(folder: Path) -> dict[str, Prompt]:
    """Every sentence of the script, and the brief under its own text."""
    script = flight_refund()
    async with open_synthesizer(SpeechSettings()) as synthesizer:
        cache = PromptCache(folder, synthesizer, SpeechSettings())
        spoken = await cache.render([sentence.text for sentence in script.sentences.values()], script.rate_wpm)
        brief = await cache.render([BRIEF], 190)
    return {**{sentence.id: spoken[sentence.text] for sentence in script.sentences.values()}, **brief}


def order_to(house: Workhouse, port: int, prompts: dict[str, Prompt]) -> Conduct:
    recordings = house.folder / "recordings"
    recordings.mkdir()
    return Conduct(
        attempt="attempt-1",
        call_id="call-1",
        uri=f"sip:13800138000@127.0.0.1:{port}",
        trunk=Trunk(caller_id=VALUES["call_back"]),
        ring_seconds=20.0,
        max_call_seconds=120.0,
        script=flight_refund(),
        prompts=prompts,
        recording_dir=str(recordings),
    )


async def end_of(link: WorkerLink) -> CallReport:
    async with asyncio.timeout(LONGEST_CALL_SECONDS):
        while True:
            message = await link.receive()
            if isinstance(message, Reported):
                return message.report


def sound(report: CallReport) -> None:
    """What holds for every answered call with somebody who speaks."""
    assert (report.cause, report.rang, report.sip_code) == (HangupCause.NORMAL, Rang.YES, 200)
    sent, heard = read_wav(Path(report.recordings.stereo))
    assert min(abs(sent).max(), abs(heard).max()) > 3000, "both sides are on the tape"
    gaps = [turn.reply_gap_ms for turn in report.turns if turn.reply_gap_ms is not None]
    assert gaps
    assert max(gaps) < LONGEST_GAP_MS


@pytest.mark.timeout(150)
async def test_somebody_listens_and_promises(tmp_path: Path) -> None:
    prompts = await rendered(tmp_path / "prompts")
    async with (
        simulated("citizen", tmp_path / "citizen", "--role", "promises") as port,
        workhouse(tmp_path, warm=1, most=1) as house,
    ):
        link = await house.pool.take()
        link.send(order_to(house, port, prompts))
        report = await end_of(link)
        await told(link, Ready)
        house.pool.give_back(link, usable=True)

    sound(report)
    assert report.conclusion is Conclusion.PROMISED
    steps = [turn.step for turn in report.turns if turn.said]
    # Who says no more than 好的 is asked once more before it is a promise.
    assert [step for step in steps if step != "promise.confirm"] == ["asked", "paid_yet", "promise", "promise.promised"]
    assert all(turn.said_to_end for turn in report.turns)
    assert report.facts.get("promised") == "yes" or "promise.confirm" in steps


@pytest.mark.timeout(150)
async def test_somebody_who_has_paid_is_connected_with_an_officer(tmp_path: Path) -> None:
    prompts = await rendered(tmp_path / "prompts")
    async with (
        simulated("citizen", tmp_path / "citizen", "--role", "transferred") as port,
        simulated("officer", tmp_path / "officer") as officer,
        workhouse(tmp_path, warm=1, most=1) as house,
    ):
        link = await house.pool.take()
        link.send(order_to(house, port, prompts))
        wanted = await told(link, OfficerWanted)
        link.send(ring_order("e1", prompts[BRIEF], uri=f"sip:officer@127.0.0.1:{officer}"))
        report = await end_of(link)
        pid = link.pid
        house.pool.give_back(link, usable=False)
        await until(lambda: not is_running(pid))

    sound(report)
    assert (wanted.reason, dict(wanted.facts)) == ("transferred", {"transferred": "yes", "amount_yuan": "990000"})
    assert report.conclusion is Conclusion.HANDED_OVER
    (part,) = report.officers
    assert part.brief_heard_to_end
    times = [report.answered_at, part.answered_at, part.accepted_at, part.bridged_at, part.ended_at, report.ended_at]
    assert times == sorted(time for time in times if time is not None)
    (brief,) = read_wav(Path(report.recordings.brief))
    assert abs(brief).max() > 3000
