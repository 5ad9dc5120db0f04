"""What scripts sound like here: the one place that gives the gate ears, and the command line a mouth."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from dialer.settings import Settings
from dialer.versions.mouth import Mouth
from voice.errors import SpeechDown
from voice.script.gate import Sound
from voice.tts.durations import Durations
from voice.tts.keeping import RecordedSentences
from voice.tts.prompts import PromptCache
from voice.tts.recorded import listened
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import open_synthesizer

T = TypeVar("T")
SOUND = Sound(listen=listened)  # lengths are estimated


def speech_of(settings: Settings) -> SpeechSettings:
    """How the robot speaks."""
    return SpeechSettings(
        voice=settings.speech.voice,
        rate_wpm=settings.speech.rate_wpm,
        espeak_library=settings.speech.espeak_library,
        espeak_data=settings.speech.espeak_data,
    )


def recorded_sentences(settings: Settings) -> RecordedSentences:
    """What people recorded, kept for the calls of this node."""
    return RecordedSentences((settings.data_dir / "recorded").resolve(), Path(settings.scripts.dir))


@asynccontextmanager
async def open_mouth(settings: Settings) -> AsyncIterator[Mouth]:
    """A mouth over the prompts that calls on this machine play, with a speech process of its own."""
    speech = speech_of(settings)
    async with open_synthesizer(speech) as synthesizer:
        cache = PromptCache((settings.data_dir / "prompts").resolve(), synthesizer, speech)
        yield Mouth(cache, recorded_sentences(settings))


async def heard(settings: Settings, work: Callable[[Sound], T], console: Console) -> T:
    """Do this with lengths as the voice has them. What was never measured is rendered, with a bar, and the work done again."""
    speech = speech_of(settings)
    durations = Durations(settings.data_dir / "durations.json", speech)
    sound = Sound(listened, durations.seconds)
    found = work(sound)
    if not durations.unknown:
        return found
    try:
        async with open_mouth(settings) as mouth:
            with bar(console, "measuring sentences") as told:
                await durations.measure(mouth.voice, told)
    except SpeechDown as fault:
        console.print(f"lengths are estimated: {fault}", style="yellow", highlight=False, soft_wrap=True)
        return found
    return work(sound)


@contextmanager
def bar(console: Console, what: str) -> Iterator[Callable[[int, int], None]]:
    """Progress on a terminal, told as (ready, all)."""
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda ready, total: progress.update(task, completed=ready, total=total)
