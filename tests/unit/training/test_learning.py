"""What the model is trained with is right: the loss, the gradients, the features."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from voice.asr.training.ctc import greedy, log_softmax, loss_and_gradient
from voice.asr.training.features import CEPSTRA, mfcc
from voice.asr.training.network import LAYERS, LEFT, RIGHT, STEP, Network, padded

pytestmark = pytest.mark.unit

CHANCE = np.random.default_rng(7)
SCORES = CHANCE.standard_normal((4, 5, 4)).astype(np.float32)
LENGTHS = np.array([5, 4, 3, 2])
LABELS = [np.array([1, 2]), np.array([3, 3]), np.array([1]), np.array([2, 2])]


def _by_all_paths(log_probs: NDArray[np.float32], label: NDArray[np.int64], length: int) -> float:
    """-log of the summed probability of every path that collapses to the label."""
    total = 0.0
    for path in itertools.product(range(log_probs.shape[1]), repeat=length):
        kept = [unit for place, unit in enumerate(path) if unit and (place == 0 or path[place - 1] != unit)]
        if kept == label.tolist():
            total += float(np.exp(sum(float(log_probs[time, unit]) for time, unit in enumerate(path))))
    return -float(np.log(total)) if total else 0.0  # impossible labels count as nothing


def test_the_loss_is_that_of_all_paths_together() -> None:
    log_probs = log_softmax(SCORES)
    loss, _ = loss_and_gradient(log_probs, LENGTHS, LABELS)

    assert loss == pytest.approx(sum(map(_by_all_paths, log_probs, LABELS, LENGTHS)), rel=1e-5)


def test_the_gradient_of_the_loss_is_its_slope() -> None:
    _, gradient = loss_and_gradient(log_softmax(SCORES), LENGTHS, LABELS)
    for place in np.ndindex(*SCORES.shape):
        moved = SCORES.copy()
        moved[place] += 1e-2
        above, _ = loss_and_gradient(log_softmax(moved), LENGTHS, LABELS)
        moved[place] -= 2e-2
        below, _ = loss_and_gradient(log_softmax(moved), LENGTHS, LABELS)

        assert gradient[place] == pytest.approx((above - below) / 2e-2, abs=2e-3)


def test_an_utterance_too_short_for_its_label_teaches_nothing() -> None:
    _, gradient = loss_and_gradient(log_softmax(SCORES), LENGTHS, LABELS)

    assert not gradient[3].any()  # 2, 2 needs a blank between: three frames


def test_repetitions_and_blanks_are_no_units() -> None:
    best = [0, 3, 3, 0, 3, 1, 1, 0]

    assert greedy(np.eye(4, dtype=np.float32)[best]) == [3, 3, 1]


def test_the_gradient_of_the_network_is_its_slope() -> None:
    network = Network(12, seed=3, precision=np.float64)
    features = CHANCE.standard_normal((2, LEFT + 21 + RIGHT, CEPSTRA))
    weights = CHANCE.standard_normal(network.forward(features, training=True).shape)
    network.backward(weights)
    gradient = network.gradient.copy()
    for place in CHANCE.integers(0, len(network.flat), 40):
        known = network.flat[place]
        network.flat[place] = known + 1e-6
        above = float((network.forward(features, training=True) * weights).sum())
        network.flat[place] = known - 1e-6
        below = float((network.forward(features, training=True) * weights).sum())
        network.flat[place] = known

        assert gradient[place] == pytest.approx((above - below) / 2e-6, rel=1e-4, abs=1e-4)


def test_the_exported_layers_say_what_the_network_says() -> None:
    network = Network(10, seed=5)
    network.mean[...], network.deviation[...] = 3.0, 2.0
    network.running[...] = CHANCE.uniform(0.5, 2.0, network.running.shape)
    frames = CHANCE.standard_normal((30, CEPSTRA)).astype(np.float32)
    batch, lengths = padded([frames])
    scores = network.forward(batch)[0, : lengths[0]]

    here, first = batch[0].astype(np.float64), -LEFT
    for layer, (_, step) in zip(network.exported(), [*LAYERS, ((0,), 1)], strict=True):
        spacing = 1 if first == -LEFT or step == STEP else STEP
        span = (layer.offsets[-1] - layer.offsets[0]) // spacing
        rows = range(0, len(here) - span, step)
        offsets = [(offset - layer.offsets[0]) // spacing for offset in layer.offsets]
        spliced = np.array([np.concatenate([here[row + offset] for offset in offsets]) for row in rows])
        here, first = spliced @ layer.weights.T + layer.bias, first - layer.offsets[0]
        here = np.maximum(here, 0.0) if layer.relu else here

    assert here[: len(scores)] == pytest.approx(scores, abs=1e-3)


def test_features_are_kaldis() -> None:
    tone = (3000 * np.sin(2 * np.pi * 440 / 8000 * np.arange(1000))).astype(np.float32)
    features = mfcc(tone)

    assert features.shape == (11, CEPSTRA)  # windows of 25 ms every 10 ms, whole ones only
    # From kaldi-native-fbank 1.23.0 with the same settings.
    assert features[0, :6] == pytest.approx(KALDI_440, abs=0.01)


KALDI_440 = [35.311, 90.027, -13.239, -59.07, -98.623, -74.665]
