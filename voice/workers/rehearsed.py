"""Rehearsals aloud: what the person says is spoken, sent down a noisy line and recognised before it is understood.

Rule 1: only his words go through the recogniser. Our prompts are not played to it, and time is not simulated: what is cut short
        is cut where the rehearsal says so.
Rule 2: the same rehearsal is always spoken by the same voice, as fast, and with the same noise behind it: a run can be repeated.
Rule 3: words that our voice cannot say (Tibetan, Latin letters) are taken as written; whoever shows the result says so.
"""

import asyncio
import tempfile
import wave
import zlib
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from voice.asr.recognizer import LoadedModel
from voice.errors import Unspeakable
from voice.line import through_alaw
from voice.ports import SAMPLE_BYTES, SAMPLE_RATE, Transcript
from voice.script.model import Script
from voice.script.rehearsal import Heard, Rehearsal
from voice.script.rehearse import RehearsalResult, rehearse
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import Synthesizer, open_synthesizer
from voice.tts.telephone import for_the_line
from voice.tts.voices import CITIZEN_ELDER, CITIZEN_WOMAN, CITIZENS
from voice.understanding import understand
from voice.understanding.model import Understood
from voice.workers.aloud import speakable, utterances

RATES_WPM = (140, 150, 160, 170)  # of the simulated citizens
NOISE_RMS = 100  # -50 dBFS, some 30 dB under the speech: a room, and the coding of a mobile telephone
SILENCE_SAMPLES = SAMPLE_RATE // 2


class UnderstandHeard(Protocol):
    """Understanding that is told how sure the recogniser is."""

    def __call__(self, text: str, expects: Collection[str], /, *, asked: str, heard: float) -> Understood: ...


@dataclass(frozen=True, slots=True)
class Speaker:
    """How somebody speaks."""

    voice: str
    rate_wpm: int


_OF_PERSONA: Mapping[str, Speaker] = {
    "听不清的老人": Speaker(CITIZEN_ELDER, 140),
    "老人": Speaker(CITIZEN_ELDER, 140),
    "小孩接电话": Speaker(CITIZEN_WOMAN, 170),
    "学生": Speaker(CITIZEN_WOMAN, 170),
}


@dataclass(frozen=True, slots=True)
class Aloud:
    """How a rehearsal went by ear."""

    result: RehearsalResult
    heard: Mapping[str, str]  # what was said -> what was recognised
    as_written: frozenset[str]  # what our voice cannot say


def speaker_of(rehearsal: Rehearsal) -> Speaker:
    """Who speaks the person's words."""
    drawn = zlib.crc32(f"{rehearsal.script} {rehearsal.it}".encode())
    chosen = Speaker(CITIZENS[drawn % len(CITIZENS)], RATES_WPM[drawn // 7 % len(RATES_WPM)])
    return _OF_PERSONA.get(rehearsal.persona, chosen)


def spoken_words(rehearsal: Rehearsal) -> list[str]:
    """What the person says in words; cues and given meanings are no sound."""
    return [item.said for item in rehearsal.hear if _is_spoken(item)]


def _is_spoken(item: Heard) -> bool:
    return not (item.given or item.digit or item.said.startswith("("))


class Line:
    """A telephone line with somebody at its far end. Use `open_line`."""

    def __init__(
        self, model: LoadedModel, synthesizer: Synthesizer, folder: Path, understanding: UnderstandHeard
    ) -> None:
        self._model, self._synthesizer, self._folder = model, synthesizer, folder
        self._understand = understanding
        self._known: dict[tuple[str, Speaker], Transcript] = {}

    async def rehearse(self, script: Script, rehearsal: Rehearsal) -> Aloud:
        """The script is one whose variables are filled. Raises SpeechDown."""
        speaker, heard, as_written = speaker_of(rehearsal), dict[str, Transcript](), set[str]()
        for words in spoken_words(rehearsal):
            try:
                heard[words] = await self._heard(words, speaker)
            except Unspeakable:
                heard[words] = Transcript(words, confidence=1.0)
                as_written.add(words)

        def understanding(said: str, expects: Collection[str], *, asked: str) -> Understood:
            transcript = heard[said]
            return self._understand(transcript.text, expects, asked=asked, heard=transcript.confidence)

        result = rehearse(script, rehearsal, understanding)
        return Aloud(result, {words: each.text for words, each in heard.items()}, frozenset(as_written))

    async def _heard(self, words: str, speaker: Speaker) -> Transcript:
        known = self._known.get((words, speaker))
        if known is None:
            path = self._folder / "words.wav"
            await self._synthesizer.say(speakable(words), path, voice=speaker.voice, rate_wpm=speaker.rate_wpm)
            pcm = await asyncio.to_thread(_on_the_line, path, zlib.crc32(words.encode()))
            found = await utterances(pcm, self._model)
            known = _joined([one.transcript for one in found])
            self._known[words, speaker] = known
        return known


@asynccontextmanager
async def open_line(
    model: LoadedModel, settings: SpeechSettings, understanding: UnderstandHeard = understand
) -> AsyncIterator[Line]:
    """A line with a speech process of its own."""
    with tempfile.TemporaryDirectory(prefix="quanzu-aloud-") as folder:
        async with open_synthesizer(settings) as synthesizer:
            yield Line(model, synthesizer, Path(folder), understanding)


def _joined(parts: Sequence[Transcript]) -> Transcript:
    """One reply, even when he paused in it."""
    confidence = min((part.confidence for part in parts), default=0.0)
    return Transcript("".join(part.text for part in parts), confidence=confidence)


def _on_the_line(path: Path, seed: int) -> bytes:
    with wave.open(str(path), "rb") as audio:
        samples = np.frombuffer(audio.readframes(audio.getnframes()), "<i2").astype(np.int16)
        narrow = for_the_line(samples, audio.getframerate())
    silence = np.zeros(SILENCE_SAMPLES, np.int16)
    whole = np.concatenate((silence, narrow, silence)).astype(np.float64)
    noise = np.random.default_rng(seed).normal(0, NOISE_RMS, whole.size)
    pcm = through_alaw(np.clip(np.round(whole + noise), -32768, 32767).astype("<i2").tobytes())
    assert len(pcm) == whole.size * SAMPLE_BYTES
    return pcm
