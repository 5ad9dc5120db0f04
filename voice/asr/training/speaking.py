"""Synthetic speech for training: espeak-ng as a library, synchronous, many variants of its voices. 8 kHz samples come out.

Rule 1: a sentence comes with its reading in pinyin. Hanzi are given to the engine only when it reads them so (its phonemes are
        compared); else it gets the pinyin. So what was said and what the label claims cannot part.
Rule 2: voices are in three sets that never mix. Nothing is trained on DEV or TEST, no setting is chosen on TEST.
"""

import ctypes
import re
from collections.abc import Sequence
from pathlib import Path

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE = 8000
TEST_VARIANTS = tuple("f4 m5 belinda quincy klatt4 michael linda Andy Alicia m8".split())
DEV_VARIANTS = tuple("f2 m3 anika klatt2 max edward".split())
OURS = tuple("steph2 f5 ed grandpa paul".split())  # what voice.tts.voices speaks with; heard most, so trained most
_LEFT_OUT = frozenset("whisper whisperf Demonic croak fast robosoft4 Storm UniRobot".split())  # hardly speech at 8 kHz

_HANZI, _PINYIN = b"sit/cmn", b"sit/cmn-latn-pinyin"
_SYNCHRONOUS, _DONT_EXIT, _UTF8, _END_PAUSE = 2, 0x8000, 1, 0x1000
_WPM, _PITCH, _RANGE = 1, 3, 4  # espeak_PARAMETER
_SEED = 20260101


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("uid", ctypes.c_uint),
        ("position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_void_p),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def train_variants() -> tuple[str, ...]:
    """All variants on this machine but the ones of the other sets, in a fixed order."""
    there = {entry.name for entry in (Path(espeakng_loader.get_data_path()) / "voices" / "!v").iterdir()}
    kept = there - _LEFT_OUT - set(TEST_VARIANTS) - set(DEV_VARIANTS)
    return ("", *sorted(name for name in kept if " " not in name))


class Speaker:
    """The engine. One per process: the library keeps its state in globals."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        # DONT_EXIT: a missing data directory else ends the whole process; then it answers 0, not -1.
        self._rate = self._library.espeak_Initialize(
            _SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), _DONT_EXIT
        )
        if self._rate <= 0:
            raise RuntimeError("espeak-ng does not find its data; install espeakng-loader again")
        # Else breath and flutter depend on the time of day, and no training comes out twice.
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(_SEED))
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._heard = bytearray()
        self._callback = _Callback(self._take)
        self._library.espeak_SetSynthCallback(self._callback)
        self._agrees: dict[str, bool] = {}

    def say(
        self,
        hanzi: str,
        pinyin: Sequence[str],
        *,
        variant: str = "",
        wpm: int = 160,
        pitch: int = 50,
        intonation: int = 50,
    ) -> Samples:
        """The sentence at 8 kHz in the range of 16 bit, without the silence around it; empty when the variant is mute."""
        as_hanzi = bool(hanzi) and self._reads_so(hanzi, pinyin)
        base = _HANZI if as_hanzi else _PINYIN
        self._choose(base + (b"+" + variant.encode() if variant else b""))
        for parameter, value in ((_WPM, wpm), (_PITCH, pitch), (_RANGE, intonation)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._heard.clear()
        text = (hanzi if as_hanzi else " ".join(pinyin)).encode() + b"\0"
        done = self._library.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 1, 0, _UTF8 | _END_PAUSE, None, None)
        if done != 0:
            raise RuntimeError(f"espeak-ng refused a sentence ({done})")
        return _trimmed(_resampled(np.frombuffer(bytes(self._heard), "<i2").astype(np.float32), self._rate))

    def _take(self, wave: "ctypes._Pointer[ctypes.c_short]", count: int, _events: object) -> int:
        if wave and count > 0:
            self._heard.extend(ctypes.string_at(wave, 2 * count))
        return 0

    def _choose(self, voice: bytes) -> None:
        if self._library.espeak_SetVoiceByName(voice) != 0:
            raise RuntimeError(f"espeak-ng has no voice {voice.decode()}")

    def _reads_so(self, hanzi: str, pinyin: Sequence[str]) -> bool:
        if hanzi not in self._agrees:
            self._agrees[hanzi] = self._phonemes(_HANZI, hanzi) == self._phonemes(_PINYIN, " ".join(pinyin))
        return self._agrees[hanzi]

    def _phonemes(self, voice: bytes, text: str) -> str:
        """What the engine would say, without tones, stress and spaces."""
        self._choose(voice)
        said, rest = "", ctypes.c_void_p(0)
        buffer = ctypes.create_string_buffer(text.encode())
        rest.value = ctypes.addressof(buffer)
        while rest.value:
            part = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, 0)
            said += (part or b"").decode(errors="replace")
        return re.sub(r"[0-9'_,|% :-]", "", said)


def _resampled(samples: Samples, rate: int) -> Samples:
    """Band-limited, over the whole sentence at once: exact, and quick enough for seconds of speech."""
    if len(samples) == 0:
        return samples
    count = len(samples) * RATE // rate
    spectrum = np.fft.rfft(samples)[: count // 2 + 1]
    edge = max(1, len(spectrum) // 40)  # a soft edge rings less
    spectrum[-edge:] *= np.linspace(1, 0, edge)
    return np.asarray(np.fft.irfft(spectrum, count) * (count / len(samples)), np.float32)


def _trimmed(samples: Samples) -> Samples:
    peak = float(np.abs(samples).max(initial=0.0))
    if peak < 100.0 or len(samples) < RATE // 10:
        return np.zeros(0, np.float32)
    loud = np.flatnonzero(np.abs(samples) > 0.01 * peak)
    return samples[max(0, loud[0] - 200) : loud[-1] + 400] * np.float32(20000.0 / peak)
