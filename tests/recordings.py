"""WAV files as people's microphones make them, of a sound that has the ups and downs of speech. No person is recorded."""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voice.script.model import Sentence

Floats = NDArray[np.float64]


def syllables(seconds: float = 2.0, rate: int = 44_100, *, peak: float = 0.4, noise: float = 0.0005) -> Floats:
    """Four a second, each swelling and fading, with short closures between and half a second of the room around."""
    at = np.arange(int(seconds * rate)) / rate
    swell = np.clip(np.sin(2 * np.pi * 4 * at), 0, None)
    voice = sum(np.sin(2 * np.pi * pitch * at) / n for n, pitch in enumerate((180, 360, 540, 1200), 1)) / 2.1
    room = np.zeros(rate // 2)
    spoken = np.concatenate((room, voice * swell * peak, room))
    return spoken + np.random.default_rng(7).normal(0, noise, len(spoken))


def write(path: Path, samples: Floats, rate: int = 44_100, *, width: int = 2, channels: int = 1) -> Path:
    """As `channels` copies of it, PCM of `width` bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    full = 2 ** (8 * width - 1) - 1
    whole = np.round(np.clip(np.repeat(samples, channels), -1, 1) * full).astype(np.int64)
    if width == 1:
        content = (whole + 128).astype(np.uint8).tobytes()
    else:
        content = whole.astype("<i8").view(np.uint8).reshape(-1, 8)[:, :width].tobytes()
    with wave.open(str(path), "wb") as audio:
        audio.setnchannels(channels)
        audio.setsampwidth(width)
        audio.setframerate(rate)
        audio.writeframes(content)
    return path


def sentence(recording: str = "a.wav", text: str = "བཀྲ་ཤིས་བདེ་ལེགས།", sha256: str = "") -> Sentence:
    """Tibetan: our voice cannot say it."""
    return Sentence("opening.1", text, recording=recording, recording_sha256=sha256)
