"""What scripts sound like here: the one place that gives the gate ears, and the command line a mouth."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from dialer.mouth import Mouth
from dialer.settings import Settings
from voice.script.gate import Sound
from voice.tts.keeping import RecordedSentences
from voice.tts.prompts import PromptCache
from voice.tts.recorded import listened
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import open_synthesizer

SOUND = Sound(listen=listened)


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
