"""`quanzu scripts say`: what a phone would play, as A-law files, with its seconds.

Rule: the prompts are those of calls, from the same cache; only the wire's coding is added.
"""

import asyncio
import shutil
import wave
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from dialer.desk.drafts import draft_of
from dialer.errors import NoPlayer, NoSuchScript, NotWritten
from dialer.settings import Settings
from dialer.sounding import open_mouth
from voice.line import alaw_wav
from voice.ports import SAMPLE_RATE, Prompt
from voice.script.model import Script, Step
from voice.script.source import did_you_mean

PLAYERS: Sequence[Sequence[str]] = (
    ("paplay",),
    ("pw-play",),
    ("aplay", "-q"),
    ("play", "-q"),
    ("ffplay", "-loglevel", "error", "-nodisp", "-autoexit"),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be heard."""

    code: str
    step: str = ""  # empty: all
    group: str = ""
    out: Path | None = None
    play: bool = False


async def say(settings: Settings, wish: Wish, console: Console) -> None:
    """One step, or all of them. Raises NoSuchScript, ScriptFault, NoPlayer, NotWritten, and what rendering raises."""
    script = draft_of(settings, wish.code, wish.group)
    steps = _chosen(script, wish.step)
    player = _player() if wish.play else ()
    if not wish.step and (wish.play or (wish.out and _is_file(wish.out))):
        raise NoSuchScript("name the step that is to be heard; without a step, --out is a folder for all of them")
    needed = {sentence for step in steps for sentence in (*step.say, *step.hold)}
    spoken = replace(script, sentences={name: script.sentences[name] for name in sorted(needed)})
    async with open_mouth(settings) as mouth:
        with console.status("rendering"):
            prompts = await mouth.of(spoken)
    out = wish.out or settings.data_dir / "say" / ".".join(filter(None, (wish.code, wish.group)))
    written = [await asyncio.to_thread(_written, step, prompts, out) for step in steps]
    for step, path in zip(steps, written, strict=True):
        _show(step, prompts, path, console)
    if player:
        process = await asyncio.create_subprocess_exec(*player, str(written[0]))
        await process.wait()


def _chosen(script: Script, name: str) -> list[Step]:
    if not name:
        return list(script.steps.values())
    if name not in script.steps:
        raise NoSuchScript(f"script '{script.code}' has no step '{name}'{did_you_mean(name, script.steps)}")
    return [script.steps[name]]


def _player() -> Sequence[str]:
    for player in PLAYERS:
        if shutil.which(player[0]):
            return player
    raise NoPlayer


def _is_file(out: Path) -> bool:
    return out.suffix.lower() == ".wav"


def _written(step: Step, prompts: Mapping[str, Prompt], out: Path) -> Path:
    """The step in one file, and beside it, in a folder, each of its sentences; where the step lies."""
    name = step.name.replace(":", "_")
    whole = out if _is_file(out) else out / f"{name}.wav"
    try:
        whole.parent.mkdir(parents=True, exist_ok=True)
        spoken = {sentence: _pcm(prompts[sentence]) for sentence in (*step.say, *step.hold)}
        whole.write_bytes(alaw_wav(b"".join(spoken[sentence] for sentence in step.say), SAMPLE_RATE))
        if whole is not out:
            for label, sentence in _labelled(step):
                (out / f"{name}.{label}.wav").write_bytes(alaw_wav(spoken[sentence], SAMPLE_RATE))
    except OSError as refusal:
        raise NotWritten(f"{out} cannot be written: {refusal.strerror}") from None
    return whole


def _pcm(prompt: Prompt) -> bytes:
    with wave.open(prompt.path, "rb") as audio:
        return audio.readframes(audio.getnframes())


def _labelled(step: Step) -> Iterator[tuple[str, str]]:
    yield from ((f"{number}", sentence) for number, sentence in enumerate(step.say, 1))
    yield from ((f"hold.{number}", sentence) for number, sentence in enumerate(step.hold, 1))


def _show(step: Step, prompts: Mapping[str, Prompt], path: Path, console: Console) -> None:
    seconds = sum(prompts[sentence].ms for sentence in step.say) / 1000
    console.print(Text(f"{step.name}  {seconds:.1f} s  {path}", style="bold"), soft_wrap=True)
    for label, sentence in _labelled(step):
        prompt = prompts[sentence]
        console.print(Text(f"  {label:>6}  {prompt.ms / 1000:4.1f} s  {prompt.text}"), soft_wrap=True)
