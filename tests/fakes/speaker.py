"""A synthetic citizen's voice for tests: espeak-ng (the wheel's 1.52) by ctypes, in a process of its own.

Run as a program it reads JSON lines {"text", "voice", "wpm", "pitch"} and answers each with a length line and raw PCM.
Voices: "sit/cmn" reads Hanzi; "sit/cmn-latn-pinyin" is given pinyin, which this module makes. Variants: "sit/cmn+f2".
"""

import ctypes
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

RATE = 8000
_ESPEAK_RATE, _ESPEAK_PITCH = 1, 3
_UTF8_AND_END_PAUSE = 1 | 0x1000


class Speaker:
    """Asks the speaking process; one utterance at a time."""

    def __init__(self, asks: IO[bytes], answers: IO[bytes]) -> None:
        self._asks = asks
        self._answers = answers

    def say(self, text: str, voice: str = "sit/cmn-latn-pinyin", wpm: int = 160, pitch: int = 50) -> bytes:
        """The sentence as 8 kHz 16 bit mono PCM, without silence around it."""
        line = json.dumps({"text": text, "voice": voice, "wpm": wpm, "pitch": pitch})
        self._asks.write(line.encode() + b"\n")
        self._asks.flush()
        length = int(self._answers.readline())
        return self._answers.read(length)


@contextmanager
def speaker() -> Iterator[Speaker]:
    process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    try:
        yield Speaker(process.stdin, process.stdout)
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def _serve() -> None:
    import espeakng_loader
    import numpy as np
    import soxr
    from pypinyin import Style, lazy_pinyin

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0x8000)
    assert rate > 0
    said = bytearray()

    def collect(samples: int | None, count: int, _events: int) -> int:
        if samples and count > 0:
            said.extend(ctypes.string_at(samples, count * 2))
        return 0

    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(collect)
    library.espeak_SetSynthCallback(callback)
    for line in sys.stdin.buffer:
        order = json.loads(line)
        text = order["text"]
        if "pinyin" in order["voice"]:
            text = " ".join(lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True))
        said.clear()
        assert library.espeak_SetVoiceByName(order["voice"].encode()) == 0
        library.espeak_SetParameter(_ESPEAK_RATE, order["wpm"], 0)
        library.espeak_SetParameter(_ESPEAK_PITCH, order["pitch"], 0)
        raw = text.encode() + b"\0"
        assert library.espeak_Synth(raw, ctypes.c_size_t(len(raw)), 0, 1, 0, _UTF8_AND_END_PAUSE, None, None) == 0
        wave = np.frombuffer(bytes(said), "<i2").astype(np.float32)
        wave = soxr.resample(wave, rate, RATE)
        peak = float(np.abs(wave).max())
        loud = np.flatnonzero(np.abs(wave) > 0.01 * peak)
        wave = wave[max(0, loud[0] - 80) : loud[-1] + 160] * (10000 / peak)
        pcm = wave.astype("<i2").tobytes()
        sys.stdout.buffer.write(f"{len(pcm)}\n".encode() + pcm)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
