"""Prompts without a synthesiser: tones of a plausible length, with the refusals and the file format of the real ones."""

import hashlib
import wave
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from voice.errors import SpeechDown
from voice.ports import SAMPLE_BYTES, SAMPLE_RATE, Prompt
from voice.tts.readings import hanzi_in, respell
from voice.tts.telephone import HANZI_PER_WPM_SECOND, PEAK

TONE_HZ = 440


class FakePrompts:
    """Set `down` to have new sentences refused; what was rendered before still comes."""

    def __init__(self, directory: Path) -> None:
        self.down = False
        self._directory = directory

    async def render(self, texts: Sequence[str], rate_wpm: int = 160) -> Mapping[str, Prompt]:
        for text in texts:
            respell(text)
        return {text: self._prompt(text, rate_wpm) for text in texts}

    def _prompt(self, text: str, rate_wpm: int) -> Prompt:
        name = hashlib.sha256(f"{rate_wpm} {text}".encode()).hexdigest()
        path = self._directory / f"{name}.wav"
        samples = round(hanzi_in(text) * HANZI_PER_WPM_SECOND / rate_wpm * SAMPLE_RATE)
        if not path.exists():
            if self.down:
                raise SpeechDown
            _write_tone(path, samples)
        return Prompt(text, str(path), samples * 1000 // SAMPLE_RATE)


def _write_tone(path: Path, samples: int) -> None:
    tone = PEAK * np.sin(np.arange(samples) * (2 * np.pi * TONE_HZ / SAMPLE_RATE))
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as audio:
        audio.setnchannels(1)
        audio.setsampwidth(SAMPLE_BYTES)
        audio.setframerate(SAMPLE_RATE)
        audio.writeframes(tone.astype("<i2").tobytes())
