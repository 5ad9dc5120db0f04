"""Fits the linear classifier: softmax regression with an L2 penalty, by L-BFGS; deterministic.

A feature that occurs in one or two replies teaches little about others and is left out; and the last steps of the search, too, learn
what only the known authors say.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from voice.understanding.features import weighted
from voice.understanding.intents import INTENTS
from voice.understanding.learned import pack
from voice.understanding.measure import Labelled
from voice.understanding.understand import by_rules
from voice.understanding.wording import normalised

STRENGTH = 8.0  # the inverse of the penalty
LEAST_REPLIES = 3
STEPS = 100
LARGEST_BYTE = 127
Matrix = npt.NDArray[np.float64]


def fit(replies: Sequence[Labelled], *, strength: float = STRENGTH, steps: int = STEPS) -> bytes:
    """The content of `learned.table`."""
    rows = [features_of(each.reply) for each in replies]
    counts = Counter(name for row in rows for name in row)
    names = sorted(name for name, count in counts.items() if count >= LEAST_REPLIES)
    matrix = _matrix(rows, {name: place for place, name in enumerate(names)})
    meant = np.array([INTENTS.index(each.intent) for each in replies])
    weights, bias = _minimised(matrix, meant, strength, steps)
    step = float(np.abs(weights).max()) / LARGEST_BYTE
    whole = np.round(weights / step).astype(int)
    kept = {name: whole[place].tolist() for place, name in enumerate(names) if whole[place].any()}
    return pack(kept, bias.tolist(), step)


def features_of(reply: str) -> dict[str, float]:
    """As a call would see them, without knowing the question."""
    plain = normalised(reply)
    return weighted(plain, by_rules(plain))


def _matrix(rows: Sequence[dict[str, float]], places: dict[str, int]) -> csr_matrix:
    values, columns, ends = [], [], [0]
    for row in rows:
        for name, value in row.items():
            if name in places:
                columns.append(places[name])
                values.append(value)
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(rows), len(places)))


def _minimised(matrix: csr_matrix, meant: npt.NDArray[np.int_], strength: float, steps: int) -> tuple[Matrix, Matrix]:
    replies, features = matrix.shape
    count = len(INTENTS)
    truth = np.zeros((replies, count))
    truth[np.arange(replies), meant] = 1.0

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights, bias = flat[: features * count].reshape(features, count), flat[features * count :]
        logits = matrix @ weights + bias
        logits -= logits.max(axis=1, keepdims=True)
        powers = np.exp(logits)
        chances = powers / powers.sum(axis=1, keepdims=True)
        cost = -strength * float(np.log(chances[np.arange(replies), meant] + 1e-12).sum()) + 0.5 * float(
            (weights**2).sum()
        )
        slope = strength * (chances - truth)
        return cost, np.concatenate([(matrix.T @ slope + weights).ravel(), slope.sum(axis=0)])

    found = minimize(loss, np.zeros(features * count + count), jac=True, method="L-BFGS-B", options={"maxiter": steps})
    return found.x[: features * count].reshape(features, count), found.x[features * count :]
