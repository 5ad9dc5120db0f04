"""`quanzu scripts rehearse --aloud`: the written conversations by ear.

Rule 1: a rehearsal that does not come out in text is not spoken; its script is put right first.
Rule 2: good enough is: help was wanted in every rehearsal in which somebody in danger must get it, and nine of ten came out as
        written. A misheard word is a matter for the ears and for wordings; a lost call for help is not.
"""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.text import Text

from dialer.desk.scriptfiles import rehearse_codes
from dialer.settings import Settings
from dialer.sounding import speech_of
from voice.asr.catalogue import find_model
from voice.asr.recognizer import load_model
from voice.script.gate import Examined
from voice.script.knowledge import FOLDER, examine_knowledge
from voice.script.speak import spoken
from voice.script.variables import EXAMPLES
from voice.understanding import understand
from voice.understanding.intents import URGENT
from voice.workers.rehearsed import Aloud, open_line

LEAST = 0.9  # of the rehearsals come out by ear
FORMAT = 1


def good_enough(heard: Sequence[Aloud]) -> bool:
    """See rule 2."""
    came_out = sum(each.result.passed for each in heard)
    return bool(heard) and came_out >= LEAST * len(heard) and not any(unhelped(each) for each in heard)


def unhelped(aloud: Aloud) -> bool:
    """Must somebody in danger get an officer here, and did none come to be wanted?"""
    wanted = set(aloud.result.rehearsal.expect.officer) & URGENT
    return bool(wanted) and not aloud.result.wanted


async def rehearse_aloud(settings: Settings, codes: Sequence[str], console: Console) -> tuple[list[Aloud], int]:
    """Every rehearsal of these scripts that comes out in text, by ear; and how many do not. Raises NoSuchScript, SpeechDown."""
    directory = Path(settings.scripts.dir)
    examined, _ = rehearse_codes(directory, codes)
    heard = await play_aloud(settings, examined, console)
    return heard, sum(len(each.failed) for each in examined)


async def play_aloud(settings: Settings, examined: Sequence[Examined], console: Console) -> list[Aloud]:
    """Those that passed in text, by ear."""
    understanding = partial(understand, knowledge=examine_knowledge(Path(settings.scripts.dir) / FOLDER)[0])
    model = load_model(find_model(settings.speech.model_dir))
    pairs = [
        (spoken(each.script, EXAMPLES), result.rehearsal)
        for each in examined
        if each.script is not None
        for result in each.results
        if result.passed
    ]
    heard: list[Aloud] = []
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    async with open_line(model, speech_of(settings), understanding) as line:
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("speaking and hearing", total=len(pairs))
            for script, rehearsal in pairs:
                heard.append(await line.rehearse(script, rehearsal))
                progress.advance(task)
    return heard


def show(heard: Sequence[Aloud], unspoken: int, console: Console) -> None:
    """Which came out, and of the others what was heard."""
    for each in heard:
        rehearsal = each.result.rehearsal
        what = f"{rehearsal.script}: {rehearsal.persona or '-'}: {rehearsal.it}"
        if each.result.passed:
            console.print(Text(f"✓ {what}", style="green"), soft_wrap=True)
            continue
        console.print(Text(f"✗ {what}", style="bold red" if unhelped(each) else "yellow"), soft_wrap=True)
        for fault in each.result.faults:
            console.print(Text(f"    {fault}"), soft_wrap=True)
        for said, recognised in each.heard.items():
            mark = " (as written: the voice cannot say it)" if said in each.as_written else ""
            console.print(Text(f"    said {said} · heard {recognised or 'nothing'}{mark}", style="dim"), soft_wrap=True)
    came_out, lost = sum(each.result.passed for each in heard), sum(unhelped(each) for each in heard)
    told = f"{came_out} of {len(heard)} rehearsals come out by ear, {lost} calls for help lost"
    missing = f"; {unspoken} do not come out in text and were not spoken" if unspoken else ""
    console.print(f"{told}{missing}", highlight=False, soft_wrap=True)


def as_json(heard: Sequence[Aloud], unspoken: int) -> str:
    """For programs. Fields are added, never renamed or removed."""
    rehearsals = [
        {
            "script": each.result.rehearsal.script,
            "it": each.result.rehearsal.it,
            "persona": each.result.rehearsal.persona,
            "ok": each.result.passed,
            "help_lost": unhelped(each),
            "faults": list(each.result.faults),
            "heard": dict(each.heard),
            "as_written": sorted(each.as_written),
        }
        for each in heard
    ]
    ok = good_enough(heard) and not unspoken
    return json.dumps(
        {"v": FORMAT, "ok": ok, "unspoken": unspoken, "rehearsals": rehearsals}, ensure_ascii=False, indent=2
    )
