"""Trains the network on the shards: some steps on a flat alignment, then CTC. Fixed seeds, counted steps.

    python -m voice.asr.training.train SHARDS CHECKPOINT

Pure CTC stays for hundreds of steps on "always blank"; a few hundred steps of cross-entropy on evenly spread units break that
(finding). Interrupted training starts anew: it is less than an hour.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from voice.asr.training.ctc import greedy, log_softmax, loss_and_gradient
from voice.asr.training.network import Network, padded
from voice.asr.training.phoneline import FAIR, FOUL, Weather
from voice.asr.training.shards import Utterance, file_of, load, over_the_line

Floats = NDArray[np.float32]

WIDTH = 288
STEPS_OF_A_SHARD = 58  # about 5000 frames each; counted, so that the schedule knows its end
WARM_STEPS = 200
LAST_RATE = 2e-5
DECAY = 1e-3
MOST_GRADIENT = 2.0
SEED = 20260101


class Adam:
    """AdamW over one flat array."""

    def __init__(self, size: int) -> None:
        self._first, self._second = np.zeros(size, np.float32), np.zeros(size, np.float32)
        self._steps = 0

    def step(self, parameters: Floats, gradient: Floats, rate: float) -> None:
        norm = float(np.sqrt(np.dot(gradient, gradient)))
        gradient = gradient * np.float32(min(1.0, MOST_GRADIENT / (norm + 1e-9)))
        self._steps += 1
        self._first += np.float32(0.1) * (gradient - self._first)
        self._second += np.float32(0.002) * (gradient * gradient - self._second)
        first = self._first / (1 - 0.9**self._steps)
        second = self._second / (1 - 0.998**self._steps)
        parameters -= np.float32(rate) * (first / (np.sqrt(second) + 1e-8) + np.float32(DECAY) * parameters)


@dataclass(frozen=True, slots=True)
class Course:
    """The whole training: every shard once in each pass, every pass on lines of its own, one learning rate that falls."""

    shards: int
    passes: tuple[Weather, ...]
    rate: float
    flat_steps: int

    @property
    def steps(self) -> int:
        return STEPS_OF_A_SHARD * self.shards * len(self.passes)


COURSE = Course(shards=45, passes=(FAIR, FOUL, FOUL), rate=2e-3, flat_steps=250)


def train(shards: Path, checkpoint: Path, course: Course = COURSE) -> Network:
    """All shards lie in their directory."""
    steps = course.steps
    network = Network(WIDTH, SEED)
    optimiser = Adam(len(network.flat))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as progress:
        task = progress.add_task("training", total=steps)
        shown = 0.0
        for step, batch in enumerate(_batches(shards, course)):
            if step == 0:
                seen = np.concatenate([one.features for one in batch])
                network.mean, network.deviation = seen.mean(0), seen.std(0) + np.float32(1e-3)
            features, lengths = padded([one.features for one in batch])
            log_probs = log_softmax(network.forward(features, training=True))
            if step < course.flat_steps:
                loss, gradient = _flat_loss(log_probs, batch)
            else:
                loss, gradient = loss_and_gradient(log_probs, lengths, [one.units for one in batch])
                norm = sum(len(one.units) for one in batch)
                loss, gradient = loss / norm, gradient / np.float32(norm)
            network.backward(gradient)
            optimiser.step(network.flat, network.gradient, _rate(course, step))
            shown = loss if step in {0, course.flat_steps} else 0.98 * shown + 0.02 * loss
            progress.update(task, completed=step + 1, description=f"training, loss {shown:.3f}")
            if step % 100 == 99:
                network.save(checkpoint)
                wrong = unit_errors(network, batch)
                progress.console.print(
                    f"step {step + 1}: loss {shown:.3f}, units wrong {wrong:.1%}, {time.process_time():.0f} s CPU"
                )
    network.save(checkpoint)
    return network


def unit_errors(network: Network, utterances: Sequence[Utterance]) -> float:
    """Without any language model."""
    wrong = units = 0
    features, lengths = padded([one.features for one in utterances])
    log_probs = log_softmax(network.forward(features))
    for one, length, row in zip(utterances, lengths, log_probs, strict=True):
        wrong += distance(greedy(row[:length]), one.units.tolist())
        units += len(one.units)
    return wrong / units


def distance(one: Sequence[object], other: Sequence[object]) -> int:
    """Levenshtein's."""
    row = list(range(len(other) + 1))
    for i, x in enumerate(one, 1):
        corner, row[0] = row[0], i
        for j, y in enumerate(other, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (x != y))
    return row[-1]


def _rate(course: Course, step: int) -> float:
    warm = min(1.0, (step + 1) / WARM_STEPS)
    return warm * float(LAST_RATE + (course.rate - LAST_RATE) * 0.5 * (1 + np.cos(np.pi * step / course.steps)))


def _batches(shards: Path, course: Course) -> Iterator[list[Utterance]]:
    """Utterances of like length together, in an order that depends on the seed alone."""
    for number_of_pass, weather in enumerate(course.passes):
        for number in range(course.shards):
            chance = np.random.default_rng([SEED, number_of_pass, number])
            utterances = over_the_line(load(file_of(shards, number)), weather, chance)
            lengths = np.array([len(one.features) for one in utterances])
            order = np.argsort(lengths + chance.normal(0, 20, len(lengths)))
            cost = np.cumsum(lengths[order])
            edges = np.searchsorted(cost, cost[-1] / STEPS_OF_A_SHARD * np.arange(1, STEPS_OF_A_SHARD))
            parts = np.split(order, edges)
            for place in chance.permutation(len(parts)):
                yield [utterances[one] for one in parts[place]]


def _flat_loss(log_probs: Floats, batch: Sequence[Utterance]) -> tuple[float, Floats]:
    """Cross-entropy with the units spread evenly over the speech; finals twice as long as initials."""
    target = np.zeros(log_probs.shape[:2], np.int64)
    valid = np.zeros(log_probs.shape[:2], np.bool_)
    for row, known, one in zip(target, valid, batch, strict=True):
        weights = np.cumsum(np.where(one.units > 21, 2.0, 1.0))  # 21 initials come first
        edges = np.round((one.begins + (one.ends - one.begins) * np.concatenate([[0], weights / weights[-1]])) / 3)
        for unit, first, last in zip(one.units, edges[:-1].astype(int), edges[1:].astype(int), strict=True):
            row[first:last] = unit
        known[: (len(one.features) + 2) // 3] = True
    one_hot = np.zeros(log_probs.shape, np.float32)
    np.put_along_axis(one_hot, target[:, :, None], 1.0, 2)
    gradient = np.where(valid[:, :, None], np.exp(log_probs) - one_hot, 0.0) / np.float32(valid.sum())
    loss = -float((log_probs * one_hot).sum(-1)[valid].mean())
    return loss, np.asarray(gradient, np.float32)


if __name__ == "__main__":
    train(Path(sys.argv[1]), Path(sys.argv[2]))
