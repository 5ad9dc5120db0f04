"""A conversation in the terminal: what is typed or recorded is understood as in a call, and the way is explained."""

from collections.abc import Iterable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from dialer.desk.talking import Setting, talk
from dialer.settings import ScriptSettings, Settings
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import open_synthesizer
from voice.tts.voices import CITIZEN_MAN

pytestmark = pytest.mark.integration

SCRIPTS = Path(__file__).parents[3] / "scripts"
FLIGHT = Setting("flight_refund")
SETTINGS = Settings(scripts=ScriptSettings(str(SCRIPTS)))


async def shown(lines: Iterable[str], setting: Setting = FLIGHT) -> list[str]:
    written = StringIO()
    await talk(SETTINGS, setting, lines, Console(file=written, width=400))
    return [line.strip() for line in written.getvalue().splitlines()]


async def test_a_talk_shows_what_was_understood_where_it_leads_and_why() -> None:
    told = await shown(["喂", "有的", "(interrupts) 我正在转账", "(officer accepts)", "(hangup)"])

    assert "[asked] 您好，我是拉萨市反诈骗中心智能助手，通话有录音。" in "".join(told)
    assert "'affirm' is a reply of 'asked' → warn > paid_yet" in told
    assert any(line.startswith("understood: transferring_now 1.00, because of money") for line in told)
    assert "'transferring_now' is urgent → stop_now" in told
    assert "an officer accepted → no new step (bridged)" in told
    assert told[-3:] == [
        "the call is over; conclusion: handed_over",
        "officer wanted for: transferring_now",
        "transferring_now: yes",
    ]


async def test_silence_keys_and_mumbling_climb_their_ladders() -> None:
    told = await shown(["", "嘎嘎乌拉", "", "(press 1)", "(no officer)"])

    assert "nobody said 喂, so we begin → opening > asked" in told
    assert "means nothing here, rung 1 of 'no_match' → asked" in told
    assert "silence, rung 1 of 'no_input' → hello_there > asked" in told
    assert "key 1, the officer's → ask_officer" in told
    assert any(line.startswith("no officer came → ") for line in told)


async def test_a_mistyped_cue_is_told_and_costs_nothing() -> None:
    told = await shown(["(silense)", "(hangup)"])

    assert any("nobody can do '(silense)'; did you mean '(silence)'?" in line for line in told)
    assert "the person hung up → no new step (ended)" in told


async def test_when_the_lines_end_he_hangs_up() -> None:
    assert "the person hung up → no new step (ended)" in await shown(["喂"])


async def test_an_ending_is_said_before_the_call_is_over() -> None:
    told = await shown(["喂", "没有", "没有"])

    assert "the call is over; conclusion: denies" in told


async def test_a_recording_is_recognised_and_understood(tmp_path: Path) -> None:
    async with open_synthesizer(SpeechSettings()) as synthesizer:
        await synthesizer.say("转人工", tmp_path / "reply.wav", voice=CITIZEN_MAN)

    told = await shown(["喂", str(tmp_path / "reply.wav"), str(tmp_path / "gone.wav")])

    assert any(line.startswith("recognised: 转人工") for line in told)
    assert "'want_human' at any question → ask_officer" in told
    assert any("gone.wav: cannot be read: No such file or directory" in line for line in told)


async def test_a_group_hears_its_own_script() -> None:
    told = await shown(["喂"], Setting("flight_refund", "minor"))

    assert any("能请家里大人来听电话吗" in line for line in told)
