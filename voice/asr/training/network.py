"""The acoustic network: a small time-delay network in numpy, forward and backward by hand, and its export to plain affine layers.

Affine, ReLU, batch normalisation without scale; the first layer sees every frame, the others every third, as Vosk asks
(`frame-subsampling-factor=3`).

Rule: all parameters are views of one flat array, so the optimiser is four lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice.asr.training.features import CEPSTRA, Features
from voice.asr.training.units import UNITS

Floats = NDArray[np.float32]

# Offsets in frames of 10 ms, and the step of the output in frames of the input.
LAYERS: tuple[tuple[tuple[int, ...], int], ...] = (
    ((-2, -1, 0, 1, 2), 1),
    ((-1, 0, 1), 3),
    ((-3, 0, 3), 1),
    ((-3, 0, 3), 1),
    ((-3, 0, 3), 1),
    ((-3, 0, 3), 1),
    ((-6, -3, 0, 3), 1),
)
LEFT = -sum(offsets[0] for offsets, _ in LAYERS)
RIGHT = sum(offsets[-1] for offsets, _ in LAYERS)
STEP = 3
_EPSILON = 1e-5
_REMEMBER = 0.97  # of the running mean and variance


@dataclass(frozen=True, slots=True)
class Affine:
    """One layer as the recogniser runs it: x at the offsets, times weights, plus bias."""

    offsets: tuple[int, ...]
    weights: Floats  # output x input
    bias: Floats
    relu: bool


class Network:
    """Weights, and what a pass leaves behind for the way back."""

    def __init__(self, width: int, seed: int = 0, precision: type[np.floating[Any]] = np.float32) -> None:
        self.width = width
        inputs = [CEPSTRA, *[width] * len(LAYERS)]
        spliced = [len(offsets) * size for (offsets, _), size in zip(LAYERS, inputs, strict=False)]
        self._shapes = [*((size, width) for size in spliced), (width, len(UNITS))]
        self.flat = np.zeros(sum((rows + 1) * columns for rows, columns in self._shapes), precision)
        self.gradient = np.zeros_like(self.flat)
        self.layers, self.gradients = self._views(self.flat), self._views(self.gradient)
        chance = np.random.default_rng(seed)
        for weights, _ in self.layers:
            weights[...] = chance.standard_normal(weights.shape) * np.sqrt(2.0 / len(weights))
        self.mean, self.deviation = np.zeros(CEPSTRA, np.float32), np.ones(CEPSTRA, np.float32)
        self.running = np.stack([np.zeros((len(LAYERS), width)), np.ones((len(LAYERS), width))]).astype(np.float32)
        self._passed: list[tuple[Floats, Floats, NDArray[np.bool_], Floats]] = []

    def forward(self, features: Floats, *, training: bool = False) -> Floats:
        """Scores (batch, time / 3, unit) of features (batch, LEFT + time + RIGHT, cepstrum)."""
        here: Floats = (features - self.mean) / self.deviation
        self._passed = []
        for number, ((offsets, step), (weights, bias)) in enumerate(zip(LAYERS, self.layers, strict=False)):
            spliced = _spliced(here, _places(offsets), step)
            active = np.maximum(spliced.reshape(-1, spliced.shape[-1]) @ weights + bias, 0.0)
            mean, variance = (active.mean(0), active.var(0)) if training else self.running[:, number]
            scale = 1.0 / np.sqrt(variance + np.float32(_EPSILON))
            normal = (active - mean) * scale
            if training:
                self.running[:, number] *= _REMEMBER
                self.running[:, number] += np.float32(1 - _REMEMBER) * np.stack([mean, variance])
                self._passed.append((spliced, normal, active > 0, scale))
            here = normal.reshape(*spliced.shape[:2], self.width)
        self._last = here
        weights, bias = self.layers[-1]
        scores: Floats = here @ weights + bias
        return scores

    def backward(self, score_gradient: Floats) -> None:
        """Fill `gradient` from the gradient by the scores of the last training pass."""
        flat = score_gradient.reshape(-1, score_gradient.shape[-1])
        weights, _ = self.layers[-1]
        self._keep(-1, self._last.reshape(-1, self.width), flat)
        by_normal = flat @ weights.T
        for number in reversed(range(len(LAYERS))):
            spliced, normal, alive, scale = self._passed[number]
            centred = by_normal - by_normal.mean(0) - normal * (by_normal * normal).mean(0)
            by_sum = np.where(alive, centred * scale, np.float32(0.0))
            self._keep(number, spliced.reshape(len(by_sum), -1), by_sum)
            if number:
                offsets, step = LAYERS[number]
                by_spliced = (by_sum @ self.layers[number][0].T).reshape(spliced.shape)
                length = self._passed[number - 1][0].shape[1]
                by_normal = _unspliced(by_spliced, _places(offsets), step, length, self.width)
        self._passed = []

    def exported(self) -> list[Affine]:
        """Normalisation of features and batches folded into the weights of the layer that follows."""
        made: list[Affine] = []
        scale, shift = 1.0 / self.deviation.astype(np.float64), -self.mean.astype(np.float64) / self.deviation
        offsets_of = [*(offsets for offsets, _ in LAYERS), (0,)]
        for number, (offsets, (weights, bias)) in enumerate(zip(offsets_of, self.layers, strict=True)):
            folded = weights.astype(np.float64) * np.tile(scale, len(offsets))[:, None]
            moved = bias + np.tile(shift, len(offsets)) @ weights.astype(np.float64)
            last = number == len(LAYERS)
            made.append(Affine(offsets, folded.T.astype(np.float32), moved.astype(np.float32), not last))
            if not last:
                mean, variance = self.running[:, number].astype(np.float64)
                scale = 1.0 / np.sqrt(variance + _EPSILON)
                shift = -mean * scale
        return made

    def save(self, file: Path) -> None:
        np.savez(file, flat=self.flat, mean=self.mean, deviation=self.deviation, running=self.running, width=self.width)

    @classmethod
    def load(cls, file: Path) -> "Network":
        with np.load(file) as saved:
            network = cls(int(saved["width"]))
            network.flat[...] = saved["flat"]
            network.mean, network.deviation = saved["mean"], saved["deviation"]
            network.running = saved["running"]
        return network

    def _views(self, flat: Floats) -> list[tuple[Floats, Floats]]:
        views, at = [], 0
        for rows, columns in self._shapes:
            weights = flat[at : at + rows * columns].reshape(rows, columns)
            views.append((weights, flat[at + rows * columns : at + (rows + 1) * columns]))
            at += (rows + 1) * columns
        return views

    def _keep(self, number: int, inputs: Floats, by_outputs: Floats) -> None:
        weights, bias = self.gradients[number]
        np.matmul(inputs.T, by_outputs, out=weights)
        bias[...] = by_outputs.sum(0)


def padded(features: Sequence[Features]) -> tuple[Floats, NDArray[np.int64]]:
    """A batch with the first and last frame repeated, as Vosk does at both ends; and how many outputs each has."""
    longest = max(map(len, features))
    batch = np.empty((len(features), LEFT + longest + RIGHT + STEP - 1, CEPSTRA), np.float32)
    for row, one in zip(batch, features, strict=True):
        row[:LEFT], row[LEFT : LEFT + len(one)], row[LEFT + len(one) :] = one[0], one, one[-1]
    return batch, np.array([(len(one) + STEP - 1) // STEP for one in features])


def _places(offsets: tuple[int, ...]) -> tuple[int, ...]:
    """Offsets counted from the first, in frames of the layer's own input."""
    spacing = min(after - before for before, after in pairwise(offsets))
    return tuple((offset - offsets[0]) // spacing for offset in offsets)


def _spliced(inputs: Floats, places: tuple[int, ...], step: int) -> Floats:
    count = (inputs.shape[1] - places[-1] - 1) // step + 1
    return np.concatenate([inputs[:, place : place + step * (count - 1) + 1 : step] for place in places], -1)


def _unspliced(by_spliced: Floats, places: tuple[int, ...], step: int, length: int, width: int) -> Floats:
    """The gradient by the inputs, one row per frame of the batch."""
    batch, count, _ = by_spliced.shape
    gathered = np.zeros((batch, length, width), by_spliced.dtype)
    for number, place in enumerate(places):
        gathered[:, place : place + step * (count - 1) + 1 : step] += by_spliced[
            ..., number * width : (number + 1) * width
        ]
    return gathered.reshape(-1, width)
