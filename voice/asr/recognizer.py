"""Speech to text with Vosk. The only module that knows Vosk.

Rule 1: one recogniser works in one thread of its own; the model is shared by all and never changes.
Rule 2: every utterance gets a fresh native recogniser (about half a millisecond): nothing of one reply leaks into the next.
Rule 3: it hears everything the model knows, whatever was asked, and tells its one best text (docs/decisions/0019).
Rule 4: Vosk may end an utterance early at a pause inside an amount; the pieces are joined here, the end of a turn is
decided in `voice.dialogue.turntaking` and nowhere else.
"""

import asyncio
import ctypes
import json
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import vosk

from voice.asr.catalogue import check_model
from voice.errors import ModelMissing, RecognizerFault
from voice.ports import SAMPLE_RATE, Transcript, Word

UNKNOWN = "[unk]"  # Vosk's name for sound that is speech but no word of the vocabulary

_MALLOC_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc
_BETWEEN_HANZI = re.compile(r" (?![a-z])|(?<![a-z]) ")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model in memory. Read-only: recognisers in any number of threads, and forked processes, may share it."""

    directory: Path
    native: Any


def load_model(directory: Path) -> LoadedModel:
    """Load a checked model directory. Raises ModelMissing."""
    check_model(directory)
    vosk.SetLogLevel(-1)  # Kaldi writes to stderr otherwise, words included
    try:
        native = vosk.Model(str(directory))
    except Exception as fault:  # the library raises the bare class
        raise ModelMissing(
            f"Vosk cannot read the speech model in {directory}. Unpack it again, or set speech.model_dir to another."
        ) from fault
    return LoadedModel(directory, native)


class VoskRecognizer:
    """A voice.ports.Recognizer over Vosk."""

    def __init__(self, model: LoadedModel) -> None:
        self._model = model
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ear")
        self._native: Any = None  # touched in the thread only
        self._pieces: list[dict[str, Any]] = []  # what Vosk has already closed of the present utterance

    async def feed(self, pcm: bytes) -> str:
        return await self._in_thread(lambda: self._feed(pcm))

    async def finish(self) -> Transcript:
        return await self._in_thread(self._finish)

    def close(self) -> None:
        """Waits for nothing: the thread lets go of the native recogniser after what it is doing, and ends."""
        with suppress(RuntimeError):  # closed before
            self._thread.submit(self._forget)
            self._thread.submit(_give_back)
        self._thread.shutdown(wait=False)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except RuntimeError as closed:  # what an executor raises after its shutdown
            raise RecognizerFault("The recogniser of this conversation is closed.") from closed

    def _feed(self, pcm: bytes) -> str:
        if self._native is None:
            self._native = self._fresh()
        try:
            if self._native.AcceptWaveform(pcm):
                self._pieces.append(json.loads(self._native.Result()))
                running = ""
            else:
                running = json.loads(self._native.PartialResult())["partial"]
        except Exception as fault:  # the library raises the bare class
            self._forget()
            raise RecognizerFault from fault
        return _joined([*(str(piece["text"]) for piece in self._pieces), running])

    def _finish(self) -> Transcript:
        if self._native is None:
            return Transcript("")
        try:
            self._pieces.append(json.loads(self._native.FinalResult()))
            return _transcript(self._pieces)
        finally:
            self._forget()

    def _forget(self) -> None:
        self._native = None
        self._pieces = []

    def _fresh(self) -> Any:
        try:
            native = vosk.KaldiRecognizer(self._model.native, SAMPLE_RATE)
        except Exception as fault:  # the library raises the bare class
            raise RecognizerFault from fault
        native.SetWords(True)
        return native


def _give_back() -> None:
    """Hand freed memory to the system: the decoder leaves six MB of it behind, and every worker would keep them."""
    if _MALLOC_TRIM is not None:
        _MALLOC_TRIM(0)


def _joined(texts: Iterable[str]) -> str:
    """Chinese is written without spaces; what is not a word is not written.

    The bundled model says in pinyin what it has no word for: two such syllables are kept apart.
    """
    return _BETWEEN_HANZI.sub("", " ".join(word for text in texts for word in text.split() if word != UNKNOWN))


def _transcript(pieces: Sequence[dict[str, Any]]) -> Transcript:
    heard = [
        Word(
            text=str(entry["word"]),
            start_ms=round(1000 * float(entry["start"])),
            end_ms=round(1000 * float(entry["end"])),
            confidence=min(1.0, float(entry["conf"])),
        )
        for piece in pieces
        for entry in piece.get("result", ())
    ]
    words = tuple(word for word in heard if word.text != UNKNOWN)
    return Transcript(_joined(str(piece["text"]) for piece in pieces), words, _confidence(heard))


def _confidence(heard: Sequence[Word]) -> float:
    """Mean over time; a stretch of unknown words was heard and not recognised, so it counts as nothing."""
    length = sum(word.end_ms - word.start_ms for word in heard)
    if length <= 0:
        return 0.0
    known = sum(word.confidence * (word.end_ms - word.start_ms) for word in heard if word.text != UNKNOWN)
    return known / length
