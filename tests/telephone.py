"""What tests of a telephone share: a log of leg events to wait on, tones, and how to find them again."""

import asyncio
import wave
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from voice.ports import SAMPLE_RATE, LegAnswered, LegEnded, LegEvent, LegHeard

Samples = NDArray[np.float64]
Event = TypeVar("Event", bound=LegEvent)


class Told:
    """Everything that was told of one leg; give `tell` to dial."""

    def __init__(self) -> None:
        self.events: list[LegEvent] = []  # all but LegHeard
        self.heard: list[LegHeard] = []
        self.order: list[type[LegEvent]] = []
        self.at_end: Callable[[], None] = lambda: None
        self._changed = asyncio.Event()

    def tell(self, event: LegEvent) -> None:
        self.order.append(type(event))
        if isinstance(event, LegHeard):
            self.heard.append(event)
        else:
            self.events.append(event)
        if isinstance(event, LegEnded):
            self.at_end()
        self._changed.set()

    def all_of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def first(self, kind: type[Event], seconds: float = 10) -> Event:
        """Wait for the first event of this kind."""
        await self.until(lambda: bool(self.all_of(kind)), seconds)
        return self.all_of(kind)[0]

    async def answered(self) -> LegAnswered:
        return await self.first(LegAnswered)

    async def ended(self, seconds: float = 10) -> LegEnded:
        return await self.first(LegEnded, seconds)

    async def heard_samples(self, samples: int) -> bytes:
        """Wait until so much was heard; all of it."""
        await self.until(lambda: sum(len(part.pcm) for part in self.heard) >= 2 * samples)
        return b"".join(part.pcm for part in self.heard)


def write_tone(path: Path, hertz: int, seconds: float, level: int = 8000) -> Path:
    time = np.arange(int(SAMPLE_RATE * seconds)) / SAMPLE_RATE
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        out.writeframes((level * np.sin(2 * np.pi * hertz * time)).astype("<i2").tobytes())
    return path


def read_wav(path: Path) -> list[Samples]:
    """The channels."""
    with wave.open(str(path), "rb") as wav:
        assert wav.getframerate() == SAMPLE_RATE
        assert wav.getsampwidth() == 2
        raw = np.frombuffer(wav.readframes(wav.getnframes()), "<i2").astype(float)
        return [raw[side :: wav.getnchannels()] for side in range(wav.getnchannels())]


def pcm(raw: bytes) -> Samples:
    return np.frombuffer(raw, "<i2").astype(float)


def level_of(samples: Samples, hertz: int) -> float:
    """How loud this tone is in the samples, as the amplitude of a sine that lasts all the time."""
    if not len(samples):
        return 0.0
    time = np.arange(len(samples)) / SAMPLE_RATE
    return float(2 * abs(np.mean(samples * np.exp(-2j * np.pi * hertz * time))))


def loud_frames(samples: Samples, hertz: int, above: float = 500) -> list[int]:
    """Numbers of the 20 ms frames in which the tone sounds."""
    frames = len(samples) // 160
    return [number for number in range(frames) if level_of(samples[number * 160 : number * 160 + 160], hertz) > above]
