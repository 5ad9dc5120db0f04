"""The learned half of understanding: a linear classifier over `features`, trained ahead, a table at run time. Pure after import.

Rule 1: it gives a probability for each of the 41 intents and decides nothing; `judging` does.
Rule 2: the table belongs to one set of sounds and rules; `voice.understanding.training` makes it anew, and a test compares.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from voice.understanding.intents import INTENTS

TABLE = Path(__file__).with_name("learned.table")
_COUNT = len(INTENTS)
_CHARACTERS = "ck"  # kinds of features, see `features`
_LONG_RUN = 2  # with the letter of its kind


@dataclass(frozen=True, slots=True)
class Weights:
    """One signed byte for each feature and intent; logits are bias + step * sum(value * byte)."""

    places: Mapping[str, int]  # feature -> index of its first byte
    table: memoryview  # signed bytes
    bias: tuple[float, ...]
    step: float

    def logits(self, features: Mapping[str, float]) -> list[float]:
        sums = [0.0] * _COUNT
        for feature, value in features.items():
            place = self.places.get(feature)
            if place is not None:
                sums = [s + value * w for s, w in zip(sums, self.table[place : place + _COUNT], strict=True)]
        return [b + self.step * s for b, s in zip(self.bias, sums, strict=True)]

    def familiar(self, features: Mapping[str, float]) -> float:
        """How many of the reply's runs of two or more characters the table knows, 0..1."""
        runs = [feature for feature in features if feature[0] in _CHARACTERS and len(feature) > _LONG_RUN]
        return sum(run in self.places for run in runs) / len(runs) if runs else 0.0

    def reasons(self, features: Mapping[str, float], intent: str, most: int = 3) -> tuple[str, ...]:
        """The features that speak most for this intent, to explain a decision."""
        column = INTENTS.index(intent)
        known = {f: v * self.table[self.places[f] + column] for f, v in features.items() if f in self.places}
        best = sorted(known, key=lambda f: (-known[f], f))
        return tuple(f[1:] for f in best if f[0] in _CHARACTERS and known[f] > 0)[:most]


def pack(weights: Mapping[str, list[int]], bias: list[float], step: float) -> bytes:
    """The file: a JSON line, the features one a line, an empty line, the bytes."""
    head = {"intents": list(INTENTS), "bias": [round(b, 4) for b in bias], "step": step, "features": len(weights)}
    names = "\n".join(weights)
    table = b"".join(bytes(byte & 0xFF for byte in row) for row in weights.values())
    return json.dumps(head).encode() + b"\n" + names.encode() + b"\n\n" + table


def unpack(content: bytes) -> Weights:
    """Raises ValueError when the file was made for other intents."""
    head_line, rest = content.split(b"\n", 1)
    names, table = rest.split(b"\n\n", 1)
    head = json.loads(head_line)
    if tuple(head["intents"]) != INTENTS:
        raise ValueError("the learned table was made for other intents; run `make understanding`")
    each = names.decode().split("\n")
    places = dict(zip(each, range(0, len(each) * _COUNT, _COUNT), strict=True))
    return Weights(places, memoryview(table).cast("b"), tuple(head["bias"]), float(head["step"]))


@cache
def weights() -> Weights:
    return unpack(TABLE.read_bytes())


def probabilities(features: Mapping[str, float], table: Weights) -> list[float]:
    """Of each intent, in the order of INTENTS; they sum to one."""
    logits = table.logits(features)
    highest = max(logits)
    powers = [math.exp(logit - highest) for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]
