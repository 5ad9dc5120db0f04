"""The mouth as the rest of the house sees it: sentences in, WAV files out, by way of the speech process.

Rule 1: one process, one sentence at a time, in the order of asking.
Rule 2: a process that dies, hangs or talks nonsense is replaced, at most `tries` times for one sentence. When none can
        be started there is a rest, in which everybody gets SpeechDown at once.
Rule 3: a caller who gives up in the middle leaves an answer behind; the next one passes over it by its number.
"""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import assert_never

import msgspec
import structlog

from voice.errors import PromptsNotStored, SpeechDown, Unspeakable
from voice.tts.lines import NotSpoken, Ready, Reply, Speak, Spoken, Unable, Why, encode, reply_decoder
from voice.tts.readings import respell
from voice.tts.settings import SpeechSettings

SLOWEST_WPM, FASTEST_WPM = 80, 300
GOODBYE_SECONDS = 2.0
RESTART_SECONDS = 0.2  # before the second process for one sentence; doubles

log = structlog.get_logger()


class _ProcessGoneError(Exception):
    """The speech process died, hung or talked nonsense."""


class Synthesizer:
    """Renders sentences. Use `open_synthesizer`."""

    def __init__(self, settings: SpeechSettings) -> None:
        self.settings = settings
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._number = 0
        self._rest_until = 0.0
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Of the living speech process."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and alive else None

    async def say(
        self,
        text: str,
        path: Path,
        *,
        voice: str | None = None,
        rate_wpm: int | None = None,
        pitch: int | None = None,
    ) -> int:
        """Render into `path` (22050 Hz mono 16 bit, atomically); milliseconds of audio.

        Raises Unspeakable (reword it), PromptsNotStored (the file), SpeechDown (later).
        """
        rate = self.settings.rate_wpm if rate_wpm is None else rate_wpm
        if not SLOWEST_WPM <= rate <= FASTEST_WPM:
            raise Unspeakable(f"{rate} words per minute are not understood; {SLOWEST_WPM} to {FASTEST_WPM} are")
        reading = respell(text)
        async with self._turn:
            self._number += 1
            order = Speak(
                number=self._number,
                text=reading,
                path=str(path),  # the process has our working directory
                voice=self.settings.voice if voice is None else voice,
                rate_wpm=rate,
                pitch=self.settings.pitch if pitch is None else pitch,
            )
            return await self._carry_out(order)

    async def warm_up(self) -> None:
        """Start the process if there is none; SpeechDown when it cannot be."""
        async with self._turn:
            try:
                await self._running()
            except _ProcessGoneError as fault:
                raise SpeechDown from fault

    async def close(self) -> None:
        """The process leaves at end-of-file. Afterwards everything is SpeechDown."""
        self._closed = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        assert process.stdin
        process.stdin.close()
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await process.wait()
        except TimeoutError:
            await self._kill()

    async def _carry_out(self, order: Speak) -> int:
        for made in range(self.settings.tries):
            if made:
                await asyncio.sleep(RESTART_SECONDS * 2 ** (made - 1))
            try:
                process = await self._running()
                reply = await self._ask(process, order)
            except _ProcessGoneError:
                await self._kill()
                log.warning("speech process lost")
                continue
            match reply:
                case Spoken(ms=ms):
                    return ms
                case NotSpoken():
                    raise _error(reply, order.voice)
        raise SpeechDown

    async def _running(self) -> Process:
        """The living process, or a new one that is ready."""
        if self._closed:
            raise SpeechDown("the synthesizer is closed")
        if self._process is not None and self._process.returncode is None:
            return self._process
        if asyncio.get_running_loop().time() < self._rest_until:
            raise SpeechDown
        self._process = await self._start()
        try:
            async with asyncio.timeout(self.settings.start_seconds):
                hello = await _read(self._process)
        except (TimeoutError, _ProcessGoneError):
            await self._fail_to_start()
            raise _ProcessGoneError from None
        except asyncio.CancelledError:
            await self._kill()  # else the next caller would take a process that has not said that it is ready
            raise
        match hello:
            case Ready(library=library):
                log.info("speech process ready", pid=self._process.pid, espeak_ng=library)
                return self._process
            case Unable(reason=reason):
                await self._fail_to_start()
                raise SpeechDown(f"the speech process cannot start: {reason}")
            case _:
                await self._fail_to_start()
                raise _ProcessGoneError

    async def _start(self) -> Process:
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "voice.tts.speech",
            *self.settings.options(),
            stdin=PIPE,
            stdout=PIPE,
            env=os.environ | {"PYTHONPATH": path},
            start_new_session=True,  # Ctrl-C is for the daemon, which then says goodbye in its own order
        )

    async def _fail_to_start(self) -> None:
        self._rest_until = asyncio.get_running_loop().time() + self.settings.rest_seconds
        await self._kill()

    async def _ask(self, process: Process, order: Speak) -> Spoken | NotSpoken:
        assert process.stdin
        try:
            async with asyncio.timeout(self.settings.sentence_seconds):
                process.stdin.write(encode(order) + b"\n")
                await process.stdin.drain()
                while True:
                    reply = await _read(process)
                    match reply:
                        case Spoken() | NotSpoken() if reply.number == order.number:
                            return reply
                        case Spoken() | NotSpoken():
                            continue
                        case Ready() | Unable():
                            raise _ProcessGoneError
                        case _:
                            assert_never(reply)
        except (TimeoutError, ConnectionError):
            raise _ProcessGoneError from None

    async def _kill(self) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):  # it was quicker
            self._process.kill()
        await self._process.wait()


@contextlib.asynccontextmanager
async def open_synthesizer(settings: SpeechSettings) -> AsyncIterator[Synthesizer]:
    """A synthesizer; its process starts with the first sentence, or with `warm_up`, and ends with the block."""
    synthesizer = Synthesizer(settings)
    try:
        yield synthesizer
    finally:
        await synthesizer.close()


async def _read(process: Process) -> Reply:
    assert process.stdout
    line = await process.stdout.readline()
    if not line:
        raise _ProcessGoneError
    try:
        return reply_decoder.decode(line)
    except msgspec.DecodeError:
        raise _ProcessGoneError from None


def _error(reply: NotSpoken, voice_id: str) -> Exception:
    """Ours for theirs."""
    match reply.why:
        case Why.FOREIGN:
            return Unspeakable("the voice would spell a part of this sentence in English letters; reword it")
        case Why.SILENT:
            return Unspeakable("the voice makes no sound of this sentence; reword it")
        case Why.VOICE:
            return SpeechDown(f"espeak-ng has no voice {voice_id}; set speech.voice to one of voice/tts/voices.py")
        case Why.SETTING | Why.CANCELLED:
            return SpeechDown()
        case Why.UNWRITTEN:
            return PromptsNotStored(f"a prompt cannot be written: {os.strerror(reply.errno)}; see speech.cache_dir")
        case _:
            assert_never(reply.why)
