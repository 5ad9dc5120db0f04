"""Rendered sentences, kept in a folder: the real holder of `voice.ports.Prompts`.

Rule 1: a file under its final name is whole and was checked; everything is written beside it first and renamed.
Rule 2: what lies in the folder is checked again before it is given out, unless this process has checked this very file
        (its size and date tell), so a file that a power cut or a person spoilt is rendered again. With all sentences there, the speech process is not needed.
Rule 3: names of files say nothing; the folder is for our eyes only, because prompts hold names and sums.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import time
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voice.errors import PromptsNotStored, Unspeakable
from voice.ports import SAMPLE_BYTES, SAMPLE_RATE, Prompt
from voice.tts.readings import hanzi_in, respell
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import Synthesizer
from voice.tts.telephone import Samples, fault, for_the_line

FORMAT = 1  # raise it when readings, telephone or this file make other sound of the same sentence
RENDERINGS = 2  # of a sentence whose sound fails the check, before it is called unspeakable
STALE_SECONDS = 3600.0
RENEW_SECONDS = 43_200.0
DAY_SECONDS = 86400.0


def name_of(voice: SpeechSettings, text: str, rate_wpm: int) -> str:
    """Of what this voice makes of this text; it tells nothing of either."""
    facts = [FORMAT, voice.engine, voice.voice, voice.pitch, rate_wpm, text]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


class PromptCache:
    """Renders what is missing and remembers what is there."""

    def __init__(self, directory: Path, synthesizer: Synthesizer, settings: SpeechSettings) -> None:
        self._directory = directory
        self._synthesizer = synthesizer
        self._settings = settings
        self._mark = f"{os.getpid()}-{id(self):x}"  # in the names of unfinished files; others may use the folder too
        self._rendering: dict[Path, asyncio.Task[Prompt]] = {}
        self._checked: dict[Path, _Checked] = {}
        self._prepared = False

    async def render(self, texts: Sequence[str], rate_wpm: int = 160) -> Mapping[str, Prompt]:
        """Text -> checked prompt. Raises SpeechDown, PromptsNotStored, Unspeakable; what was rendered until then stays."""
        wanted = dict.fromkeys(texts)
        for text in wanted:
            respell(text)  # refuse a sentence before work is spent on its neighbours
        ready = await asyncio.to_thread(self._ready, list(wanted), rate_wpm)
        if len(ready) < len(wanted) or not self._prepared:
            await asyncio.to_thread(self._prepare)
            self._prepared = True
        return {text: ready.get(text) or await self._prompt(text, rate_wpm) for text in wanted}

    async def forget_unused(self, days: float) -> int:
        """Delete prompts that nobody asked for in so many days; how many. Raises PromptsNotStored."""
        try:
            return await asyncio.to_thread(self._sweep, "*.wav", days * DAY_SECONDS)
        except OSError as refusal:
            raise _not_stored(refusal) from None

    def _ready(self, texts: Sequence[str], rate_wpm: int) -> dict[str, Prompt]:
        """Those whose file is, to the byte count and the nanosecond, the one that was checked: a call waits for this."""
        ready: dict[str, Prompt] = {}
        renewed = time.time_ns() - int(RENEW_SECONDS * 1e9)  # an older date is renewed by the longer way
        for text in texts:
            path = self._path(text, rate_wpm)
            checked = self._checked.get(path)
            if checked is not None and checked.mark == _mark_of(path) and checked.mark[1] > renewed:
                ready[text] = checked.prompt
        return ready

    async def _prompt(self, text: str, rate_wpm: int) -> Prompt:
        """One rendering for all who ask for the same sentence; it goes on when one of them stops waiting."""
        path = self._path(text, rate_wpm)
        task = self._rendering.get(path)
        if task is None:
            task = asyncio.create_task(self._find_or_render(text, rate_wpm, path))
            self._rendering[path] = task
            task.add_done_callback(lambda done: self._done(path, done))
        return await asyncio.shield(task)

    def _done(self, path: Path, task: asyncio.Task[Prompt]) -> None:
        del self._rendering[path]
        if not task.cancelled():
            task.exception()  # seen, even when everybody has stopped waiting for it

    def _path(self, text: str, rate_wpm: int) -> Path:
        return self._directory / f"{name_of(self._settings, text, rate_wpm)}.wav"

    async def _find_or_render(self, text: str, rate_wpm: int, path: Path) -> Prompt:
        ms = await asyncio.to_thread(_find, text, rate_wpm, path)
        if ms is None:
            ms = await self._render(text, rate_wpm, path)
        prompt = Prompt(text, str(path), ms)
        self._checked[path] = _Checked(prompt, _mark_of(path))
        return prompt

    async def _render(self, text: str, rate_wpm: int, path: Path) -> int:
        raw = path.with_suffix(f".{self._mark}.raw")
        wrong = ""
        try:
            for _ in range(RENDERINGS):
                await self._synthesizer.say(
                    text, raw, voice=self._settings.voice, rate_wpm=rate_wpm, pitch=self._settings.pitch
                )
                samples = await asyncio.to_thread(_narrow, raw)
                wrong = _fault(samples, text, rate_wpm)
                if not wrong:
                    return await asyncio.to_thread(_publish, samples, path, raw.with_suffix(".part"))
        finally:
            _discard(raw)
        raise Unspeakable(f"the rendered sentence is {wrong}; reword it, or give a recording in its place")

    def _prepare(self) -> None:
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            for leftover in ("*.raw", "*.part"):  # of a process that was killed
                self._sweep(leftover, STALE_SECONDS)
        except OSError as refusal:
            raise _not_stored(refusal) from None

    def _sweep(self, pattern: str, age_seconds: float) -> int:
        swept = 0
        for path in self._directory.glob(pattern):
            with contextlib.suppress(FileNotFoundError):  # another process sweeps the same folder
                if path.lstat().st_mtime < time.time() - age_seconds:
                    path.unlink()
                    swept += 1
        return swept


@dataclass(frozen=True, slots=True)
class _Checked:
    """A prompt that was good when its file had this size and date."""

    prompt: Prompt
    mark: tuple[int, int]


def _mark_of(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except OSError:
        return (-1, -1)
    return (facts.st_size, facts.st_mtime_ns)


def _find(text: str, rate_wpm: int, path: Path) -> int | None:
    """Milliseconds of a sound prompt, or None. A hit renews its date."""
    try:
        samples, rate = _read(path)
    except (OSError, wave.Error, EOFError, ValueError):
        return None
    if rate != SAMPLE_RATE or _fault(samples, text, rate_wpm):
        return None
    os.utime(path)
    return samples.size * 1000 // SAMPLE_RATE


def _read(path: Path) -> tuple[Samples, int]:
    with wave.open(str(path), "rb") as audio:
        if audio.getnchannels() != 1 or audio.getsampwidth() != SAMPLE_BYTES:
            raise ValueError("not mono 16 bit")
        pcm = audio.readframes(audio.getnframes())
        if len(pcm) != audio.getnframes() * SAMPLE_BYTES:
            raise ValueError("truncated")
        return np.frombuffer(pcm, dtype="<i2").astype(np.int16), audio.getframerate()


def _narrow(raw: Path) -> Samples:
    return for_the_line(*_read(raw))


def _fault(samples: Samples, text: str, rate_wpm: int) -> str:
    hanzi = hanzi_in(text)
    return fault(samples, hanzi, len(text) - hanzi, rate_wpm)


def _publish(samples: Samples, path: Path, part: Path) -> int:
    try:
        with part.open("wb") as file, wave.open(file, "wb") as audio:
            audio.setnchannels(1)
            audio.setsampwidth(SAMPLE_BYTES)
            audio.setframerate(SAMPLE_RATE)
            audio.writeframes(samples.astype("<i2").tobytes())
        part.replace(path)
    except OSError as refusal:
        _discard(part)
        raise _not_stored(refusal) from None
    return samples.size * 1000 // SAMPLE_RATE


def _discard(path: Path) -> None:
    with contextlib.suppress(OSError):  # on a failing disk it stays until the next sweep; the error is told already
        path.unlink(missing_ok=True)


def _not_stored(refusal: OSError) -> PromptsNotStored:
    reason = os.strerror(refusal.errno or 0)
    return PromptsNotStored(f"a prompt cannot be written: {reason}; see speech.cache_dir")
