"""Connectionist temporal classification: loss and gradient for a whole batch, in log space. Pure.

Forward and backward pass are one pass over twice the batch, because the backward one is the forward one of the reversed
utterance: so the loop over time, which numpy cannot take away, runs once.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Log = NDArray[np.float64]
Floats = NDArray[np.float32]

NEVER = -1e30  # log of nothing, without the warnings of infinity
BLANK = 0


def log_softmax(scores: Floats) -> Floats:
    shifted = scores - scores.max(-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(-1, keepdims=True)), np.float32)


def loss_and_gradient(
    log_probs: Floats, lengths: NDArray[np.int64], labels: Sequence[NDArray[np.int64]]
) -> tuple[float, Floats]:
    """Summed loss of the utterances (batch, time, unit), and its gradient by the scores before the softmax.

    An utterance too short for its labels counts as nothing.
    """
    batch, times, units = log_probs.shape
    states, skips, ends = _states(labels)
    emitted = np.take_along_axis(log_probs.astype(np.float64), states[:, None, :].repeat(times, 1), 2)
    turned = _turned(lengths, times)[:, :, None]
    back_states = _turned(ends + 1, states.shape[1])
    back_emitted = np.take_along_axis(np.take_along_axis(emitted, turned, 1), back_states[:, None, :], 2)
    back_skips = _skips(np.take_along_axis(states, back_states, 1))
    both = _forward(np.concatenate([emitted, back_emitted]), np.concatenate([skips, back_skips]))
    ahead, behind = both[:batch], both[batch:]
    behind = np.take_along_axis(np.take_along_axis(behind, turned, 1), back_states[:, None, :], 2)
    last = ahead[np.arange(batch), lengths - 1]
    total = np.logaddexp(last[np.arange(batch), ends], last[np.arange(batch), np.maximum(ends - 1, 0)])
    possible = total > NEVER / 2
    valid = possible[:, None] & (np.arange(times)[None, :] < lengths[:, None])
    inside = np.arange(states.shape[1])[None, :] <= ends[:, None]
    share = np.exp(np.minimum(ahead + behind - emitted - np.where(possible, total, 0.0)[:, None, None], 0.0))
    share = np.where(valid[:, :, None] & inside[:, None, :], share, 0.0).astype(np.float32)
    one_hot = np.zeros((batch, states.shape[1], units), np.float32)
    np.put_along_axis(one_hot, states[:, :, None], 1.0, 2)
    gradient = np.where(valid[:, :, None], np.exp(log_probs) - share @ one_hot, 0.0)
    return float(-total[possible].sum()), np.asarray(gradient, np.float32)


def greedy(log_probs: Floats) -> list[int]:
    """The best unit of every frame, repetitions and blanks taken out."""
    best = log_probs.argmax(-1)
    changed = np.concatenate([[True], best[1:] != best[:-1]])
    return [int(unit) for unit in best[changed] if unit != BLANK]


def _states(labels: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """Units with blanks between them, which of them may be reached by leaving a blank out, and the last of each."""
    states = np.full((len(labels), 2 * max(map(len, labels)) + 1), BLANK, np.int64)
    for row, label in zip(states, labels, strict=True):
        row[1 : 2 * len(label) : 2] = label
    return states, _skips(states), np.array([2 * len(label) for label in labels])


def _skips(states: NDArray[np.int64]) -> NDArray[np.bool_]:
    skips = np.zeros(states.shape, np.bool_)
    skips[:, 2:] = (states[:, 2:] != BLANK) & (states[:, 2:] != states[:, :-2])
    return skips


def _turned(lengths: NDArray[np.int64], places: int) -> NDArray[np.int64]:
    """Per utterance the places from its end to its start; behind its end they stay."""
    place = np.arange(places)[None, :]
    return np.where(place < lengths[:, None], lengths[:, None] - 1 - place, place)


def _forward(emitted: Log, skips: NDArray[np.bool_]) -> Log:
    """Log probability of being in a state at a time, its emission included."""
    ahead = np.full(emitted.shape, NEVER)
    ahead[:, 0, :2] = emitted[:, 0, :2]
    barred = np.where(skips[:, 2:], 0.0, NEVER)
    for time in range(1, emitted.shape[1]):
        before = ahead[:, time - 1]
        here = before.copy()
        here[:, 1:] = np.logaddexp(here[:, 1:], before[:, :-1])
        here[:, 2:] = np.logaddexp(here[:, 2:], before[:, :-2] + barred)
        ahead[:, time] = np.maximum(here + emitted[:, time], NEVER)
    return ahead
