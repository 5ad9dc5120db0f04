"""Orders for a call, as the daemon would give them: the real flight refund script, and prompts that are files of silence."""

from collections.abc import Mapping
from dataclasses import replace as replace_step
from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tests.fakes.phone import write_silence
from voice.messages import Conduct, FallbackOfficer, RingOfficer
from voice.ports import Prompt, Trunk
from voice.script.loader import load
from voice.script.model import Script
from voice.script.speak import spoken

SCRIPTS = Path(__file__).parents[1] / "scripts"
VALUES = {"centre": "拉萨市反诈骗中心", "call_back": "96110"}


@cache
def flight_refund() -> Script:
    return spoken(load(SCRIPTS / "flight_refund.yaml", SCRIPTS / "shared"), VALUES)


def prompts_in(folder: Path, script: Script) -> Mapping[str, Prompt]:
    """A file for every sentence; what is in it is silence."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for number, sentence in enumerate(script.sentences.values()):
        path = folder / f"{number}.wav"
        write_silence(path, 1600)
        made[sentence.id] = Prompt(sentence.text, str(path), 200)
    return made


def brief_in(folder: Path) -> Prompt:
    folder.mkdir(parents=True, exist_ok=True)
    write_silence(folder / "brief.wav", 1600)
    return Prompt("机票退改签，已转九十九万。", str(folder / "brief.wav"), 200)


def order_for(folder: Path, **changes: Any) -> Conduct:
    """Conduct a call, with recordings and prompts in this folder. `changes` are fields of it."""
    recordings = folder / "recordings"
    recordings.mkdir(parents=True, exist_ok=True)
    script = flight_refund()
    order = Conduct(
        attempt="attempt-1",
        call_id="call-1",
        uri="sip:13800138000@127.0.0.1",
        trunk=Trunk(),
        ring_seconds=30.0,
        max_call_seconds=300.0,
        script=script,
        prompts=prompts_in(folder / "prompts", script),
        recording_dir=str(recordings),
    )
    return replace(order, **changes)


def hasty(script: Script) -> Script:
    """The same talk with somebody whose silence is not waited for."""
    steps = {name: replace_step(step, wait_ms=400) for name, step in script.steps.items()}
    return replace_step(script, steps=steps, greeting_ms=200)


def ring_order(escalation: str, brief: Prompt, **changes: Any) -> RingOfficer:
    order = RingOfficer(
        escalation=escalation,
        call_id=f"call-{escalation}",
        uri=f"sip:{escalation}@127.0.0.1",
        trunk=Trunk(),
        brief=brief,
        ring_seconds=30.0,
        accept_seconds=30.0,
    )
    return replace(order, **changes)


def fallback_in(folder: Path) -> FallbackOfficer:
    return FallbackOfficer("sip:fallback@127.0.0.1", Trunk(), brief_in(folder))
