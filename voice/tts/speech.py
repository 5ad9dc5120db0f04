"""The speech process: `python -m voice.tts.speech`. JSON lines in, JSON lines out; see `voice.tts.lines`.

Rule 1: this is the only module that knows pyttsx3, and nothing imports it: it is always a process of its own.
Rule 2: one engine, one thread. Two threads or a second engine end in a segmentation fault (finding: pyttsx3 2.99).
Rule 3: it dies rather than hangs: end-of-file on stdin ends it, and an alarm clock without a handler ends it when
        an utterance does not return. Whoever started it starts another.
"""

import argparse
import ctypes
import os
import signal
import sys
import threading
import time
import wave
from io import BufferedWriter
from pathlib import Path
from typing import Any

import msgspec

from voice.tts.lines import NotSpoken, Ready, Speak, Spoken, Unable, Why, encode, order_decoder

START_SECONDS = 20
SETTLE_SECONDS = 1.0  # a changed property is normally visible after a millisecond
BASE_SECONDS = 10.0
SECONDS_PER_CHARACTER = 0.02  # 9000 characters took 5 s
REPEATS = 3  # about 1 in 600 utterances is cancelled by the driver's own race
AUDIBLE_MS = 50
# What a Mandarin voice cannot read it spells in English and says so in its phonemes: a hanzi without a rule (熊 as
# "x-i-o-n-g two" in 1.52, most hanzi in Debian's 1.51). Nobody would understand it on the telephone.
FOREIGN = b"(en)"
UTF8 = 1


class NoSpeechError(Exception):
    """An order that cannot be carried out."""

    def __init__(self, why: Why, errno: int = 0) -> None:
        super().__init__(why.value)
        self.why = why
        self.errno = errno


class Engine:
    """pyttsx3 with the waits that it leaves out."""

    def __init__(self, pyttsx3: Any, driver: Any, espeak: ctypes.CDLL) -> None:
        self._driver = driver
        self._espeak = espeak
        self._engine = pyttsx3.init("espeak")
        self._finished = threading.Event()
        self._completed = False
        self._refused = False
        # The file that pyttsx3 writes lives in memory: a write that fails makes runAndWait() wait for ever, and what
        # was said never lies about in a temporary folder.
        self._audio = os.memfd_create("utterance")
        self._engine.connect("finished-utterance", self._on_finished)
        self._engine.connect("error", self._on_error)

    def warm(self) -> None:
        """Before the first runAndWait() properties are only queued, and that call returns too early: spend it here."""
        self._utter("a")

    def speak(self, order: Speak) -> int:
        """Render and store one order; milliseconds of audio."""
        for _ in range(REPEATS):
            self._settle("voice", order.voice, Why.VOICE)
            self._settle("rate", order.rate_wpm, Why.SETTING)
            self._settle("pitch", order.pitch, Why.SETTING)
            self._driver.Synchronize()  # with anything left in its queue, runAndWait() cancels the new utterance
            if FOREIGN in self._phonemes(order.text):
                raise NoSpeechError(Why.FOREIGN)
            if self._utter(order.text):
                break
        else:
            raise NoSpeechError(Why.CANCELLED)
        ms = self._length_ms()
        if ms < AUDIBLE_MS:
            raise NoSpeechError(Why.SILENT)
        self._store(Path(order.path))
        return ms

    def _settle(self, name: str, value: str | int, why: Why) -> None:
        """Set a property and see it: it goes through a queue that a cancelled utterance empties, and a wrong voice or
        variant raises nothing, the engine just goes on with another one."""
        self._refused = False
        wanted = value.lower() if isinstance(value, str) else value  # variants are found by case, told in lower case
        if self._engine.getProperty(name) == wanted:
            return
        self._engine.setProperty(name, value)
        end = time.monotonic() + SETTLE_SECONDS
        while self._engine.getProperty(name) != wanted:
            if self._refused or time.monotonic() > end:
                raise NoSpeechError(why)
            time.sleep(0.002)

    def _phonemes(self, text: str) -> bytes:
        """How the voice will say it. Only while the queue is idle."""
        octets = ctypes.create_string_buffer(text.encode())
        place = ctypes.c_void_p(ctypes.addressof(octets))
        clauses = []
        while place.value:  # one clause per call; the library moves the pointer and clears it at the end
            clauses.append(self._espeak.espeak_TextToPhonemes(ctypes.byref(place), UTF8, 0) or b"")
        return b" ".join(clauses)

    def _utter(self, text: str) -> bool:
        """True when the whole utterance is in the memory file."""
        os.ftruncate(self._audio, 0)
        self._finished.clear()
        self._engine.save_to_file(text, f"/proc/self/fd/{self._audio}")
        self._engine.runAndWait()
        self._finished.wait()
        return self._completed

    def _length_ms(self) -> int:
        try:
            with wave.open(f"/proc/self/fd/{self._audio}", "rb") as audio:
                return audio.getnframes() * 1000 // audio.getframerate()
        except (wave.Error, EOFError):
            return 0

    def _store(self, path: Path) -> None:
        part = path.with_name(path.name + ".part")
        try:
            part.write_bytes(Path(f"/proc/self/fd/{self._audio}").read_bytes())
            part.replace(path)
        except OSError as fault:
            try:
                part.unlink(missing_ok=True)
            except OSError:
                sys.stderr.write("a partly written prompt could not be removed\n")
            raise NoSpeechError(Why.UNWRITTEN, fault.errno or 0) from fault

    def _on_finished(self, name: str | None, completed: bool) -> None:  # noqa: ARG002  (pyttsx3 passes by keyword)
        self._completed = completed
        self._finished.set()

    def _on_error(self, name: str | None, exception: Exception) -> None:  # noqa: ARG002
        self._refused = True


class CannotStartError(Exception):
    """The engine's files are not as they should be; the message says which."""


def load(library: Path, data: Path) -> tuple[Engine, str]:
    """The engine over exactly this espeak-ng library, and the library's version."""
    if not (data / "phontab").is_file():  # espeak-ng answers this with exit(1)
        raise CannotStartError(f"no espeak-ng data in {data}")
    os.environ["ESPEAK_DATA_PATH"] = str(data)
    try:
        espeak = ctypes.CDLL(str(library))
    except OSError as fault:
        raise CannotStartError(f"cannot load the espeak-ng library {library}") from fault
    import pyttsx3  # only now: it looks for a library by SONAME and gets the one loaded above
    from pyttsx3.drivers import _espeak

    if _espeak.dll._handle != espeak._handle:  # noqa: SLF001
        raise CannotStartError(f"pyttsx3 took another library than {library}; is its SONAME libespeak-ng.so.1?")
    espeak.espeak_Info.restype = ctypes.c_char_p
    espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
    version = (espeak.espeak_Info(None) or b"").decode("ascii", "replace")
    engine = Engine(pyttsx3, _espeak, espeak)
    engine.warm()
    return engine, version


def serve(engine: Engine, replies: BufferedWriter) -> None:
    """Answer orders until end-of-file."""
    for line in sys.stdin.buffer:
        order = order_decoder.decode(line)
        _set_alarm(BASE_SECONDS + SECONDS_PER_CHARACTER * len(order.text))
        try:
            reply: msgspec.Struct = Spoken(order.number, engine.speak(order))
        except NoSpeechError as fault:
            reply = NotSpoken(order.number, fault.why, fault.errno)
        _set_alarm(0)
        _send(replies, reply)


def main() -> int:
    import espeakng_loader

    parser = argparse.ArgumentParser(prog="voice.tts.speech", description="Renders sentences; JSON lines.")
    parser.add_argument("--library", type=Path, default=Path(espeakng_loader.get_library_path()))
    parser.add_argument("--data", type=Path, default=Path(espeakng_loader.get_data_path()))
    options = parser.parse_args()
    replies = _keep_stdout()
    _set_alarm(START_SECONDS)
    try:
        engine, version = load(options.library, options.data)
    except CannotStartError as fault:
        _send(replies, Unable(str(fault)))
        return 1
    _set_alarm(0)
    _send(replies, Ready(version))
    serve(engine, replies)
    replies.flush()
    os._exit(0)  # espeak-ng's own threads do not survive the interpreter's farewell


def _set_alarm(seconds: float) -> None:
    """No handler: when it rings the process is gone, whatever the engine is stuck in. 0: switch it off."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _keep_stdout() -> BufferedWriter:
    """Our replies on a copy of stdout; what pyttsx3 prints there goes nowhere."""
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return replies


def _send(replies: BufferedWriter, reply: msgspec.Struct) -> None:
    replies.write(encode(reply) + b"\n")
    replies.flush()


if __name__ == "__main__":
    sys.exit(main())
