"""The features that Vosk computes from audio (Kaldi's MFCC), in numpy, so that what is trained on is what is heard later.

Rule: every number here stands in MFCC_CONF as well, which goes into the model's directory.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float32]

CEPSTRA = 40
_RATE, _WINDOW, _SHIFT, _FFT, _BINS, _LOW, _HIGH, _LIFTER = 8000, 200, 80, 256, 40, 40.0, 3800.0, 22.0
MFCC_CONF = """--sample-frequency=8000
--use-energy=false
--num-mel-bins=40
--num-ceps=40
--low-freq=40
--high-freq=-200
--dither=0.0
"""


def mfcc(samples: NDArray[np.float32]) -> Features:
    """One row of cepstra for every 10 ms; none when there is less than a window."""
    count = (len(samples) - _WINDOW) // _SHIFT + 1
    if count <= 0:
        return np.zeros((0, CEPSTRA), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_SHIFT].astype(np.float32)
    frames = frames - frames.mean(1, keepdims=True)
    frames = frames - np.float32(0.97) * np.concatenate([frames[:, :1], frames[:, :-1]], 1)
    power = np.square(np.abs(np.fft.rfft(frames * _povey(), _FFT))).astype(np.float32)
    mel = np.log(np.maximum(power @ _banks(), np.finfo(np.float32).eps))
    return np.asarray(mel @ _cosines(), np.float32)


@cache
def _povey() -> NDArray[np.float32]:
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / (_WINDOW - 1))
    return (hann**0.85).astype(np.float32)


@cache
def _banks() -> NDArray[np.float32]:
    def mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(1127.0 * np.log1p(hertz / 700.0))

    low, high = mel(np.array([_LOW, _HIGH]))
    edges = np.linspace(float(low), float(high), _BINS + 2)
    place = mel(np.arange(_FFT // 2) * _RATE / _FFT)[:, None]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    banks = np.minimum((place - left) / (centre - left), (right - place) / (right - centre))
    # The bin at half the sampling rate is in no bank; Kaldi leaves it out.
    return np.concatenate([np.maximum(banks, 0.0), np.zeros((1, _BINS))]).astype(np.float32)


@cache
def _cosines() -> NDArray[np.float32]:
    number = np.arange(CEPSTRA)
    table = np.sqrt(2.0 / _BINS) * np.cos(np.pi / _BINS * np.outer(np.arange(_BINS) + 0.5, number))
    table[:, 0] = np.sqrt(1.0 / _BINS)
    lifter = 1 + 0.5 * _LIFTER * np.sin(np.pi * number / _LIFTER)
    return np.asarray(table * lifter, np.float32)
