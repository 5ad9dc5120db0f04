"""Sentences spoken, sent down a line and heard again; recordings heard. The composition root of measuring.

Rule 1: the same ear, the same turn-taking and the same understanding as in a call; only the telephone is missing.
"""

import asyncio
import tempfile
import wave
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from voice.asr.ear import Ear
from voice.asr.recognizer import LoadedModel, VoskRecognizer
from voice.dialogue.hearing import Partial
from voice.dialogue.turntaking import Listen, TurnRules, TurnState, UtteranceEnded, advance
from voice.errors import Unspeakable
from voice.line import through_alaw
from voice.ports import SAMPLE_BYTES, SAMPLE_RATE, Transcript
from voice.tts.synthesizer import Synthesizer
from voice.tts.telephone import for_the_line
from voice.tts.voices import CITIZENS
from voice.understanding import is_complete
from voice.workers.wavfile import read_wav

CHUNK = 480  # samples; 60 ms, as a leg delivers
_LATIN = (("App", "诶屁屁"), ("APP", "诶屁屁"), ("QQ", "扣扣"), ("ATM", "诶提诶木"), ("AI", "诶爱"))
SILENCE_BEFORE = SAMPLE_RATE // 2
SILENCE_AFTER = SAMPLE_RATE * 2


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing that was heard; samples of the recording."""

    began: int
    ended: int
    transcript: Transcript
    believed: tuple[tuple[int, str], ...] = ()  # what it was taken for while it lasted, each from this sample on


async def spoken_and_heard(replies: Sequence[str], model: LoadedModel, synthesizer: Synthesizer) -> AsyncIterator[str]:
    """What is heard of each reply, spoken by the citizens' voices in turn, through A-law."""
    with tempfile.TemporaryDirectory(prefix="quanzu-aloud-") as folder:
        for number, reply in enumerate(replies):
            path = Path(folder) / "reply.wav"
            try:
                await synthesizer.say(speakable(reply), path, voice=CITIZENS[number % len(CITIZENS)])
            except Unspeakable:
                yield ""  # counts as not heard
                continue
            pcm = await asyncio.to_thread(_as_on_the_line, path)
            yield "".join(u.transcript.text for u in await utterances(pcm, model))


async def utterances(pcm: bytes, model: LoadedModel) -> list[Utterance]:
    """Everything that is said in 8 kHz mono PCM, with turn-taking's own idea of where it ends."""
    recognizer = VoskRecognizer(model)
    ear, rules, state = Ear(recognizer, complete=is_complete), TurnRules(), TurnState()
    state, _ = advance(rules, state, Listen(0, 10**9))
    heard: list[Utterance] = []
    believed: list[tuple[int, str]] = []
    padded = pcm + bytes(SILENCE_AFTER * SAMPLE_BYTES)
    try:
        for start in range(0, len(padded), CHUNK * SAMPLE_BYTES):
            for hearing in await ear.hear(padded[start : start + CHUNK * SAMPLE_BYTES], start // SAMPLE_BYTES):
                if isinstance(hearing, Partial) and hearing.text not in {"", *(text for _, text in believed[-1:])}:
                    believed.append((hearing.at, hearing.text))
                state, decisions = advance(rules, state, hearing)
                for each in decisions:
                    if isinstance(each, UtteranceEnded):
                        heard.append(Utterance(each.began, each.ended, await ear.take(), tuple(believed)))
                        believed.clear()
    finally:
        recognizer.close()
    return [one for one in heard if one.transcript.text]


def read_recording(path: Path, *, right: bool = False) -> bytes:
    """A WAV as 8 kHz mono PCM; of a stereo call the contact's channel when `right`. Raises RecordingLost."""
    sound = read_wav(path)
    mono = sound.samples[:, -1 if right else 0]
    narrow = soxr.resample(mono, sound.rate, SAMPLE_RATE, quality="HQ") if sound.rate != SAMPLE_RATE else mono
    return bytes(np.clip(np.round(narrow), -32768, 32767).astype("<i2").data)


def speakable(reply: str) -> str:
    """With the few Latin words that people say as they say them."""
    for word, sound in _LATIN:
        reply = reply.replace(word, sound)
    return reply


def _as_on_the_line(path: Path) -> bytes:
    with wave.open(str(path), "rb") as audio:
        samples = np.frombuffer(audio.readframes(audio.getnframes()), "<i2").astype(np.int16)
        narrow = for_the_line(samples, audio.getframerate())
    return through_alaw(bytes(SILENCE_BEFORE * SAMPLE_BYTES) + narrow.astype("<i2").tobytes())
